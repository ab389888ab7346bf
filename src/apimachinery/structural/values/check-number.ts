/**
 * Numbers against what a schema asks of them. Go tells integers and floats apart by how they were written; here a whole
 * number within 64 bits is an integer, as it is for Go unless it was written with a fraction or an exponent.
 * Upstream: kube-openapi pkg/validation/validate/{validator,values}.go, numberValidator.
 */
import { isInt64, type Int64 } from '../../../lib/exact-json.ts'
import { factorNotPositive, notMultiple, outOfRange, tooHigh, tooLow, type Failure } from './failure.ts'
import { fitsInt64 } from '../../../lib/go-number.ts'
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

/** `add` gets what is wrong, in upstream's order. */
export function checkNumber(
  value: Int64,
  rules: NumberRules,
  path: () => string,
  add: (failure: Failure) => void,
): void {
  const { type, format, multipleOf, minimum, maximum } = rules
  const isInRange = (bound: Int64, what: string): boolean => {
    if (fits(bound, rules)) return true
    add(outOfRange(path(), what, type, format))
    return false
  }
  isInRange(value, 'Checked')
  const isInteger = isInt64(value)
  if (multipleOf !== undefined) {
    const factor = isInRange(multipleOf, 'MultipleOf') && isInteger ? Math.trunc(multipleOf) : multipleOf
    const failure = checkMultiple(value, factor, isInteger && factor === Math.trunc(factor), path)
    if (failure !== undefined) add(failure)
  }
  if (minimum !== undefined) {
    const isExclusive = rules.isMinimumExclusive
    const bound = isInRange(minimum, 'Minimum boundary') && isInteger ? Math.trunc(minimum) : minimum
    if (value < bound || (isExclusive && isEqual(value, bound))) add(tooLow(path(), value, bound, isExclusive))
  }
  if (maximum !== undefined) {
    const isExclusive = rules.isMaximumExclusive
    const bound = isInRange(maximum, 'Maximum boundary') && isInteger ? Math.trunc(maximum) : maximum
    if (value > bound || (isExclusive && isEqual(value, bound))) add(tooHigh(path(), value, bound, isExclusive))
  }
}

/** Of an int64 and a bound of the schema, which is a float64. */
function isEqual(value: Int64, bound: number): boolean {
  return !(value < bound) && !(value > bound)
}

function checkMultiple(value: Int64, factor: number, isInteger: boolean, path: () => string): Failure | undefined {
  if (factor <= 0) return factorNotPositive(path(), factor)
  return isMultiple(value, factor, isInteger) ? undefined : notMultiple(path(), value, factor)
}

function isMultiple(value: Int64, factor: number, isInteger: boolean): boolean {
  if (isInteger) return typeof value === 'bigint' ? value % BigInt(factor) === 0n : value % factor === 0
  const float = Number(value)
  return isWhole(factor < 1 ? (1 / factor) * float : float / factor)
}
