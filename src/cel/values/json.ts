/**
 * JSON as CEL values, lazily: a list or an object is wrapped, and what it holds is adapted when it is asked for. The
 * declared type says how (a number may be an int or a double, a string a timestamp); where nothing is declared, the
 * JSON says it (apiserver pkg/cel/common/values.go). Lists that are sets or maps ignore order, and `+` merges them.
 */
import { WrittenNumber, type Int64 } from '../../lib/exact-json.ts'
import { isWrittenFloat } from '../../lib/written-floats.ts'
import { DYN } from '../types/type.ts'
import { declaredType, type DeclaredField, type DeclaredType } from '../types/declared-type.ts'
import { areEqual } from './equality.ts'
import { EvaluationError, noSuchOverload } from './evaluation-error.ts'
import { normalize } from './integer.ts'
import { ArrayList, ListValue } from './list.ts'
import { MapValue } from './map.ts'
import { parseDuration, parseTimestamp } from './time.ts'
import { BytesValue, CelValue, DoubleValue, UintValue, type Value } from './value.ts'
import { work, workOn } from './work.ts'

type JsonObject = Readonly<Record<string, unknown>>
const UNDECLARED = declaredType(DYN)

/** `raw` as a value of the declared type; values of CEL pass unchanged. */
export function adapt(raw: unknown, declared: DeclaredType): Value {
  switch (typeof raw) {
    case 'boolean':
      return adaptBoolean(raw, declared)
    case 'string':
      return adaptText(raw, declared)
    case 'number':
      return adaptNumber(raw, declared)
    case 'bigint':
      return adaptNumber(raw, declared)
    default:
      return raw === null || raw === undefined ? adaptNull(declared) : adaptStructure(raw, declared)
  }
}

/** `actual` as Go names the type of what was read from JSON. */
function mismatch({ type }: DeclaredType, actual: string): EvaluationError {
  switch (type.kind) {
    case 'list':
      return new EvaluationError('invalid data, expected an array for the provided schema with type=array')
    case 'map':
    case 'object':
      return new EvaluationError('invalid data, expected a map for the provided schema with type=object')
    default:
      return new EvaluationError(`invalid data, expected ${SCHEMA_TYPES.get(type.kind) ?? 'string'}, got ${actual}`)
  }
}

/** What upstream calls them there; all else is written as text. */
const SCHEMA_TYPES: ReadonlyMap<string, string> = new Map([['bool', 'bool'], ['int', 'int'], ['double', 'float']])

const neither = (): EvaluationError =>
  new EvaluationError('invalid data, expected XIntOrString value to be either a string or integer')

function adaptNull({ type, isNullable }: DeclaredType): Value {
  if (isNullable === true || type.isNullable || type.kind === 'dyn' || type.kind === 'null' || type.kind === 'any') {
    return null
  }
  throw new EvaluationError('invalid data, got null for schema with nullable=false')
}

function adaptBoolean(raw: boolean, declared: DeclaredType): Value {
  if (declared.isIntOrString === true) throw neither()
  const { kind } = declared.type
  if (kind === 'bool' || kind === 'dyn' || kind === 'any') return raw
  throw mismatch(declared, 'bool')
}

function adaptText(raw: string, declared: DeclaredType): Value {
  switch (declared.type.kind) {
    case 'string':
    case 'dyn':
    case 'any':
      return raw
    case 'timestamp': {
      const timestamp = parseTimestamp(raw) ?? parseTimestamp(`${raw}T00:00:00Z`)
      if (timestamp === undefined) throw mismatch(declared, `"${raw}"`)
      return timestamp
    }
    case 'duration': {
      const duration = parseDuration(raw)
      if (duration === undefined) throw mismatch(declared, `"${raw}"`)
      return duration
    }
    case 'bytes':
      return new BytesValue(Uint8Array.from(atob(raw), (character) => character.charCodeAt(0)))
    default:
      throw mismatch(declared, 'string')
  }
}

/** What a holder of values has at a place: Go has made a float of a number that was written as one. */
function adaptIn(holder: object, key: string | number, raw: unknown, declared: DeclaredType): Value {
  const isFloat = typeof raw === 'number' && isWrittenFloat(holder, key)
  return isFloat ? adaptFloat(raw, declared) : adapt(raw, declared)
}

