/**
 * The calendar of a timestamp in a time zone: a name of the tz database (asked of the platform's Intl), or a fixed
 * offset (`+02:00`, `-08:30`, `02:00`). Names are kept once they are known, because asking for one is slow.
 */
import { EvaluationError } from './evaluation-error.ts'
import type { TimestampValue } from './time.ts'
import { work } from './work.ts'

/** Distinct zones kept; expressions name few. */
const MAX_ZONES = 64
/** Steps of asking the platform for a zone, and for the date in one. */
const ZONE_STEPS = 20_000
const DATE_STEPS = 500
const zones = new Map<string, Intl.DateTimeFormat>()

/** The date as if local time were UTC. */
export function localDate(timestamp: TimestampValue, zone: string): Date {
  return new Date((timestamp.seconds + offsetSeconds(timestamp.seconds, zone)) * 1000)
}

function offsetSeconds(seconds: number, zone: string): number {
  if (zone === 'UTC' || zone === '') return 0
  work(zone.length)
  const fixed = /^([+-]?)(\d+):([+-]?\d+)$/.exec(zone)
  if (fixed !== null) {
    const [, sign, hours = '0', minutes = '0'] = fixed
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60
  }
  work(DATE_STEPS)
  const parts = new Map(formatOf(zone).formatToParts(seconds * 1000).map(({ type, value }) => [type, value]))
  const field = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name))
  const year = parts.get('era') === 'B' ? 1 - field('year') : field('year')
  const local = new Date(0)
  local.setUTCFullYear(year, field('month') - 1, field('day'))
  local.setUTCHours(field('hour'), field('minute'), field('second'))
  return local.getTime() / 1000 - seconds
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = zones.get(zone)
  if (known !== undefined) return known
  if (zones.size >= MAX_ZONES) zones.clear()
  work(ZONE_STEPS)
  const created = createFormat(zone)
  zones.set(zone, created)
  return created
}

function createFormat(zone: string): Intl.DateTimeFormat {
  // The tz database has no offsets as names, but Intl takes some of them.
  if (!/^[A-Za-z]/.test(zone)) throw new EvaluationError(`unknown time zone ${zone}`)
  const numeric = 'numeric'
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', era: 'narrow',
      year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric,
    })
  } catch {
    throw new EvaluationError(`unknown time zone ${zone}`)
  }
}
