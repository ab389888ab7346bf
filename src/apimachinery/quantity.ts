/**
 * Quantities: `500m`, `1Gi`, `12e6`. A quantity is a whole number of billionths, kept as a bigint, and the notation it
 * is printed in; no arithmetic here loses precision. Parsing, rounding and printing follow k8s.io/apimachinery
 * pkg/api/resource/{quantity,suffix,amount}.go, oddities included (`05` stays `05`, `1024Mi` becomes `1Gi`), because
 * what was written is compared with what is read back.
 */
import { ascending } from '../lib/order.ts'

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export interface Quantity {
  readonly nanos: bigint
  readonly format: QuantityFormat
  /** The text as it was written, where upstream prints it back unchanged. */
  readonly text?: string
}

/** Where a quantity is taken, its text (or the bare number that JSON allows) does as well. */
export type QuantityLike = Quantity | string | number

export class QuantityError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'QuantityError'
  }
}

const FORMAT_MESSAGE =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const SUFFIX_MESSAGE = "unable to parse quantity's suffix"

/**
 * Longest text and largest decimal exponent read. Differs: upstream computes with whatever is written; `1e999999999`
 * would hold the only thread for seconds.
 */
const MAX_TEXT_LENGTH = 256
const MAX_EXPONENT = 300

const NANO = 1_000_000_000n
const MAX_INT64 = 2n ** 63n - 1n
const MAX_BINARY_NANOS = MAX_INT64 * NANO
/** Decimal digits that an int64 always holds: beyond them upstream leaves its fast path and prints canonically. */
const MAX_INT64_DIGITS = 18

const DECIMAL_SUFFIXES = new Map([
  ['n', -9], ['u', -6], ['m', -3], ['', 0], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18],
])
const BINARY_SUFFIXES = new Map([['Ki', 10], ['Mi', 20], ['Gi', 30], ['Ti', 40], ['Pi', 50], ['Ei', 60]])
const DECIMAL_SUFFIX_OF = new Map([...DECIMAL_SUFFIXES].map(([suffix, exponent]) => [exponent, suffix]))
const BINARY_SUFFIX_OF = ['', ...BINARY_SUFFIXES.keys()]

interface Parts {
  readonly negative: boolean
  /** Digits before the point, without leading zeros; `0` if there are none. */
  readonly whole: string
  readonly fraction: string
  readonly suffix: string
}