/** @throws EvaluationError where an integer is declared, or the number of an int-or-string */
function adaptFloat(raw: number, declared: DeclaredType): Value {
  const { kind } = declared.type
  if (declared.isIntOrString === true) throw neither()
  if (kind === 'dyn' || kind === 'any' || kind === 'double') return new DoubleValue(raw)
  throw mismatch(declared, 'float64')
}

/** Go has an integer of it. */
const isWhole = (raw: Int64): boolean =>
  typeof raw === 'bigint' || (Number.isInteger(raw) && Math.abs(raw) < 2 ** 63)

function adaptNumber(raw: Int64, declared: DeclaredType): Value {
  switch (declared.type.kind) {
    case 'double':
      return new DoubleValue(Number(raw))
    case 'uint':
      return new UintValue(BigInt(raw))
    case 'int':
    case 'dyn':
    case 'any':
      if (typeof raw === 'bigint') return normalize(raw)
      if (Number.isSafeInteger(raw)) return raw + 0
      return isWhole(raw) ? normalize(BigInt(raw)) : adaptFloat(raw, declared)
    default:
      throw mismatch(declared, isWhole(raw) ? 'int64' : 'float64')
  }
}

function adaptStructure(raw: object, declared: DeclaredType): Value {
  if (raw instanceof CelValue) return raw
  if (raw instanceof WrittenNumber) return adaptFloat(Number(raw.text), declared)
  if (raw instanceof Uint8Array) return new BytesValue(raw)
  if (declared.isIntOrString === true) throw neither()
  const { kind } = declared.type
  const isDynamic = kind === 'dyn' || kind === 'any'
  if (Array.isArray(raw)) {
    if (kind !== 'list' && !isDynamic) throw mismatch(declared, '[]interface {}')
    return new JsonList(raw, declared)
  }
  if (kind !== 'map' && kind !== 'object' && !isDynamic) throw mismatch(declared, 'map[string]interface {}')
  return new JsonMap(raw as JsonObject, declared)
}

/** Tells elements of a list apart, as its semantics want it; undefined where only the position counts. */
function identityOf({ semantics = { kind: 'atomic' } }: DeclaredType): ((element: Value) => string) | undefined {
  if (semantics.kind === 'atomic') return undefined
  if (semantics.kind === 'set') return identify
  return (element) =>
    element instanceof MapValue
      ? semantics.keys.map((key) => identify(element.find(key) ?? null)).join('\n')
      : identify(element)
}

function isSameCollection(list: ListValue, other: ListValue, identity: (element: Value) => string): boolean {
  if (other.length !== list.length) return false
  const own = new Map(list.toArray().map((element) => [identity(element), element]))
  return other.toArray().every((element) => {
    const counterpart = own.get(identity(element))
    return counterpart !== undefined && areEqual(counterpart, element)
  })
}

/**
 * Elements of `other` replace those with the same identity in their place, the last of several; the others follow, of
 * a set each once. What `list` has twice it keeps.
 */
function merged(list: ListValue, other: ListValue, identity: (element: Value) => string, isSet: boolean): ListValue {
  const elements = [...list.toArray()]
  const places = new Map(elements.map((element, place) => [identity(element), place]))
  for (const element of other.toArray()) {
    const name = identity(element)
    const place = places.get(name)
    if (place !== undefined) elements[place] = element
    else {
      if (isSet) places.set(name, elements.length)
      elements.push(element)
    }
  }
  return new Collection(elements, identity, isSet)
}

/** A set or a map of elements that an expression made. */
class Collection extends ArrayList {
  readonly #identity: (element: Value) => string
  readonly #isSet: boolean

  constructor(elements: readonly Value[], identity: (element: Value) => string, isSet: boolean) {
    super(elements)
    this.#identity = identity
    this.#isSet = isSet
  }

