/**
 * Times on the wire: RFC 3339 in, UTC out, to whole seconds (metav1.Time) or with exactly six digits
 * (metav1.MicroTime). Refusals have the text of Go's time.Parse. The zero time of Go is printed as null.
 *
 * What was written of a second is gone only where a time is printed: until then, when it is judged and compared, it is
 * as precise as Go's times, and a text of another length than those that are printed.
 */
import { refusal } from './decode-error.ts'

const CANONICAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/
const TIME_LAYOUT = '2006-01-02T15:04:05Z07:00'
const MICRO_TIME_LAYOUT = '2006-01-02T15:04:05.000000Z07:00'
const ZERO_SECONDS = '0001-01-01T00:00:00'
const PRINTED_LENGTH = ZERO_SECONDS.length + 1
const NANO_DIGITS = 9

/** One step of reading: what is expected there, the layout's word for it, and what the number may be. */
interface Step {
  readonly pattern: RegExp
  readonly word: string
  readonly range?: readonly [name: string, from: number, to: number]
}

const STEPS: readonly Step[] = [
  { pattern: /^\d{4}/, word: '2006' },
  { pattern: /^-/, word: '-' },
  { pattern: /^\d{2}/, word: '01', range: ['month', 1, 12] },
  { pattern: /^-/, word: '-' },
  // Whether the month has that day is asked last.
  { pattern: /^\d{2}/, word: '02' },
  { pattern: /^T/, word: 'T' },
  // Go takes one digit here, whatever the layout says.
  { pattern: /^\d{1,2}/, word: '15', range: ['hour', 0, 23] },
  { pattern: /^:/, word: ':' },
  { pattern: /^\d{2}/, word: '04', range: ['minute', 0, 59] },
  { pattern: /^:/, word: ':' },
  { pattern: /^\d{2}/, word: '05', range: ['second', 0, 59] },
]
const FRACTION = /^[.,]\d+/
const MICRO_FRACTION = /^[.,]\d{6}/
const ZONE = /^(?:Z|[+-]\d{2}:\d{2})/
/** Some write so, and Go lets them. */
const MOST_HOURS = 24
const MOST_MINUTES = 60

/** `2026-01-02T03:04:05Z`, or with up to nine digits of the second. */
export function preciseTime(text: string): string | null {
  if (CANONICAL.test(text) && !text.startsWith('0001')) return text
  const { seconds, fraction } = readTime(text, TIME_LAYOUT)
  const digits = fraction.slice(1, 1 + NANO_DIGITS).replace(/0+$/, '')
  if (digits !== '') return `${seconds}.${digits}Z`
  return seconds === ZERO_SECONDS ? null : `${seconds}Z`
}

const PRECISE = /^[\dT:-]{19}\.\d{1,9}Z$/

/** A {@link preciseTime} as it is printed; any other text as it is. */
export function inSeconds(time: string): string | null {
  if (time.length <= PRINTED_LENGTH || !PRECISE.test(time)) return time
  const seconds = time.slice(0, ZERO_SECONDS.length)
  return seconds === ZERO_SECONDS ? null : `${seconds}Z`
}

/** The same of what may not be there. */
export function printedTime(time: string | null | undefined): string | null | undefined {
  return typeof time === 'string' ? inSeconds(time) : time
}

/** Of {@link preciseTime}s. */
export function isEarlier(one: string, other: string): boolean {
  const key = (time: string): string => time.slice(0, -1).padEnd(PRINTED_LENGTH + NANO_DIGITS)
  return key(one) < key(other)
}

export function canonicalMicroTime(text: string): string | null {
  const { seconds, fraction } = readTime(text, MICRO_TIME_LAYOUT)
  return seconds === ZERO_SECONDS && fraction === '000000' ? null : `${seconds}.${fraction}Z`
}

function readTime(text: string, layout: string): { seconds: string; fraction: string } {
  const isMicro = layout === MICRO_TIME_LAYOUT
  const parts: string[] = []
  let rest = text
  const take = (pattern: RegExp, word: string): string => {
    const found = pattern.exec(rest)?.[0]
    if (found === undefined) {
      throw refusal(
        `parsing time ${quote(text)} as ${quote(layout)}: ` +
          `cannot parse ${quote(rest)} as ${quote(word)}`,
      )
    }
    rest = rest.slice(found.length)
    return found
  }
  const check = (name: string, isInside: boolean): void => {
    if (!isInside) throw refusal(`parsing time ${quote(text)}: ${name} out of range`)
  }
  for (const { pattern, word, range } of STEPS) {
    const part = take(pattern, word)
    if (range !== undefined) check(range[0], Number(part) >= range[1] && Number(part) <= range[2])
    parts.push(/^\d$/.test(part) ? `0${part}` : part)
  }
  const fraction = isMicro ? take(MICRO_FRACTION, '.000000').slice(1) : (FRACTION.exec(rest)?.[0] ?? '')
  if (!isMicro) rest = rest.slice(fraction.length)
  const zone = take(ZONE, 'Z07:00')
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number)
  check('time zone offset hour', hours <= MOST_HOURS)
  check('time zone offset minute', minutes <= MOST_MINUTES)
  if (rest !== '') throw refusal(`parsing time ${quote(text)}: extra text: ${quote(rest)}`)
  check('day', isDay(parts))
  const behindUtc = (zone.startsWith('-') ? 1 : -1) * (hours * 60 + minutes)
  return { seconds: behindUtc === 0 ? parts.join('') : moved(parts.join(''), behindUtc), fraction }
}

function isDay([year = '', , month = '', , day = '']: readonly string[]): boolean {
  const daysInMonth = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate()
  return Number(day) >= 1 && Number(day) <= daysInMonth
}

function moved(local: string, minutes: number): string {
  return new Date(Date.parse(`${local}Z`) + minutes * 60_000).toISOString().slice(0, ZERO_SECONDS.length)
}

const ENCODER = new TextEncoder()

/** Go's package time has a quoting of its own (time/format.go): what is no printable ASCII is shown byte by byte. */
function quote(text: string): string {
  const escaped = text.replaceAll(/["\\]|[^ -\x7f]/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`
    return [...ENCODER.encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  })
  return `"${escaped}"`
}
