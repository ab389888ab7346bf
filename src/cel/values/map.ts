/**
 * Maps. `EntryMap` holds CEL values under keys of any kind, as cel-go does (common/types/map.go). Maps over JSON are in
 * `values/json.ts`. As with lists, only the accumulator of a comprehension grows in place.
 */
import { DYN, mapOf } from '../types/type.ts'
import { areEqual } from './equality.ts'
import { EvaluationError } from './evaluation-error.ts'
import { formatValue } from './format-value.ts'
import { MAX_INT, MAX_UINT, MIN_INT, normalize } from './integer.ts'
import { CelValue, DoubleValue, isInteger, typeOfValue, UintValue, type Value } from './value.ts'
import { work, workOn } from './work.ts'

export abstract class MapValue extends CelValue {
  readonly type = MAP
  abstract override get length(): number
  /** Undefined when there is no such key. */
  abstract find(key: Value): Value | undefined
  abstract keys(): Iterable<Value>

  get(key: Value): Value {
    const value = this.find(key)
    if (value === undefined) throw new EvaluationError(`no such key: ${formatValue(key)}`)
    return value
  }

  has(key: Value): boolean {
    return this.find(key) !== undefined
  }

  *entries(): Iterable<readonly [Value, Value]> {
    for (const key of this.keys()) yield [key, this.get(key)]
  }

  override equals(other: CelValue): boolean {
    if (!(other instanceof MapValue) || other.length !== this.length) return false
    for (const [key, value] of this.entries()) {
      work(ENTRY_STEPS)
      const counterpart = other.find(key)
      if (counterpart === undefined || !areEqual(value, counterpart)) return false
    }
    return true
  }
}

const MAP = mapOf(DYN, DYN)
/** Steps of finding an entry, adding one, or naming one. */
const ENTRY_STEPS = 32

/**
 * What a key is filed under, as in a map of Go: values of different kinds are different keys, numbers as well. What is
 * not JavaScript's own is filed under a text that no other text is filed under, or under itself.
 */
function indexOf(key: Value): unknown {
  if (typeof key === 'string') {
    workOn(key)
    return key.startsWith(MARK) ? MARK + key : key
  }
  if (typeof key !== 'object' || key === null) return key
  const text = key.keyText
  return text === undefined ? key : `${MARK}${text}`
}

const MARK = '\0'

/** Keys of other kinds that a number finds where its own kind does not; a double is none that others find. */
function* otherNumbers(key: Value): Iterable<Value> {
  if (isInteger(key) && key >= 0) yield new UintValue(BigInt(key))
  if (key instanceof UintValue && key.value <= MAX_INT) yield normalize(key.value)
  if (!(key instanceof DoubleValue) || !Number.isInteger(key.value)) return
  const whole = BigInt(key.value)
  if (whole >= MIN_INT && whole <= MAX_INT) yield normalize(whole)
  if (whole >= 0n && whole <= MAX_UINT) yield new UintValue(whole)
}

export class EntryMap extends MapValue {
  readonly #entries: Map<unknown, readonly [Value, Value]>
  /** Set for the map that a comprehension builds. */
  #isGrowing = false

  private constructor(entries: Map<unknown, readonly [Value, Value]>) {
    super()
    this.#entries = entries
  }

  /** The last of several entries with one key counts; one without a value leaves none. */
  static of(entries: Iterable<readonly [Value, Value | undefined]>): EntryMap {
    const map = new EntryMap(new Map())
    for (const [key, value] of entries) {
      work(ENTRY_STEPS)
      if (value === undefined) map.#entries.delete(indexOf(key))
      else map.#entries.set(indexOf(key), [key, value])
    }
    return map
  }

  /** The same with keys as the language defines them: of four kinds, and none twice. */
  static ofSingleKeys(entries: Iterable<readonly [Value, Value | undefined]>): EntryMap {
    const map = new EntryMap(new Map())
    for (const [key, value] of entries) {
      if (value === undefined) continue
      if (!(typeof key !== 'object' || key instanceof UintValue)) {
        throw new EvaluationError(`unsupported key type: ${typeOfValue(key).name}`)
      }
      if (map.has(key)) throw new EvaluationError(`Failed with repeated key: ${formatValue(key)}`)
      map.#entries.set(indexOf(key), [key, value])
    }
    return map
  }

  static growing(): EntryMap {
    const map = new EntryMap(new Map())
    map.#isGrowing = true
    return map
  }

  /** This map and more; an entry that is there already is an error. */
  with(entries: Iterable<readonly [Value, Value]>): EntryMap {
    if (!this.#isGrowing) work(ENTRY_STEPS * this.length)
    const map = this.#isGrowing ? this : new EntryMap(new Map(this.#entries))
    for (const [key, value] of entries) {
      work(ENTRY_STEPS)
      if (map.has(key)) {
        // Go prints its null as the number that it is.
        throw new EvaluationError(`insert failed: key ${key === null ? '0' : formatValue(key)} already exists`)
      }
      map.#entries.set(indexOf(key), [key, value])
    }
    return map
  }

  freeze(): EntryMap {
    this.#isGrowing = false
    return this
  }

  override get length(): number {
    return this.#entries.size
  }

  override find(key: Value): Value | undefined {
    if (this.#entries.size === 0) return undefined
    const found = this.#entries.get(indexOf(key))
    if (found !== undefined) return found[1]
    for (const other of otherNumbers(key)) {
      const entry = this.#entries.get(indexOf(other))
      if (entry !== undefined) return entry[1]
    }
    return undefined
  }

  override *keys(): Iterable<Value> {
    for (const [key] of this.#entries.values()) yield key
  }

  override entries(): Iterable<readonly [Value, Value]> {
    return this.#entries.values()
  }
}
