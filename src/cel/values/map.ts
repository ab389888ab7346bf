/**
 * Maps. `EntryMap` holds CEL values under keys of one of the four kinds that keys may have; numbers that are equal are
 * one key, whatever their kind. Maps over JSON are in `values/json.ts`. As with lists, only the accumulator of a
 * comprehension grows in place.
 */
import { DYN, mapOf } from '../types/type.ts'
import { areEqual } from './equality.ts'
import { EvaluationError } from './evaluation-error.ts'
import { formatValue } from './format-value.ts'
import { normalize } from './integer.ts'
import { CelValue, DoubleValue, typeOfValue, UintValue, type Value } from './value.ts'

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
      const counterpart = other.find(key)
      if (counterpart === undefined || !areEqual(value, counterpart)) return false
    }
    return true
  }
}

const MAP = mapOf(DYN, DYN)

type Index = string | number | bigint | boolean

/** What a key is filed under; undefined for values that cannot be keys. */
function indexOf(key: Value): Index | undefined {
  if (key instanceof UintValue) return normalize(key.value)
  if (key instanceof DoubleValue) return Number.isSafeInteger(key.value) ? key.value + 0 : undefined
  return typeof key === 'object' ? undefined : key
}

export class EntryMap extends MapValue {
  readonly #entries: Map<Index, readonly [Value, Value]>
  /** Set for the map that a comprehension builds. */
  #isGrowing = false

  private constructor(entries: Map<Index, readonly [Value, Value]>) {
    super()
    this.#entries = entries
  }

  static of(entries: Iterable<readonly [Value, Value]>): EntryMap {
    const map = new EntryMap(new Map())
    for (const [key, value] of entries) map.#put(key, value)
    return map
  }

  static growing(): EntryMap {
    const map = new EntryMap(new Map())
    map.#isGrowing = true
    return map
  }

  #put(key: Value, value: Value): void {
    const index = indexOf(key)
    if (index === undefined || key instanceof DoubleValue) {
      throw new EvaluationError(`unsupported key type: ${typeOfValue(key).name}`)
    }
    if (this.#entries.has(index)) throw new EvaluationError(`Failed with repeated key: ${formatValue(key)}`)
    this.#entries.set(index, [key, value])
  }

  /** This map and more; an entry that is there already is an error. */
  with(entries: Iterable<readonly [Value, Value]>): EntryMap {
    const map = this.#isGrowing ? this : new EntryMap(new Map(this.#entries))
    for (const [key, value] of entries) {
      const index = indexOf(key)
      if (index !== undefined && map.#entries.has(index)) {
        throw new EvaluationError(`insert failed: key ${formatValue(key)} already exists`)
      }
      map.#put(key, value)
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
    const index = indexOf(key)
    return index === undefined ? undefined : this.#entries.get(index)?.[1]
  }

  override *keys(): Iterable<Value> {
    for (const [key] of this.#entries.values()) yield key
  }

  override entries(): Iterable<readonly [Value, Value]> {
    return this.#entries.values()
  }
}
