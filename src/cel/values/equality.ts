/**
 * Equality and order. Numbers of different kinds compare by value; values of other different kinds are unequal, not an
 * error; NaN equals nothing, also inside lists.
 */
import { ascending } from '../../lib/order.ts'
import { noSuchOverload } from './evaluation-error.ts'
import { DurationValue, TimestampValue } from './time.ts'
import { work } from './work.ts'
import { BytesValue, compareBytes, DoubleValue, isInteger, UintValue, type Integer, type Value } from './value.ts'

export function areEqual(one: Value, other: Value): boolean {
  if (typeof one !== 'object' && typeof other !== 'object') {
    if (typeof one === 'string') work(one.length >> 6)
    return one === other
  }
  if (one === null || other === null) return one === other
  if (typeof one === 'object' && typeof other === 'object') {
    if (one.constructor === other.constructor || !isNumeric(one) || !isNumeric(other)) return one.equals(other)
  }
  return isNumeric(one) && isNumeric(other) && compareNumbers(one, other) === 0
}

type Numeric = Integer | DoubleValue | UintValue

function isNumeric(value: Value): value is Numeric {
  return isInteger(value) || value instanceof DoubleValue || value instanceof UintValue
}

/**
 * Undefined when one of them is not a number (NaN). Next to a double, an integer is rounded to one, as the language
 * definition's conformance tests have it; ints and uints compare exactly.
 */
function compareNumbers(one: Numeric, other: Numeric): number | undefined {
  const isRounded = one instanceof DoubleValue || other instanceof DoubleValue
  const [left, right] = [numberOf(one), numberOf(other)].map((value) => (isRounded ? Number(value) : value))
  if (left === undefined || right === undefined || Number.isNaN(left) || Number.isNaN(right)) return undefined
  return ascending(left, right)
}

function numberOf(value: Numeric): number | bigint {
  return isInteger(value) ? value : value.value
}

/** -1, 0 or 1; undefined if they have no order (NaN). Values that cannot be compared are an error. */
export function compareValues(one: Value, other: Value): number | undefined {
  if (isInteger(one) && isInteger(other)) return ascending(one, other)
  if (typeof one === 'string' && typeof other === 'string') return compareStrings(one, other)
  if (isNumeric(one) && isNumeric(other)) return compareNumbers(one, other)
  if (typeof one === 'boolean' && typeof other === 'boolean') return Number(one) - Number(other)
  if (one instanceof TimestampValue && other instanceof TimestampValue) return one.compare(other)
  if (one instanceof DurationValue && other instanceof DurationValue) return one.compare(other)
  if (one instanceof BytesValue && other instanceof BytesValue) return compareBytes(one.data, other.data)
  throw noSuchOverload()
}

/** By code points. UTF-16 sorts surrogates before U+E000, so they are moved behind it. */
function compareStrings(one: string, other: string): number {
  if (one === other) return 0
  const shared = Math.min(one.length, other.length)
  for (let index = 0; index < shared; index += 1) {
    const [left, right] = [one.charCodeAt(index), other.charCodeAt(index)]
    if (left !== right) return inCodePointOrder(left) < inCodePointOrder(right) ? -1 : 1
  }
  return one.length < other.length ? -1 : 1
}

function inCodePointOrder(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
