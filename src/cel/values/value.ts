/**
 * Values at run time. Booleans, strings, null and integers are JavaScript's own: an integer is a number as long as that
 * is exact, and a bigint beyond (`values/integer.ts` keeps it so: one integer has one form). Everything else is a
 * `CelValue`. Doubles are boxed, because `2.0` and `2` are different values; uints and bytes likewise.
 */
import { EvaluationError } from './evaluation-error.ts'
import { work, workOn } from './work.ts'
import { BOOL, BYTES, DOUBLE, INT, NULL, STRING, TYPE, UINT, optionalOf, DYN, type Type } from '../types/type.ts'

export type Integer = number | bigint
export type Value = null | boolean | string | Integer | CelValue

/** Of what Go cannot put into a map: upstream's evaluation panics, and says so. */
export const unusableKey = (goType: string): EvaluationError =>
  new EvaluationError(`internal error: runtime error: hash of unhashable type ${goType}`)

export abstract class CelValue {
  /** Parameters do not count: every list is `list(dyn)`. */
  abstract readonly type: Type
  /** Asked only about values that are not the same primitive; see `values/equality.ts`. */
  abstract equals(other: CelValue): boolean
  toString(): string {
    return this.type.name
  }
  /** What size() answers and cost counts; undefined for what has no size. */
  get length(): number | undefined {
    return undefined
  }
  /** What equal values share where they are keys of a map; undefined where each is a key of its own. */
  get keyText(): string | undefined {
    return undefined
  }
}

export class DoubleValue extends CelValue {
  readonly type = DOUBLE
  readonly value: number

  constructor(value: number) {
    super()
    this.value = value
  }
  override equals(other: CelValue): boolean {
    return other instanceof DoubleValue && other.value === this.value
  }
  override get keyText(): string | undefined {
    return Number.isNaN(this.value) ? undefined : `double ${String(this.value)}`
  }
}

export class UintValue extends CelValue {
  readonly type = UINT
  readonly value: bigint

  constructor(value: bigint) {
    super()
    this.value = value
  }
  override equals(other: CelValue): boolean {
    return other instanceof UintValue && other.value === this.value
  }
  override get keyText(): string {
    return `uint ${String(this.value)}`
  }
}

export class BytesValue extends CelValue {
  readonly type = BYTES
  readonly data: Uint8Array

  constructor(data: Uint8Array) {
    super()
    this.data = data
  }
  override get length(): number {
    return this.data.length
  }
  get base64(): string {
    return btoa(Array.from(this.data, (byte) => String.fromCharCode(byte)).join(''))
  }
  override equals(other: CelValue): boolean {
    return other instanceof BytesValue && compareBytes(this.data, other.data) === 0
  }
  override get keyText(): never {
    throw unusableKey('types.Bytes')
  }
}

export function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const shared = Math.min(one.length, other.length)
  work(shared >> 3)
  for (let index = 0; index < shared; index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return Math.sign(one.length - other.length)
}

export class TypeValue extends CelValue {
  readonly type = TYPE
  readonly named: Type

  constructor(named: Type) {
    super()
    this.named = named
  }
  override equals(other: CelValue): boolean {
    return other instanceof TypeValue && other.named.name === this.named.name
  }
  override get keyText(): string {
    return `type ${this.named.name}`
  }
}

/** Types of libraries: URLs, quantities, authorizers. */
export abstract class OpaqueValue extends CelValue {
  /** What it is to a field of a message that is a text; undefined where it is none. */
  get asText(): string | undefined {
    return undefined
  }
}

export const OPTIONAL = optionalOf(DYN)

/** `typeof` for CEL. */
export function typeOfValue(value: Value): Type {
  switch (typeof value) {
    case 'boolean':
      return BOOL
    case 'string':
      return STRING
    case 'number':
    case 'bigint':
      return INT
    default:
      return value === null ? NULL : value.type
  }
}

export function isInteger(value: Value): value is Integer {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** Number of code points. */
export function stringLength(text: string): number {
  workOn(text)
  let length = text.length
  for (let index = 0; index < text.length - 1; index += 1) {
    if (isHighSurrogate(text.charCodeAt(index)) && isLowSurrogate(text.charCodeAt(index + 1))) {
      length -= 1
      index += 1
    }
  }
  return length
}

export const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
export const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000

/** What an operation that goes over the value once is charged for. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return stringLength(value)
  if (typeof value !== 'object' || value === null) return 1
  return value.length ?? 1
}