  override equals(other: CelValue): boolean {
    return other instanceof ListValue && isSameCollection(this, other, this.#identity)
  }

  override concat(other: ListValue): ListValue {
    return merged(this, other, this.#identity, this.#isSet)
  }
}

export class JsonList extends ListValue {
  readonly raw: readonly unknown[]
  readonly declared: DeclaredType
  readonly #element: DeclaredType

  constructor(raw: readonly unknown[], declared: DeclaredType) {
    super()
    this.raw = raw
    this.declared = declared
    this.#element = declared.element ?? UNDECLARED
  }

  override get length(): number {
    return this.raw.length
  }

  override at(index: number): Value {
    return adaptIn(this.raw, index, this.raw[index], this.#element)
  }

  override equals(other: CelValue): boolean {
    const identity = identityOf(this.declared)
    if (identity === undefined || !(other instanceof ListValue)) return super.equals(other)
    return isSameCollection(this, other, identity)
  }

  override concat(other: ListValue): ListValue {
    const identity = identityOf(this.declared)
    if (identity === undefined) return super.concat(other)
    return merged(this, other, identity, this.declared.semantics?.kind === 'set')
  }
}

/** Equal scalars, and only they, have the same text. Keys of lists are scalars; structures are told apart as JSON. */
function identify(value: Value): string {
  if (value instanceof JsonList || value instanceof JsonMap) {
    const text = JSON.stringify(value.raw)
    work(text.length)
    return text
  }
  work(FIELD_STEPS)
  if (value instanceof DoubleValue) return `double ${String(value.value)}`
  return typeof value === 'object' ? String(value) : `${typeof value} ${JSON.stringify(String(value))}`
}

/** Steps of looking for a field, or naming one. */
const FIELD_STEPS = 16

function namesOf(raw: JsonObject): string[] {
  const names = Object.keys(raw)
  work(FIELD_STEPS * names.length)
  return names
}

export class JsonMap extends MapValue {
  readonly raw: JsonObject
  readonly declared: DeclaredType

  constructor(raw: JsonObject, declared: DeclaredType) {
    super()
    this.raw = raw
    this.declared = declared
  }

  override get length(): number {
    return namesOf(this.raw).length
  }

  /** Undefined when there is none; a field of an object that is null is not there, an entry of a map is. */
  #raw(key: Value, field: DeclaredField | undefined): unknown {
    if (typeof key !== 'string') return undefined
    const isObject = this.declared.fields !== undefined
    const property = isObject ? field?.property : key
    workOn(key)
    if (property === undefined || !Object.hasOwn(this.raw, property)) return undefined
    const raw = this.raw[property]
    return isObject && raw === null ? undefined : raw
  }

  #field(key: Value): DeclaredField | undefined {
    return typeof key === 'string' ? this.declared.fields?.get(key) : undefined
  }

  override find(key: Value): Value | undefined {
    const field = this.#field(key)
    const raw = this.#raw(key, field)
    if (raw === undefined) return undefined
    const declared = field?.type ?? this.declared.element ?? UNDECLARED
    return adaptIn(this.raw, field?.property ?? (key as string), raw, declared)
  }

  override get(key: Value): Value {
    if (typeof key !== 'string') throw noSuchOverload()
    return super.get(key)
  }

  override has(key: Value): boolean {
    if (typeof key !== 'string') throw noSuchOverload()
    // What is there and is of another type than declared fails here, too.
    return super.has(key)
  }

  /** Of an object, what expressions cannot see is compared as well; upstream passes what only one of two has of it. */
  override equals(other: CelValue): boolean {
    const { fields } = this.declared
    if (fields === undefined || !(other instanceof JsonMap)) return super.equals(other)
    if (other.length !== this.length) return false
    const seen = new Set<string>()
    for (const [name, { property, isAlias }] of fields) {
      work(FIELD_STEPS)
      if (isAlias === true || !Object.hasOwn(this.raw, property)) continue
      seen.add(property)
      const [value, counterpart] = [this.find(name), other.find(name)]
      if (value === undefined && counterpart === undefined) continue
      if (value === undefined || counterpart === undefined || !areEqual(value, counterpart)) return false
    }
    return namesOf(this.raw).every((key) => seen.has(key) || this.#isSameUnseen(key, other))
  }

  /** A property of the schema is null where it is not there. */
  #isSameUnseen(key: string, other: JsonMap): boolean {
    const isHidden = this.declared.hidden?.has(key) === true
    if (!isHidden && !Object.hasOwn(other.raw, key)) return true
    const value = adaptIn(this.raw, key, this.raw[key], UNDECLARED)
    const counterpart = Object.hasOwn(other.raw, key) ? adaptIn(other.raw, key, other.raw[key], UNDECLARED) : null
    return areEqual(value, counterpart)
  }

  override *keys(): Iterable<Value> {
    const { fields } = this.declared
    if (fields === undefined) {
      yield* namesOf(this.raw)
      return
    }
    for (const [name, { property, isAlias }] of fields) {
      work(FIELD_STEPS)
      if (isAlias !== true && Object.hasOwn(this.raw, property)) yield name
    }
  }
}
