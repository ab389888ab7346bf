/**
 * Numbers of JSON as Go has them: an int64 where they are whole and fit, and a float64 otherwise. How they were written
 * is not known any more here; of what was written with a fraction or an exponent Go makes a float64 in any case.
 */
const INT64_LIMIT = 2 ** 63

/** Whether Go decodes it as an int64. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -INT64_LIMIT && value < INT64_LIMIT
}

/** A number as Go's `%v` prints it: an int64, or a float64 where it is none. */
export function goNumber(value: number): string {
  if (isInt64(value)) return BigInt(value).toString()
  const isLong = Math.abs(value) < 1e-4 || Math.abs(value) >= 1e21 || Number.isInteger(value)
  const [mantissa = '', exponent] = (isLong ? value.toExponential() : String(value)).split('e')
  if (exponent === undefined) return mantissa
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${exponent.replace(/^[-+]/, '').padStart(2, '0')}`
}
