/**
 * Go durations in text: `1h30m`, `1.5s`, `250ms` (metav1.Duration, and many flags and annotations). Kept in
 * milliseconds as elsewhere, with fractions down to the nanosecond. Printing follows time.Duration.String(): `1h30m0s`.
 */
export class DurationError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DurationError'
  }
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6], ['us', 1e-3], ['µs', 1e-3], ['μs', 1e-3], ['ms', 1], ['s', 1000], ['m', 60_000], ['h', 3_600_000],
])
/** What an int64 of nanoseconds holds. */
const MAX_MS = 9_223_372_036_854
const PART = /([0-9]*)(?:\.([0-9]*))?([^0-9.]*)/y

/** Milliseconds. @throws DurationError in the words of time.ParseDuration. */
export function parseDuration(text: string): number {
  const unsigned = text.replace(/^[+-]/, '')
  if (unsigned === '0') return 0
  if (unsigned === '') throw new DurationError(`time: invalid duration ${JSON.stringify(text)}`)
  let totalMs = 0
  PART.lastIndex = 0
  while (PART.lastIndex < unsigned.length) {
    const [, whole = '', fraction = '', unit = ''] = PART.exec(unsigned) ?? []
    if (whole === '' && fraction === '') throw new DurationError(`time: invalid duration ${JSON.stringify(text)}`)
    if (unit === '') throw new DurationError(`time: missing unit in duration ${JSON.stringify(text)}`)
    const unitMs = UNIT_MS.get(unit)
    if (unitMs === undefined) {
      throw new DurationError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`)
    }
    totalMs += Number(`${whole === '' ? '0' : whole}.${fraction === '' ? '0' : fraction}`) * unitMs
  }
  if (totalMs > MAX_MS) throw new DurationError(`time: invalid duration ${JSON.stringify(text)}`)
  return text.startsWith('-') ? -totalMs : totalMs
}

/** Digits without trailing zeros: 1.5, 250. `digits` is how many a nanosecond leaves in this unit. */
function trimmed(value: number, digits: number): string {
  return Number(value.toFixed(digits)).toString()
}

/** `1h30m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(durationMs: number): string {
  const absoluteMs = Math.abs(durationMs)
  const sign = durationMs < 0 ? '-' : ''
  if (absoluteMs < 1e-6) return '0s'
  if (absoluteMs < 1e-3) return `${sign}${trimmed(absoluteMs * 1e6, 0)}ns`
  if (absoluteMs < 1) return `${sign}${trimmed(absoluteMs * 1e3, 3)}µs`
  if (absoluteMs < 1000) return `${sign}${trimmed(absoluteMs, 6)}ms`
  const minutes = Math.floor(absoluteMs / 60_000)
  const seconds = trimmed((absoluteMs - minutes * 60_000) / 1000, 9)
  if (minutes === 0) return `${sign}${seconds}s`
  if (minutes < 60) return `${sign}${String(minutes)}m${seconds}s`
  return `${sign}${String(Math.floor(minutes / 60))}h${String(minutes % 60)}m${seconds}s`
}
