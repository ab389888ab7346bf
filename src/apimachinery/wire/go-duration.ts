/**
 * Durations as Go writes them: `1h30m`, `250ms`. Only whether a text is one, and what Go says where it is not
 * (time/format.go, ParseDuration); the value is whoever's who needs it.
 */
import { quote } from '../field-path.ts'

const UNITS: ReadonlySet<string> = new Set(['ns', 'us', '\u00b5s', '\u03bcs', 'ms', 's', 'm', 'h'])

/** Undefined for a duration. */
export function durationError(text: string): string | undefined {
  const unsigned = text.replace(/^[+-]/, '')
  const invalid = `time: invalid duration ${quote(text)}`
  if (unsigned === '0') return undefined
  if (unsigned === '') return invalid
  for (let rest = unsigned; rest !== '';) {
    const [whole = '', amount = ''] = /^(\d*(?:\.\d*)?)/.exec(rest) ?? []
    if (!/\d/.test(amount)) return invalid
    const unit = /^[^.\d]*/.exec(rest.slice(whole.length))?.[0] ?? ''
    if (unit === '') return `time: missing unit in duration ${quote(text)}`
    if (!UNITS.has(unit)) return `time: unknown unit ${quote(unit)} in duration ${quote(text)}`
    rest = rest.slice(whole.length + unit.length)
  }
  return undefined
}

/** As Go prints a time.Duration of so many milliseconds: `1.5s`, `20ms`, `1h0m2s`. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 1_000) return `${String(Math.round(ms * 1e6) / 1e6)}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = `${String(Math.round((ms - minutes * 60_000) * 1e6) / 1e9)}s`
  if (minutes === 0) return seconds
  const hours = Math.floor(minutes / 60)
  return `${hours === 0 ? '' : `${String(hours)}h`}${String(minutes % 60)}m${seconds}`
}
