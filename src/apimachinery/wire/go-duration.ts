/**
 * Durations as Go writes them: `1h30m`, `250ms`, and what Go says where a text is none (time/format.go,
 * ParseDuration).
 */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['\u00b5s', 1e-3],
  ['\u03bcs', 1e-3],
  ['ms', 1],
  ['s', 1e3],
  ['m', 60e3],
  ['h', 3_600e3],
])

/** Go counts nanoseconds in 63 bits. */
const MAX_MS = 2 ** 63 / 1e6

/** Undefined for a duration. */
export function durationError(text: string): string | undefined {
  const duration = parseDuration(text)
  return typeof duration === 'string' ? duration : undefined
}

/** Not as `%q` does it: whatever is no printable ASCII is told byte by byte. */
function quote(text: string): string {
  const escaped = text.replaceAll(/["\\]|[^ -\u007f]/gu, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : Array.from(new TextEncoder().encode(character), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''))
  return `"${escaped}"`
}

/** The milliseconds of a duration, or what Go says where it is none. */
export function parseDuration(text: string): number | string {
  const unsigned = text.replace(/^[+-]/, '')
  const invalid = `time: invalid duration ${quote(text)}`
  if (unsigned === '0') return 0
  if (unsigned === '') return invalid
  let ms = 0
  for (let rest = unsigned; rest !== '';) {
    const [whole = '', amount = ''] = /^(\d*(?:\.\d*)?)/.exec(rest) ?? []
    if (!/\d/.test(amount)) return invalid
    const unit = /^[^.\d]*/.exec(rest.slice(whole.length))?.[0] ?? ''
    if (unit === '') return `time: missing unit in duration ${quote(text)}`
    const unitMs = UNITS.get(unit)
    if (unitMs === undefined) return `time: unknown unit ${quote(unit)} in duration ${quote(text)}`
    ms += Number(amount) * unitMs
    if (ms >= MAX_MS) return invalid
    rest = rest.slice(whole.length + unit.length)
  }
  return text.startsWith('-') ? -ms : ms
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
