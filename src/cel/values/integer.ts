/**
 * 64-bit integers, exact, with cel-go's overflow errors (common/types/overflow.go). Signed ones are numbers while that
 * is exact and bigints beyond, so that ordinary arithmetic never allocates; `normalize` keeps the form unique.
 */
import { MAX_INT64 as MAX_INT, MIN_INT64 as MIN_INT, int64 as normalize } from '../../lib/exact-json.ts'
import { EvaluationError } from './evaluation-error.ts'
import type { Integer } from './value.ts'

export { MAX_INT, MIN_INT, normalize }
export const MAX_UINT = 2n ** 64n - 1n

function checkedInt(value: bigint): Integer {
  if (value > MAX_INT || value < MIN_INT) throw new EvaluationError('integer overflow')
  return normalize(value)
}

export function checkedUint(value: bigint): bigint {
  if (value > MAX_UINT || value < 0n) throw new EvaluationError('unsigned integer overflow')
  return value
}

export function addIntegers(one: Integer, other: Integer): Integer {
  if (typeof one === 'number' && typeof other === 'number') {
    const sum = one + other
    if (Number.isSafeInteger(sum)) return sum
  }
  return checkedInt(BigInt(one) + BigInt(other))
}

export function subtractIntegers(one: Integer, other: Integer): Integer {
  if (typeof one === 'number' && typeof other === 'number') {
    const difference = one - other
    if (Number.isSafeInteger(difference)) return difference
  }
  return checkedInt(BigInt(one) - BigInt(other))
}

export function multiplyIntegers(one: Integer, other: Integer): Integer {
  if (typeof one === 'number' && typeof other === 'number') {
    const product = one * other
    // There is no integer -0.
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product
  }
  return checkedInt(BigInt(one) * BigInt(other))
}

export function divideIntegers(one: Integer, other: Integer): Integer {
  if (other === 0) throw new EvaluationError('division by zero')
  if (typeof one === 'number' && typeof other === 'number') return Math.trunc(one / other) + 0
  return checkedInt(BigInt(one) / BigInt(other))
}

export function remainderOfIntegers(one: Integer, other: Integer): Integer {
  if (other === 0) throw new EvaluationError('modulus by zero')
  if (typeof one === 'number' && typeof other === 'number') return (one % other) + 0
  if (BigInt(one) === MIN_INT && other === -1) throw new EvaluationError('integer overflow')
  return normalize(BigInt(one) % BigInt(other))
}

export function negateInteger(value: Integer): Integer {
  return subtractIntegers(0, value)
}

/** Decimal or `0x` digits that fit; undefined otherwise. */
export function parseInteger(text: string): Integer | undefined {
  if (text.length > 64 || !/^[+-]?\d+$/.test(text)) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  return value > MAX_INT || value < MIN_INT ? undefined : normalize(value)
}

/** The integer part of a double that fits into 64 bits. */
export function integerOfDouble(value: number): Integer {
  if (Number.isNaN(value) || value >= 2 ** 63 || value <= -(2 ** 63)) throw new EvaluationError('integer overflow')
  const whole = Math.trunc(value) + 0
  return Number.isSafeInteger(whole) ? whole : normalize(BigInt(whole))
}
