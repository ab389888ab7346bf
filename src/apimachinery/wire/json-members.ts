/**
 * JSON read to the letter: every object with all that it was written with, in that order, which an object of
 * JavaScript forgets of fields that are there twice, and of names that are whole numbers. Slower than JSON.parse, and
 * asked for where that matters only: a body has a field twice, or something in it is wrong.
 */
import { AsWritten, WrittenNumber } from '../../lib/exact-json.ts'
import { isJsonObject, setField } from '../patch/json-value.ts'
import { JsonSource, scalarOf } from './raw/json-source.ts'
import { RawJson } from './raw/raw-json.ts'

type Entry = readonly [name: string, value: unknown]

/** An object as it was written. Nobody changes it, and who does not know of it takes it for a leaf. */
export class Members extends AsWritten {
  readonly entries: readonly Entry[]

  constructor(entries: readonly Entry[]) {
    super()
    this.entries = entries
  }

  toJSON(): unknown {
    return plainJson(this)
  }

  isSame(other: AsWritten): boolean {
    return other === this
  }
}

/** What an object of any form has, in its order. */
export function entriesOf(value: object): readonly Entry[] {
  return value instanceof Members ? value.entries : Object.entries(value)
}

/**
 * `value`, of which {@link Members} at its top are an object, and what is raw the object or list that it is: the last of
 * what is there twice counts.
 */
export function unfolded(value: unknown): unknown {
  if (value instanceof RawJson) return value.parts ?? value
  if (!(value instanceof Members)) return value
  const object: Record<string, unknown> = {}
  for (const [name, inner] of value.entries) setField(object, name, inner)
  return object
}

/** A copy without {@link Members} at any depth. */
export function plainJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainJson)
  if (!isJsonObject(value) && !(value instanceof Members)) return value
  const object: Record<string, unknown> = {}
  for (const [name, inner] of entriesOf(value)) setField(object, name, plainJson(inner))
  return object
}

/** The first number within that no double holds, which only one can be that came as it was written. */
export function numberBeyond(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof RawJson) return numberBeyond(readMembers(value.text))
  if (value instanceof WrittenNumber) return Number.isFinite(Number(value.text)) ? undefined : value.text
  for (const inner of Array.isArray(value) ? value : entriesOf(value).map(([, field]) => field)) {
    const beyond = numberBeyond(inner)
    if (beyond !== undefined) return beyond
  }
  return undefined
}

/** Told of a field: where it is, and whether its object had it before. Answers whether to look below it. */
type OnField = (path: string, isRepeated: boolean) => boolean

/** Goes through all fields, in the order of the document. */
export function walkFields(value: unknown, onField: OnField, path = ''): void {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) walkFields(item, onField, `${path}[${String(at)}]`)
  } else if (isJsonObject(value) || value instanceof Members) {
    const seen = new Set<string>()
    for (const [name, inner] of entriesOf(value)) {
      const place = path === '' ? name : `${path}.${name}`
      if (onField(place, seen.has(name))) walkFields(inner, onField, place)
      seen.add(name)
    }
  }
}

/** Paths of what is there twice, in the order of the document. */
export function repeatedFields(value: unknown): string[] {
  const found = new Set<string>()
  walkFields(value, (path, isRepeated) => {
    if (isRepeated) found.add(path)
    return true
  })
  return [...found]
}

/** `text`, which is JSON and nests no deeper than what can be walked, with an object of it a {@link Members}. */
export function readMembers(text: string): unknown {
  return membersOf(new JsonSource(text))
}

function membersOf(source: JsonSource): unknown {
  const first = source.peek()
  if (first === '[') return Array.from(source.places(), () => membersOf(source))
  if (first !== '{') return scalarOf(source.value())
  const entries: Entry[] = []
  for (const name of source.names()) entries.push([name, membersOf(source)])
  return new Members(entries)
}
