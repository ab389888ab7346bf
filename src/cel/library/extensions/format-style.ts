/**
 * How `format` writes what has several notations. The plain style is the language definition's; the English one is
 * that of older versions of cel-go, which the API server has: groups of thousands, powers of ten, quotes inside lists.
 */
import type { TypeKind } from '../../types/type.ts'
import { EvaluationError } from '../../values/evaluation-error.ts'
import { formatDouble, formatValue, plainNotation, textOfBytes } from '../../values/format-value.ts'
import { ListValue } from '../../values/list.ts'
import { MapValue } from '../../values/map.ts'
import { DurationValue, TimestampValue } from '../../values/time.ts'
import { BytesValue, DoubleValue, typeOfValue, type Value } from '../../values/value.ts'

export interface FormatStyle {
  /** A number as `%f` and `%e` write it. */
  fixedPoint(value: number, precision: number): string
  scientific(value: number, precision: number): string
  /** As `%s` writes it. */
  plain(value: number): string
  /** As `%s` writes bytes; undefined: not at all. */
  bytes(data: Uint8Array): string | undefined
  /** An element of a list, a key or value of a map. */
  inner(value: Value, format: (value: Value) => string): string
  /** Of which types keys may be; absent: of all. */
  readonly keyKinds?: ReadonlySet<TypeKind>
  readonly colon: string
}

/** Digits that JavaScript writes of a number at most. */
const EXACT_DIGITS = 100

function fixedPoint(value: number, precision: number): string {
  // JavaScript's notation has exponents from 10^21 on; there are no fractions there.
  if (Math.abs(value) >= 1e21) return withDigits(plainNotation(value), precision)
  const exact = value.toFixed(EXACT_DIGITS)
  if (precision >= EXACT_DIGITS) return withDigits(exact, precision)
  return roundedToEven(exact, exact.length - EXACT_DIGITS + precision, value.toFixed(precision))
}

function withDigits(text: string, precision: number): string {
  const [whole = '', fraction = ''] = text.split('.')
  return precision === 0 ? whole : `${whole}.${fraction.padEnd(precision, '0').slice(0, precision)}`
}

/** JavaScript rounds halves away from zero, Go to the even neighbour. `rounded` is right unless `exact` ends in a half. */
function roundedToEven(exact: string, kept: number, rounded: string): string {
  const cut = exact.slice(0, kept).replace(/\.$/, '')
  const isHalf = /^\.?50*$/.test(exact.slice(kept))
  return isHalf && Number(cut.at(-1)) % 2 === 0 ? cut : rounded
}

/** Mantissa and exponent. */
function scientificParts(value: number, precision: number): { mantissa: string; exponent: number } {
  const digits = Math.min(precision, EXACT_DIGITS)
  const [exact = '', exponent = ''] = value.toExponential(EXACT_DIGITS).split('e')
  const [rounded = '', shifted = exponent] = value.toExponential(digits).split('e')
  const mantissa = roundedToEven(exact, exact.length - EXACT_DIGITS + digits, rounded)
  return { mantissa, exponent: Number(mantissa === rounded ? shifted : exponent) }
}

const twoDigits = (exponent: number): string => String(Math.abs(exponent)).padStart(2, '0')

const WORDS = new Map([[Number.POSITIVE_INFINITY, 'Infinity'], [Number.NEGATIVE_INFINITY, '-Infinity'], [NaN, 'NaN']])

export const PLAIN_STYLE: FormatStyle = {
  fixedPoint: (value, precision) => WORDS.get(value) ?? fixedPoint(value, precision),
  plain: (value) => WORDS.get(value) ?? formatDouble(value),
  bytes: (data) => new TextDecoder().decode(data),
  scientific(value, precision) {
    const word = WORDS.get(value)
    if (word !== undefined) return word
    const { mantissa, exponent } = scientificParts(value, precision)
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${twoDigits(exponent)}`
  },
  inner: (value, format) => format(value),
  colon: ': ',
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

function quoted(value: Value, format: (value: Value) => string): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof BytesValue) return `b${JSON.stringify(format(value))}`
  if (value instanceof TimestampValue) return `timestamp("${String(value)}")`
  if (value instanceof DurationValue) return `duration("${String(value)}")`
  if (value instanceof DoubleValue) {
    return Number.isFinite(value.value) ? fixedPoint(value.value, 6) : JSON.stringify(formatDouble(value.value))
  }
  if (value instanceof ListValue || value instanceof MapValue) return format(value)
  const { kind, name } = typeOfValue(value)
  if (kind === 'opaque' || kind === 'object') throw new EvaluationError(`no formatting function for ${name}`)
  return formatValue(value)
}

const SIGNS = new Map([[Number.POSITIVE_INFINITY, '∞'], [Number.NEGATIVE_INFINITY, '-∞'], [NaN, 'NaN']])
const SCIENTIFIC_DIGITS = 6

export const ENGLISH_STYLE: FormatStyle = {
  fixedPoint: (value, precision) =>
    SIGNS.get(value) ??
    fixedPoint(value, precision).replace(/^-?\d+/, (whole) => whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')),
  plain: formatDouble,
  bytes: textOfBytes,
  /** There are always six digits: of the precision that version makes a width. */
  scientific(value, precision) {
    const sign = SIGNS.get(value)
    if (sign !== undefined) return sign.padStart(precision)
    const { mantissa, exponent } = scientificParts(value, SCIENTIFIC_DIGITS)
    const power = twoDigits(exponent).replaceAll(/\d/g, (digit) => SUPERSCRIPTS.charAt(Number(digit)))
    return `${mantissa}×10${exponent < 0 ? '⁻' : ''}${power}`.padStart(precision)
  },
  inner: quoted,
  keyKinds: new Set(['string', 'bool', 'int', 'uint']),
  colon: ':',
}
