/**
 * Numbers against what a schema asks of them. Go tells integers and floats apart by how they were written; here a whole
 * number within 64 bits is an integer, as it is for Go unless it was written with a fraction or an exponent.
 * Upstream: kube-openapi pkg/validation/validate/{validator,values}.go, numberValidator.
 */
import { isInt64, type Int64 } from '../../../lib/exact-json.ts'
import {
  factorNotPositive, notMultiple, outOfRange, tooHigh, tooLow, type Compared, type Failure,
} from './failure.ts'
import { fitsInt64, goInt64 } from '../../../lib/go-number.ts'
import type { NumberRules } from './value-rules.ts'

const MAX_FLOAT32 = 3.4028235677973366e38
/** How near to a whole number counts as whole: swag.IsFloat64AJSONInteger. */
const EPSILON = 1e-9

/** Whether a float passes for an integer. */
export function isWhole(value: Int64): boolean {
  if (typeof value === 'bigint') return true
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false
  const whole = Math.round(value)
  return value === whole || (whole !== 0 && Math.abs(value - whole) < EPSILON * Math.abs(whole))
}

/** Whether a number of that type and format can be this one. */
function fits(value: Int64, { type, format }: NumberRules): boolean {
  if (type !== 'integer') return format !== 'float' || Math.abs(Number(value)) < MAX_FLOAT32
  if (!fitsInt64(value)) return false
  return format !== 'int32' || (value >= -(2 ** 31) && value < 2 ** 31)
}

/** `isFloat` says of a whole number whether Go has a float of it. `add` gets what is wrong, in upstream's order. */
export function checkNumber(
  value: Int64,
  rules: NumberRules,
  { path, isFloat, add }: { path: () => string; isFloat: () => boolean; add: (failure: Failure) => void },
): void {
  const { multipleOf, minimum, maximum } = rules
  const isInRange = (bound: Int64, what: string): boolean => {
    if (fits(bound, rules)) return true
    add(outOfRange(path(), what, rules.type, rules.format))
    return false
  }
  isInRange(value, 'Checked')
  if (multipleOf === undefined && minimum === undefined && maximum === undefined) return
  const isInteger = isInt64(value) && !isFloat()
  /** What a bound is compared with, and told beside. */
  const beside = (bound: number, what: string): Compared =>
    isInRange(bound, what) && isInteger
      ? { value, bound: goInt64(bound), isInteger }
      : { value: Number(value), bound, isInteger: false }
  if (multipleOf !== undefined) {
    const failure = checkMultiple(beside(multipleOf, 'MultipleOf'), path)
    if (failure !== undefined) add(failure)
  }
  if (minimum !== undefined) {
    const compared = beside(minimum, 'Minimum boundary')
    const isExclusive = rules.isMinimumExclusive
    if (compared.value < compared.bound || (isExclusive && isEqual(compared))) {
      add(tooLow(path(), compared, isExclusive))
    }
  }
  if (maximum !== undefined) {
    const compared = beside(maximum, 'Maximum boundary')
    const isExclusive = rules.isMaximumExclusive
    if (compared.value > compared.bound || (isExclusive && isEqual(compared))) {
      add(tooHigh(path(), compared, isExclusive))
    }
  }
}

function isEqual({ value, bound }: Compared): boolean {
  return !(value < bound) && !(value > bound)
}

function checkMultiple(compared: Compared, path: () => string): Failure | undefined {
  if (compared.bound <= 0) return factorNotPositive(path(), compared)
  return isMultiple(compared) ? undefined : notMultiple(path(), compared)
}

function isMultiple({ value, bound: factor, isInteger }: Compared): boolean {
  if (isInteger) return BigInt(value) % BigInt(factor) === 0n
  const float = Number(value)
  return isWhole(factor < 1 ? (1 / Number(factor)) * float : float / Number(factor))
}
