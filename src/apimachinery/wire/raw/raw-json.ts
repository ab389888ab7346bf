/**
 * JSON that an object only keeps, as it was written: which numbers were written how, which keys came in which order, or
 * twice. A leaf to all who walk an object (lib/exact-json.ts); who has to look inside asks for its value. Upstream:
 * k8s.io/apimachinery pkg/runtime/extension.go, RawExtension.
 */
import { AsWritten, WrittenNumber, plainNumbers } from '../../../lib/exact-json.ts'
import { sortByBytes } from '../../../lib/order.ts'
import { spliced } from '../../../lib/spliced-json.ts'
import { escapeForHtml } from '../../field-path.ts'
import { isJsonObject, setField } from '../../patch/json-value.ts'
import { JsonSource, scalarOf } from './json-source.ts'

const TEXT_OR_SPACE = /"(?:[^"\\]|\\.)*"|[ \t\n\r]+/g
const SPACE = /[ \t\n\r]/

export class RawJson extends AsWritten {
  /** Valid JSON, blanks and all. */
  readonly text: string
  #value: unknown
  #shown: string | undefined
  /** Null: none of both. */
  #parts: Parts | null | undefined

  constructor(text: string) {
    super()
    this.text = text
  }

  /** What is to be kept of a value that nobody has written so: as Go prints a map. */
  static of(value: unknown): RawJson {
    return new RawJson(printAsMaps(value))
  }

  /** What it says. Not to be changed. @throws RangeError for a number that no double holds */
  get value(): unknown {
    this.#value ??= valueOf(new JsonSource(this.text))
    return this.#value
  }

  /** As Go prints it within other JSON. */
  get shown(): string {
    this.#shown ??= escapeForHtml(SPACE.test(this.text) ? this.text.replaceAll(TEXT_OR_SPACE, withoutSpace) : this.text)
    return this.#shown
  }

  /** Blanks between, and how HTML is escaped, are lost where it is stored. */
  isSame(other: AsWritten): boolean {
    return other instanceof RawJson && other.shown === this.shown
  }

  /** One level of it: the object or list that it is, of what is raw itself; undefined: it is neither. */
  get parts(): Parts | undefined {
    if (this.#parts === undefined) this.#parts = partsOf(new JsonSource(this.text), RawJson.#part) ?? null
    if (this.#parts === null) return undefined
    return Array.isArray(this.#parts) ? [...this.#parts] : { ...this.#parts }
  }

  /** With all that is within it, so that however deep somebody goes the text is gone through once. */
  static #part(this: void, source: JsonSource): RawJson | null {
    source.peek()
    const start = source.at
    const parts = partsOf(source, RawJson.#part)
    const text = parts === undefined ? source.value() : source.since(start)
    if (text === 'null') return null
    const part = new RawJson(text)
    part.#parts = parts ?? null
    return part
  }

  toJSON(): unknown {
    return spliced(this.shown, () => this.value)
  }
}

type Parts = Record<string, unknown> | unknown[]

/** Undefined where a scalar comes next, which is left there. */
function partsOf(source: JsonSource, part: (source: JsonSource) => unknown): Parts | undefined {
  const first = source.peek()
  if (first === '[') return Array.from(source.places(), () => part(source))
  if (first !== '{') return undefined
  const object: Record<string, unknown> = {}
  for (const name of source.names()) setField(object, name, part(source))
  return object
}

function valueOf(source: JsonSource): unknown {
  return partsOf(source, valueOf) ?? plainNumbers(scalarOf(source.value()))
}

function withoutSpace(token: string): string {
  return token.startsWith('"') ? token : ''
}

/** JSON of maps and lists as Go prints them, whatever order they are in here. */
export function printAsMaps(value: unknown): string {
  if (value instanceof RawJson) return value.shown
  if (value instanceof WrittenNumber) return printFloat(Number(value.text))
  if (Array.isArray(value)) return `[${value.map(printAsMaps).join(',')}]`
  if (!isJsonObject(value)) return escapeForHtml(JSON.stringify(value ?? null))
  const members = sortByBytes(Object.keys(value)).map((key) => `${escapeForHtml(JSON.stringify(key))}:${printAsMaps(value[key])}`)
  return `{${members.join(',')}}`
}

function printFloat(value: number): string {
  return Object.is(value, -0) ? '-0' : JSON.stringify(value)
}

/** `value` with all that is kept raw in it as what it says: itself, if there is none. */
export function withoutRaw<T>(value: T): T {
  // What it says takes the place of the same.
  return plain(value) as T
}

function plain(value: unknown): unknown {
  if (value instanceof RawJson) return value.value
  if (Array.isArray(value)) {
    let items: unknown[] | undefined
    for (const [at, item] of value.entries()) {
      const next = plain(item)
      if (next !== item) (items ??= [...value as unknown[]])[at] = next
    }
    return items ?? value
  }
  if (!isJsonObject(value)) return value
  let object: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const next = plain(value[key])
    if (next !== value[key]) setField((object ??= { ...value }), key, next)
  }
  return object ?? value
}
