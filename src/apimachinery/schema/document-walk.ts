/**
 * Decoding to the letter of upstream's JSON decoder (sigs.k8s.io/json decode.go), in the order of the document: which
 * of several mistakes it tells of, what strict decoding says, and what becomes of fields that are there twice. It goes
 * on after a value of a wrong type, and tells of the first one, unless it comes to a value that a type reads itself and
 * refuses, which ends it (savedError). Slow, and only for what is wrong in some way.
 */
import { isJsonObject, setField } from '../patch/json-value.ts'
import { Members, entriesOf, plainJson } from '../wire/json-members.ts'
import { MAX_COMPLAINTS, duplicateField, unknownField } from '../wire/json.ts'
import { DecodeError, mismatch } from './decode-error.ts'
import type { Field, ScalarNode, SchemaNode, StructNode } from './schema.ts'

type JsonObject = Record<string, unknown>

export interface DocumentReading {
  /** What there is after all, without what is unknown, and with each field once. */
  readonly value: unknown
  /** `unknown field "spec.foo"`, `duplicate field "spec.replicas"`: each once, and none too many. */
  readonly complaints: readonly string[]
}

/** A list of Go's: a second one is written over the first, item by item, and what is behind its end is remembered. */
class Slice {
  readonly items: unknown[] = []
  length = 0
}

/** One walk. `decodeScalar` throws for a scalar of a wrong type. */
export class DocumentWalk {
  readonly #decodeScalar: (node: ScalarNode, value: unknown) => unknown
  /** Where the walk is: structs and the fields of theirs, the innermost one last. */
  readonly #way: (readonly [goName: string, goPath: string])[] = []
  readonly #complaints = new Set<string>()
  #first: DecodeError | undefined

  constructor(decodeScalar: (node: ScalarNode, value: unknown) => unknown) {
    this.#decodeScalar = decodeScalar
  }

  /** `value`: what JSON.parse has made, or with {@link Members} for objects. @throws DecodeError */
  read(struct: StructNode, value: unknown): DocumentReading {
    const held = this.#node(struct, value, undefined, '')
    if (this.#first !== undefined) throw this.#first
    return { value: withoutSlices(held), complaints: [...this.#complaints] }
  }

  /** What a variable of the type of `node`, which holds `held`, holds then; it may be changed. */
  #node(node: SchemaNode, value: unknown, held: unknown, path: string): unknown {
    if (value === null || value === undefined) return held
    switch (node.kind) {
      case 'scalar':
        return this.#scalar(node, plainJson(value), held)
      case 'list':
        if (!Array.isArray(value)) return this.#wrong(value, node.goType, 'slice', held)
        return this.#items(node.item, value, held, path)
      case 'map':
        if (!isObject(value)) return this.#wrong(value, node.goType, 'map', held)
        return this.#entries(node.value, value, held, path)
      case 'struct':
        if (!isObject(value)) return this.#wrong(value, node.goType, 'struct', held)
        return this.#fields(node, value, held, path)
    }
  }

  #wrong(value: unknown, goType: string, by: 'slice' | 'map' | 'struct', held: unknown): unknown {
    this.#note(mismatch(value, goType, by))
    return held
  }

  #items(item: SchemaNode, value: readonly unknown[], held: unknown, path: string): Slice {
    const slice = held instanceof Slice && value.length > 0 ? held : new Slice()
    for (const [at, element] of value.entries()) {
      slice.items[at] = this.#node(item, element, slice.items[at], `${path}[${String(at)}]`)
    }
    slice.length = value.length
    return slice
  }

  #entries(entry: SchemaNode, value: object, held: unknown, path: string): JsonObject {
    const map = isJsonObject(held) ? held : {}
    const seen = new Set<string>()
    for (const [key, inner] of entriesOf(value)) {
      const place = below(path, key)
      if (seen.has(key)) this.#complain(duplicateField(place))
      seen.add(key)
      setField(map, key, this.#node(entry, inner, undefined, place) ?? null)
    }
    return map
  }

  #fields({ goName, fields, always }: StructNode, value: object, held: unknown, path: string): JsonObject {
    const struct = isJsonObject(held) ? held : {}
    const seen = new Set<string>()
    for (const [key, inner] of entriesOf(value)) {
      const field = fields.get(key)
      const place = below(path, key)
      if (field === undefined) {
        this.#complain(unknownField(place))
        continue
      }
      if (seen.has(key)) this.#complain(duplicateField(place))
      seen.add(key)
      this.#way.push([goName, field.goPath])
      const isUnset = inner === null && isUnsetByNull(field, always)
      struct[key] = isUnset ? null : this.#node(field.node, inner, struct[key], place)
      this.#way.pop()
    }
    return struct
  }

  #scalar(node: ScalarNode, value: unknown, held: unknown): unknown {
    try {
      this.#decodeScalar(node, value)
      return value
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#note(error, node.either !== undefined)
      return held
    }
  }

  #complain(complaint: string): void {
    if (this.#complaints.size < MAX_COMPLAINTS) this.#complaints.add(complaint)
  }

  #note(error: DecodeError, isOfOwnParser = false): void {
    const ends = error.ends || isOfOwnParser
    if (this.#first !== undefined && !ends) return
    for (const [goName, goPath] of this.#way.toReversed()) error.within(goName, goPath)
    if (ends) throw error
    this.#first = error
  }
}

function isObject(value: unknown): value is object {
  return isJsonObject(value) || value instanceof Members
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** What reads itself and takes null for nothing. */
const EMPTIED: ReadonlySet<string> = new Set(['bytes', 'microTime', 'quantity', 'time'])

/** Null takes away what a pointer, a list or a map holds; a variable of any other type keeps it. */
function isUnsetByNull(field: Field, always: readonly Field[]): boolean {
  const { node, dropsEmpty, isNullable } = field
  if (node.kind === 'list' || node.kind === 'map') return true
  if (node.kind === 'scalar' && EMPTIED.has(node.shape)) return true
  return isNullable || !(dropsEmpty || always.includes(field))
}

function withoutSlices(held: unknown): unknown {
  if (held instanceof Slice) {
    return Array.from({ length: held.length }, (_, at) => withoutSlices(held.items[at]) ?? null)
  }
  if (!isJsonObject(held)) return held
  for (const [key, inner] of Object.entries(held)) setField(held, key, withoutSlices(inner))
  return held
}
