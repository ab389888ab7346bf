/** The parts of timestamps, also in a time zone, and of durations. Months, days of the year and weekdays count from 0. */
import { declareFunction, member, type FunctionDeclaration, type Overload } from '../../types/declarations.ts'
import { DURATION, INT, STRING, TIMESTAMP } from '../../types/type.ts'
import { normalize } from '../../values/integer.ts'
import type { DurationValue, TimestampValue } from '../../values/time.ts'
import { localDate } from '../../values/time-zone.ts'

type Part = (date: Date, timestamp: TimestampValue) => number

const DAY_MS = 86_400_000

function dayOfYear(date: Date): number {
  const start = new Date(0)
  start.setUTCFullYear(date.getUTCFullYear(), 0, 1)
  return Math.floor((date.getTime() - start.getTime()) / DAY_MS)
}

/** `timestamp.name()` in UTC and `timestamp.name(zone)`. */
function part(name: string, id: string, read: Part, ...more: Overload[]): FunctionDeclaration {
  const inZone = (timestamp: TimestampValue, zone: string): number => read(localDate(timestamp, zone), timestamp)
  return declareFunction(
    name,
    member(`timestamp_to_${id}`, [TIMESTAMP], INT, (time) => inZone(time as TimestampValue, 'UTC')),
    member(`timestamp_to_${id}_with_tz`, [TIMESTAMP, STRING], INT, (time, zone) =>
      inZone(time as TimestampValue, zone as string),
    ),
    ...more,
  )
}

function ofDuration(id: string, nanosPerUnit: bigint, modulus?: bigint): Overload {
  return member(`duration_to_${id}`, [DURATION], INT, (duration) => {
    const whole = (duration as DurationValue).nanos / nanosPerUnit
    return normalize(modulus === undefined ? whole : whole % modulus)
  })
}

const MILLISECOND = 1_000_000n

export const TIME_PARTS: readonly FunctionDeclaration[] = [
  part('getFullYear', 'year', (date) => date.getUTCFullYear()),
  part('getMonth', 'month', (date) => date.getUTCMonth()),
  part('getDayOfYear', 'day_of_year', dayOfYear),
  part('getDayOfMonth', 'day_of_month', (date) => date.getUTCDate() - 1),
  part('getDate', 'day_of_month_1_based', (date) => date.getUTCDate()),
  part('getDayOfWeek', 'day_of_week', (date) => date.getUTCDay()),
  part('getHours', 'hours', (date) => date.getUTCHours(), ofDuration('hours', MILLISECOND * 3_600_000n)),
  part('getMinutes', 'minutes', (date) => date.getUTCMinutes(), ofDuration('minutes', MILLISECOND * 60_000n)),
  part('getSeconds', 'seconds', (date) => date.getUTCSeconds(), ofDuration('seconds', MILLISECOND * 1000n)),
  part(
    'getMilliseconds',
    'milliseconds',
    (_, { nanos }) => Math.floor(nanos / 1_000_000),
    ofDuration('milliseconds', MILLISECOND),
  ),
]

/** As the language definition has it: the milliseconds of the last second alone. cel-go, and so the API server, differ. */
export const MILLISECONDS_OF_SECOND: FunctionDeclaration = declareFunction(
  'getMilliseconds',
  ofDuration('milliseconds', MILLISECOND, 1000n),
)

