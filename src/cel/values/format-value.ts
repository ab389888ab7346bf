/** Scalars as messages and `string()` print them. Doubles follow Go's shortest notation ('g'). */
import { DoubleValue, TypeValue, UintValue, type Value } from './value.ts'

/** From a million on Go writes the exponent. */
const MAX_PLAIN_POWER = 6

export function formatValue(value: Value): string {
  if (value instanceof UintValue) return String(value.value)
  if (value instanceof DoubleValue) return formatDouble(value.value)
  if (value instanceof TypeValue) return value.named.name
  if (typeof value === 'object' && value !== null) return value.toString()
  return String(value)
}

/** As `strconv.FormatFloat(value, 'g', -1, 64)` does. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < MAX_PLAIN_POWER) return plainNotation(value)
  const digits = String(Math.abs(power)).padStart(2, '0')
  return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`
}

/** Without an exponent: as `strconv.FormatFloat(value, 'f', -1, 64)` does. */
export function plainNotation(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  const [mantissa = '', exponent = ''] = text.split('e')
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const point = whole.length + Number(exponent)
  const digits = whole + fraction
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

export const NOT_UTF8 = 'invalid UTF-8 in bytes, cannot convert to string'

/** Undefined where they are no UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