/** Sign, digits, fraction, suffix. Every part may be empty: upstream reads `Ki` and `-` as zero. */
const PARTS = /^([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/

function split(text: string): Parts {
  if (text === '' || text.length > MAX_TEXT_LENGTH) throw new QuantityError(FORMAT_MESSAGE)
  const match = PARTS.exec(text)
  if (match === null) throw new QuantityError(FORMAT_MESSAGE)
  const [, sign, whole = '', fraction = '', suffix = ''] = match
  return { negative: sign === '-', whole: whole === '' ? '0' : whole, fraction, suffix }
}

function interpretSuffix(suffix: string): { format: QuantityFormat; exponent: number } {
  const decimal = DECIMAL_SUFFIXES.get(suffix)
  if (decimal !== undefined) return { format: 'DecimalSI', exponent: decimal }
  const binary = BINARY_SUFFIXES.get(suffix)
  if (binary !== undefined) return { format: 'BinarySI', exponent: binary }
  if (!/^[eE][+-]?[0-9]+$/.test(suffix)) throw new QuantityError(SUFFIX_MESSAGE)
  const exponent = Number(suffix.slice(1))
  if (Math.abs(exponent) > MAX_EXPONENT) throw new QuantityError(SUFFIX_MESSAGE)
  return { format: 'DecimalExponent', exponent }
}

/** Whether upstream keeps the written text as the printed form (its int64 fast path calls that canonical). */
function isKeptAsWritten({ whole, fraction }: Parts, format: QuantityFormat, exponent: number): boolean {
  const digits = whole + fraction
  if (format === 'BinarySI') {
    const precision = 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1
    return precision >= 0 && fraction === '' && Number(whole) % 8 !== 0
  }
  const scale = exponent - fraction.length
  const isSmall = digits.length <= MAX_INT64_DIGITS && scale >= -9
  return isSmall && scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
}

/** Division that rounds away from zero; `divisor` is positive. */
function divideRoundingUp(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  if (value % divisor === 0n) return quotient
  return value > 0n ? quotient + 1n : quotient - 1n
}

/** Quantities read lately, by their text: programs write the same few over and over. Beyond so many all are forgotten. */
const readLately = new Map<string, Quantity>()
const MAX_READ_LATELY = 1024

/** Reads a quantity. @throws QuantityError with upstream's text. Anything finer than a billionth is rounded up. */
export function parseQuantity(written: string | number): Quantity {
  const text = typeof written === 'number' ? String(written) : written
  let quantity = readLately.get(text)
  if (quantity === undefined) {
    quantity = readQuantity(text)
    if (readLately.size >= MAX_READ_LATELY) readLately.clear()
    readLately.set(text, quantity)
  }
  return quantity
}

function readQuantity(text: string): Quantity {
  if (text === '0') return { nanos: 0n, format: 'DecimalSI', text }
  const parts = split(text)
  const { format, exponent } = interpretSuffix(parts.suffix)
  const digits = BigInt(parts.whole + parts.fraction)
  let nanos: bigint
  if (format === 'BinarySI') {
    nanos = divideRoundingUp(digits * NANO * 2n ** BigInt(exponent), 10n ** BigInt(parts.fraction.length))
    if (nanos > MAX_BINARY_NANOS) nanos = MAX_BINARY_NANOS
  } else {
    const scale = exponent - parts.fraction.length + 9
    nanos = scale >= 0 ? digits * 10n ** BigInt(scale) : divideRoundingUp(digits, 10n ** BigInt(-scale))
  }
  const printed = format === 'BinarySI' && nanos > 0n && nanos < NANO ? 'DecimalSI' : format
  const quantity = { nanos: parts.negative ? -nanos : nanos, format: printed }
  return isKeptAsWritten(parts, format, exponent) ? { ...quantity, text } : quantity
}

export function isQuantity(text: string): boolean {
  try {
    parseQuantity(text)
    return true
  } catch (error) {
    if (error instanceof QuantityError) return false
    throw error
  }
}

function formatBinary(units: bigint): string {
  let mantissa = units
  let power = 0
  while (mantissa % 1024n === 0n && power < BINARY_SUFFIX_OF.length - 1) {
    mantissa /= 1024n
    power++
  }
  return `${String(mantissa)}${BINARY_SUFFIX_OF[power] ?? ''}`
}

/** Differs: past `E` upstream loses the suffix altogether; here the mantissa grows instead. */
function formatDecimal(nanos: bigint, format: QuantityFormat): string {
  let mantissa = nanos
  let exponent = -9
  while (mantissa % 10n === 0n) {
    mantissa /= 10n
    exponent++
  }
  while (exponent % 3 !== 0 || (format !== 'DecimalExponent' && exponent > 18)) {
    mantissa *= 10n
    exponent--
  }
  if (format === 'DecimalExponent') return exponent === 0 ? String(mantissa) : `${String(mantissa)}e${String(exponent)}`
  return `${String(mantissa)}${DECIMAL_SUFFIX_OF.get(exponent) ?? ''}`
}

/** The printed form: Quantity.String(). */
export function formatQuantity({ nanos, format, text }: Quantity): string {
  if (text !== undefined) return text
  if (nanos === 0n) return '0'
  const units = nanos / NANO
  const isBinary = format === 'BinarySI' && nanos % NANO === 0n && (units <= -1024n || units >= 1024n)
  if (isBinary) return formatBinary(units)
  return formatDecimal(nanos, format === 'BinarySI' ? 'DecimalSI' : format)
}

/** What a quantity reads back as: `0.5` → `500m`, `1024Mi` → `1Gi`. @throws QuantityError */
export function canonicalQuantity(written: string | number): string {
  return formatQuantity(parseQuantity(written))
}

function asQuantity(quantity: QuantityLike): Quantity {
  return typeof quantity === 'object' ? quantity : parseQuantity(quantity)
}

/** Negative, zero or positive as `left` is less than, equal to or greater than `right`. */
export function compareQuantities(left: QuantityLike, right: QuantityLike): number {
  const [first, second] = [asQuantity(left).nanos, asQuantity(right).nanos]
  return ascending(first, second)
}

/** The sum, in the notation of `left` unless that is zero. */
export function addQuantities(left: QuantityLike, right: QuantityLike): Quantity {
  const [first, second] = [asQuantity(left), asQuantity(right)]
  return { nanos: first.nanos + second.nanos, format: first.nanos === 0n ? second.format : first.format }
}

/** The difference, in the notation of `left` unless that is zero. */
export function subtractQuantities(left: QuantityLike, right: QuantityLike): Quantity {
  const [first, second] = [asQuantity(left), asQuantity(right)]
  return { nanos: first.nanos - second.nanos, format: first.nanos === 0n ? second.format : first.format }
}

/** Rounds up, away from zero, to thousandths: what upstream's defaulting does to the resources of pods and nodes. */
export function roundUpToMilli(quantity: QuantityLike): Quantity {
  const exact = asQuantity(quantity)
  const nanos = divideRoundingUp(exact.nanos, 1_000_000n) * 1_000_000n
  return nanos === exact.nanos ? exact : { nanos, format: exact.format }
}

/** Thousandths of what the common short forms mean, in plain number arithmetic; undefined for any other text. */
function shortMilli(text: string): number | undefined {
  let end = 0
  let value = 0
  while (end < text.length && end < 9) {
    const digit = text.charCodeAt(end) - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
    end++
  }
  if (end === 0) return undefined
  switch (text.slice(end)) {
    case '': return value * 1000
    case 'm': return value
    case 'Ki': return value * 1_024_000
    case 'Mi': return value <= 8_000_000 ? value * 1_048_576_000 : undefined
    case 'Gi': return value <= 8_000 ? value * 1_073_741_824_000 : undefined
    default: return undefined
  }
}

/** The value in thousandths, rounded up: Quantity.MilliValue(). Exact up to 2^53. */
export function milliValue(quantity: QuantityLike): number {
  if (typeof quantity === 'string') {
    const short = shortMilli(quantity)
    if (short !== undefined) return short
  }
  return Number(divideRoundingUp(asQuantity(quantity).nanos, 1_000_000n))
}

/** Powers of ten that upstream multiplies by at once, whatever overflows; with any other it is left with nothing. */
const AT_ONCE: readonly number[] = [1, 2, 3, 6, 9]

/**
 * The value in units of 10^-`places`, rounded up, as upstream has it in an int64: of what is too much for one, its
 * lower bits or nothing, as it was written (api/resource/amount.go, positiveScaleInt64).
 */
export function int64Value(quantity: string, places = 0): bigint {
  const value = divideRoundingUp(asQuantity(quantity).nanos, 10n ** BigInt(9 - places))
  const wrapped = BigInt.asIntN(64, value)
  if (wrapped === value) return value
  const { whole, fraction, suffix } = split(quantity)
  const { format, exponent } = interpretSuffix(suffix)
  const isShort = format !== 'BinarySI' && whole.length + fraction.length <= MAX_INT64_DIGITS
  return isShort && !AT_ONCE.includes(exponent - fraction.length + places) ? 0n : wrapped
}

/** Whether upstream finds no rest of a thousandth. */
export function isWhole(quantity: string): boolean {
  const short = shortMilli(quantity)
  return short === undefined ? int64Value(quantity, 3) % 1000n === 0n : short % 1000 === 0
}

/** The value in whole units, rounded up: Quantity.Value(). Exact up to 2^53; for more take `nanos`. */
export function quantityValue(quantity: QuantityLike): number {
  if (typeof quantity === 'string') {
    const short = shortMilli(quantity)
    if (short !== undefined) return Math.ceil(short / 1000)
  }
  return Number(divideRoundingUp(asQuantity(quantity).nanos, NANO))
}

/** A quantity of `value` units. `value` is a whole number. */
export function quantityOf(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: BigInt(value) * NANO, format }
}

/** A quantity of `milli` thousandths. `milli` is a whole number. */
export function quantityOfMilli(milli: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: BigInt(milli) * 1_000_000n, format }
}
