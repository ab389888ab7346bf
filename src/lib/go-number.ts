/**
 * Numbers of JSON as Go has them: an int64 where they are whole and fit, and a float64 otherwise. How small ones were
 * written is not known any more here; Go makes a float64 of whatever has a fraction or an exponent.
 */
import { MAX_INT64, MIN_INT64, type Int64 } from './exact-json.ts'

const INT64_LIMIT = 2 ** 63

/** Whether its digits are those of an int64, whatever it is itself. Those that Go prints of the float -2^63 are none. */
export function fitsInt64(value: Int64): boolean {
  return typeof value === 'bigint' || (Number.isInteger(value) && value > -INT64_LIMIT && value < INT64_LIMIT)
}

/** A number as Go's `%v` prints it: an int64, or a float64 where it is none. YAML has whole ones beyond that. */
export function goNumber(value: Int64): string {
  const fits = typeof value === 'bigint' ? value <= MAX_INT64 : fitsInt64(value)
  return fits ? BigInt(value).toString() : goFloat(Number(value))
}

/** A float64 as Go's `%v` prints it. */
export function goFloat(value: number): string {
  if (Object.is(value, -0)) return '-0'
  const size = Math.abs(value)
  const isLong = size !== 0 && (size < 1e-4 || size >= 1e6)
  const [mantissa = '', exponent] = (isLong ? value.toExponential() : String(value)).split('e')
  if (exponent === undefined) return mantissa
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${exponent.replace(/^[-+]/, '').padStart(2, '0')}`
}

const MAX_DIGITS_32 = 9

/** The float32 nearest to it as Go prints it: with as few digits as tell it from its neighbours. */
export function goFloat32(value: number): string {
  const single = Math.fround(value)
  if (single === 0) return goFloat(single)
  for (let digits = 1; digits < MAX_DIGITS_32; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return goFloat(short)
  }
  return goFloat(Number(single.toPrecision(MAX_DIGITS_32)))
}

/** A float64 as Go on amd64 makes an int64 of it: without its fraction, and the smallest where it does not fit. */
export function goInt64(value: number): Int64 {
  const whole = Math.trunc(value)
  if (Number.isSafeInteger(whole)) return whole
  return fitsInt64(whole) ? BigInt(whole) : MIN_INT64
}

const INTEGER = /^[+-]?0*[0-9]{1,19}$/

/** As Go's strconv.ParseInt with base 10 and 64 bits reads it; undefined for what it refuses. */
export function parseGoInt(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  return BigInt.asIntN(64, value) === value ? value : undefined
}
