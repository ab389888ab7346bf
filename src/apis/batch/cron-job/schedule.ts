/**
 * Schedules of CronJobs: five fields of numbers, names, ranges and steps, or a word such as `@daily` or `@every 1h30m`.
 * Read into sets of numbers; errors are worded as upstream words them.
 * Upstream: github.com/robfig/cron parser.go, as kubernetes/kubernetes pkg/util/parsers uses it; time.ParseDuration.
 */
import { quote } from '../../../apimachinery/field-path.ts'
import { durationError } from '../../../apimachinery/wire/go-duration.ts'
import { isTimeZone } from './time-zone.ts'

/** What is wrong with the text, in upstream's words. */
export class ScheduleError extends Error {}

interface Bounds {
  readonly low: number
  readonly high: number
  readonly names?: readonly string[]
}

/** Minute, hour, day of the month, month, day of the week. */
const FIELDS: readonly Bounds[] = [
  { low: 0, high: 59 },
  { low: 0, high: 23 },
  { low: 1, high: 31 },
  { low: 1, high: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { low: 0, high: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
]
const DESCRIPTORS: ReadonlySet<string> = new Set([
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
])
const EVERY = '@every '
/** What counts as white space between fields. */
const SPACES = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/
const MAX_INTEGER = 9_223_372_036_854_775_807n

function readInteger(text: string): number {
  const conversion = `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}`
  if (!/^[+-]?\d+$/.test(text)) throw new ScheduleError(`${conversion}: invalid syntax`)
  const value = BigInt(text.replace('+', ''))
  if (value > MAX_INTEGER || value < -MAX_INTEGER - 1n) throw new ScheduleError(`${conversion}: value out of range`)
  if (value < 0n) throw new ScheduleError(`negative number (${String(value)}) not allowed: ${text}`)
  return Number(value)
}

function readNumberOrName(text: string, { low, names }: Bounds): number {
  const place = names?.indexOf(text.toLowerCase()) ?? -1
  return place < 0 ? readInteger(text) : place + low
}

/** `*`, `3`, `1-5`, each with an optional `/step`. */
function checkRange(text: string, bounds: Bounds): void {
  const [range = '', ...steps] = text.split('/')
  const limits = range.split('-')
  const [from = '', to] = limits
  const isStar = from === '*' || from === '?'
  const start = isStar ? bounds.low : readNumberOrName(from, bounds)
  let end = isStar ? bounds.high : start
  if (!isStar && limits.length > 2) throw new ScheduleError(`too many hyphens: ${text}`)
  if (!isStar && to !== undefined) end = readNumberOrName(to, bounds)
  if (steps.length > 1) throw new ScheduleError(`too many slashes: ${text}`)
  const step = steps[0] === undefined ? 1 : readInteger(steps[0])
  if (steps.length === 1 && limits.length === 1) end = bounds.high
  const name = (value: number): string => String(value)
  if (start < bounds.low) {
    throw new ScheduleError(`beginning of range (${name(start)}) below minimum (${name(bounds.low)}): ${text}`)
  }
  if (end > bounds.high) {
    throw new ScheduleError(`end of range (${name(end)}) above maximum (${name(bounds.high)}): ${text}`)
  }
  if (start > end) {
    throw new ScheduleError(`beginning of range (${name(start)}) beyond end of range (${name(end)}): ${text}`)
  }
  if (step === 0) throw new ScheduleError(`step of range should be a positive number: ${text}`)
}

function checkDescriptor(text: string): void {
  if (DESCRIPTORS.has(text)) return
  if (!text.startsWith(EVERY)) throw new ScheduleError(`unrecognized descriptor: ${text}`)
  const why = durationError(text.slice(EVERY.length))
  if (why !== undefined) throw new ScheduleError(`failed to parse duration ${text}: ${why}`)
}

/** What follows a zone such as `TZ=UTC`, which old schedules may begin with. */
function withoutZone(text: string): string {
  const zone = /^(?:CRON_)?TZ=/.exec(text)?.[0]
  if (zone === undefined) return text
  const space = text.indexOf(' ')
  // Upstream's parser fails here in a way that it does not foresee.
  if (space < 0) {
    throw new ScheduleError(`invalid schedule format: runtime error: slice bounds out of range [:-1]`)
  }
  const name = text.slice(zone.length, space)
  if (!isTimeZone(name)) throw new ScheduleError(`provided bad location ${name}: unknown time zone ${name}`)
  return text.slice(space).trim()
}

/** Throws a ScheduleError that says what is wrong. */
export function checkSchedule(schedule: string): void {
  const text = withoutZone(schedule)
  if (text.startsWith('@')) {
    checkDescriptor(text)
    return
  }
  const fields = text.split(SPACES).filter((field) => field !== '')
  if (fields.length !== FIELDS.length) {
    const found = `found ${String(fields.length)}: [${fields.join(' ')}]`
    throw new ScheduleError(`expected exactly ${String(FIELDS.length)} fields, ${found}`)
  }
  for (const [index, bounds] of FIELDS.entries()) {
    for (const range of (fields[index] ?? '').split(',')) if (range !== '') checkRange(range, bounds)
  }
}
