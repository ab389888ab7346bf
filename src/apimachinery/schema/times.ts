/**
 * Times on the wire: RFC 3339 in, UTC out, to whole seconds (metav1.Time) or with exactly six digits
 * (metav1.MicroTime). Refusals have the text of Go's time.Parse. The zero time of Go is printed as null.
 */
import { refusal } from './decode-error.ts'

const CANONICAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/
const TIME_LAYOUT = '2006-01-02T15:04:05Z07:00'
const MICRO_TIME_LAYOUT = '2006-01-02T15:04:05.000000Z07:00'
const ZERO_SECONDS = '0001-01-01T00:00:00'

/** One step of reading: what is expected there, and the layout's word for it. */
const STEPS: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d{2}/, '01'],
  [/^-/, '-'],
  [/^\d{2}/, '02'],
  [/^T/, 'T'],
  [/^\d{2}/, '15'],
  [/^:/, ':'],
  [/^\d{2}/, '04'],
  [/^:/, ':'],
  [/^\d{2}/, '05'],
]
const FRACTION = /^[.,]\d+/
const MICRO_FRACTION = /^[.,]\d{6}/
const ZONE = /^(?:Z|[+-]\d{2}:\d{2})/

export function canonicalTime(text: string): string | null {
  if (CANONICAL.test(text) && !text.startsWith('0001')) return text
  const seconds = readTime(text, TIME_LAYOUT).seconds
  return seconds === ZERO_SECONDS ? null : `${seconds}Z`
}

export function canonicalMicroTime(text: string): string | null {
  const { seconds, fraction } = readTime(text, MICRO_TIME_LAYOUT)
  return seconds === ZERO_SECONDS && fraction === '000000' ? null : `${seconds}.${fraction}Z`
}

const encoder = new TextEncoder()

/** As Go's package time quotes what it cannot read: bytes beyond ASCII, and control characters, in hexadecimal. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/[^ -~\x7f]|["\\]/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`
    return [...encoder.encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  })
  return `"${escaped}"`
}

function readTime(text: string, layout: string): { seconds: string; fraction: string } {
  const isMicro = layout === MICRO_TIME_LAYOUT
  const parts: string[] = []
  let rest = text
  const take = (pattern: RegExp, word: string): string => {
    const found = pattern.exec(rest)?.[0]
    if (found === undefined) {
      throw refusal(
        `parsing time ${quoted(text)} as ${quoted(layout)}: ` +
          `cannot parse ${quoted(rest)} as ${quoted(word)}`,
      )
    }
    rest = rest.slice(found.length)
    return found
  }
  for (const [pattern, word] of STEPS) parts.push(take(pattern, word))
  const fraction = isMicro ? take(MICRO_FRACTION, '.000000').slice(1) : (FRACTION.exec(rest)?.[0] ?? '')
  if (!isMicro) rest = rest.slice(fraction.length)
  const zone = take(ZONE, 'Z07:00')
  if (rest !== '') throw refusal(`parsing time ${quoted(text)}: extra text: ${quoted(rest)}`)
  return { seconds: inUtc(text, parts.join(''), zone), fraction }
}

function inUtc(text: string, local: string, zone: string): string {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = local.split(/[-T:]/).map(Number)
  const daysInMonth = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
  const ranges: readonly (readonly [string, boolean])[] = [
    ['month', month >= 1 && month <= 12],
    ['day', day >= 1 && day <= daysInMonth],
    ['hour', hour < 24],
    ['minute', minute < 60],
    ['second', second < 60],
  ]
  const wrong = ranges.find(([, isRight]) => !isRight)
  if (wrong !== undefined) throw refusal(`parsing time ${quoted(text)}: ${wrong[0]} out of range`)
  return zone === 'Z' ? local : new Date(Date.parse(`${local}${zone}`)).toISOString().slice(0, 19)
}
