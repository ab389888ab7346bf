/**
 * Timestamps and durations, to the nanosecond: a duration is an int64 of nanoseconds as Go's, a timestamp is seconds of
 * the Unix epoch and nanoseconds, from year 1 to 9999. What does not fit is an error ("timestamp overflow"), never
 * rounded.
 */
import { DURATION, TIMESTAMP } from '../types/type.ts'
import { EvaluationError } from './evaluation-error.ts'
import { plainNotation } from './format-value.ts'
import { MAX_INT, MIN_INT } from './integer.ts'
import { CelValue } from './value.ts'

const NANOS = 1_000_000_000n
export const MIN_SECONDS = -62_135_596_800
export const MAX_SECONDS = 253_402_300_799

export class DurationValue extends CelValue {
  readonly type = DURATION
  readonly nanos: bigint

  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }

  static checked(nanos: bigint): DurationValue {
    if (nanos > MAX_INT || nanos < MIN_INT) throw new EvaluationError('duration overflow')
    return new DurationValue(nanos)
  }

  override equals(other: CelValue): boolean {
    return other instanceof DurationValue && other.nanos === this.nanos
  }

  override get keyText(): string {
    return `duration ${String(this.nanos)}`
  }

  compare(other: DurationValue): number {
    return this.nanos < other.nanos ? -1 : this.nanos > other.nanos ? 1 : 0
  }

  /** `1.5s`: seconds, whatever unit it was written in. */
  override toString(): string {
    return `${plainNotation(Number(this.nanos / NANOS) + Number(this.nanos % NANOS) / Number(NANOS))}s`
  }
}

export class TimestampValue extends CelValue {
  readonly type = TIMESTAMP
  readonly seconds: number
  readonly nanos: number
  /** East of Greenwich, in seconds: how it was written, and is printed again. It is the same instant anywhere. */
  readonly offset: number

  /** `nanos` is 0 to 999,999,999, also before 1970. */
  constructor(seconds: number, nanos: number, offset = 0) {
    super()
    this.seconds = seconds
    this.nanos = nanos
    this.offset = offset
  }

  static checked(seconds: number, nanos: number, offset = 0): TimestampValue {
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) throw new EvaluationError('timestamp overflow')
    return new TimestampValue(seconds, nanos, offset)
  }

  override equals(other: CelValue): boolean {
    return other instanceof TimestampValue && other.seconds === this.seconds && other.nanos === this.nanos
  }

  /** Go compares the zones as well, and one that was read from a text is its own. */
  override get keyText(): string | undefined {
    return this.offset === 0 ? `timestamp ${String(this.#sinceEpoch())}` : undefined
  }

  compare(other: TimestampValue): number {
    return Math.sign(this.seconds - other.seconds) || Math.sign(this.nanos - other.nanos)
  }

  #sinceEpoch(): bigint {
    return BigInt(this.seconds) * NANOS + BigInt(this.nanos)
  }

  plus(duration: bigint): TimestampValue {
    const total = this.#sinceEpoch() + duration
    const nanos = ((total % NANOS) + NANOS) % NANOS
    return TimestampValue.checked(Number((total - nanos) / NANOS), Number(nanos), this.offset)
  }

  minus(other: TimestampValue): DurationValue {
    return DurationValue.checked(this.#sinceEpoch() - other.#sinceEpoch())
  }

  /** RFC 3339, with as many digits of a second as it has. */
  override toString(): string {
    const [, year = '', rest = ''] = DATE.exec(new Date((this.seconds + this.offset) * 1000).toISOString()) ?? []
    const whole = `${formatYear(Number(year))}${rest}`
    const fraction = String(this.nanos).padStart(9, '0').replace(/0+$/, '')
    return `${whole}${fraction === '' ? '' : `.${fraction}`}${formatOffset(this.offset)}`
  }
}

const DATE = /^([+-]?\d+)(.{15})/

/** In four digits, or as many as it has. */
function formatYear(year: number): string {
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`
}

function formatOffset(offset: number): string {
  if (offset === 0) return 'Z'
  const minutes = Math.abs(offset) / 60
  const parts = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'))
  return `${offset < 0 ? '-' : '+'}${parts.join(':')}`
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)([.,]\d+)?(?:Z|([+-])(\d\d):(\d\d))$/

/** Undefined when it is not RFC 3339, or not between year 1 and 9999. */
export function parseTimestamp(text: string): TimestampValue | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, , , , , , , fraction = '', sign = '+', offsetHours = '0', offsetMinutes = '0'] = match
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined
  if (Number(offsetHours) > 24 || Number(offsetMinutes) > 60) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCDate() !== day) return undefined
  date.setUTCHours(hour, minute, second)
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60 : 60)
  const seconds = date.getTime() / 1000 - offset
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) return undefined
  return new TimestampValue(seconds, Number(fraction.slice(1, 10).padEnd(9, '0')), offset)
}

const UNITS = new Map([
  ['ns', 1n],
  ['us', 1000n],
  ['µs', 1000n],
  ['μs', 1000n],
  ['ms', 1_000_000n],
  ['s', NANOS],
  ['m', 60n * NANOS],
  ['h', 3600n * NANOS],
])
const DURATION_PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y
/** Nobody writes longer ones, and they would only cost time, of which rules pay nothing for them. */
const MAX_DURATION_TEXT = 1024

/** Go's notation: `1h30m`, `-1.5s`; undefined for anything else. */
export function parseDuration(text: string): DurationValue | undefined {
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  const unsigned = text.slice(sign.length)
  if (unsigned === '0') return new DurationValue(0n)
  if (unsigned === '' || unsigned.length > MAX_DURATION_TEXT) return undefined
  let total = 0n
  DURATION_PART.lastIndex = 0
  while (DURATION_PART.lastIndex < unsigned.length) {
    const [, whole = '', fraction = '', unit = ''] = DURATION_PART.exec(unsigned) ?? []
    const nanos = UNITS.get(unit)
    if (nanos === undefined || (whole === '' && fraction === '')) return undefined
    total += BigInt(whole || '0') * nanos + (BigInt(fraction || '0') * nanos) / 10n ** BigInt(fraction.length)
  }
  const signed = sign === '-' ? -total : total
  return signed > MAX_INT || signed < MIN_INT ? undefined : new DurationValue(signed)
}
