/**
 * What a plain text of YAML is (go.yaml.in/yaml/v2 resolve.go): yes, no, on and off are booleans, `012` is octal;
 * timestamps and base 60 stay text, so that `22:22` is a string.
 */
import { MAX_INT64, MAX_UINT64, MIN_INT64, int64, type Int64 } from '../../../lib/exact-json.ts'

/** A scalar's value, and the tag that tells what it is. */
export interface Resolved {
  readonly tag: 'null' | 'bool' | 'int' | 'float' | 'str' | 'timestamp' | 'merge'
  readonly value: string | Int64 | boolean | null
}

const WORDS: ReadonlyMap<string, Resolved> = new Map([
  ...words('null', null, ['', '~', 'null', 'Null', 'NULL']),
  ...words('bool', true, ['true', 'True', 'TRUE', 'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']),
  ...words('bool', false, ['false', 'False', 'FALSE', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']),
  ...words('float', Number.NaN, ['.nan', '.NaN', '.NAN']),
  ...words('float', Number.POSITIVE_INFINITY, ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']),
  ...words('float', Number.NEGATIVE_INFINITY, ['-.inf', '-.Inf', '-.INF']),
  ...words('merge', '<<', ['<<']),
])

function words(tag: Resolved['tag'], value: Resolved['value'], texts: readonly string[]): [string, Resolved][] {
  return texts.map((text) => [text, { tag, value }])
}

const NUMBER_START = /^[-+\d]/
/** Sign, then hexadecimal, binary, octal in both spellings, or decimal. */
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/
/** What begins with its point may have underscores between digits, as Go's ParseFloat takes them. */
const POINTED = /^\.\d+(?:_\d+)*(?:[eE][-+]?\d+(?:_\d+)*)?$/
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/

/** `takesTimes`: a timestamp is told from a text. */
export function resolvePlain(text: string, takesTimes = true): Resolved {
  const word = WORDS.get(text)
  if (word !== undefined) return word
  if (text.startsWith('.')) {
    return (POINTED.test(text) ? floatOf(text.replaceAll('_', '')) : undefined) ?? { tag: 'str', value: text }
  }
  if (!NUMBER_START.test(text)) return { tag: 'str', value: text }
  if (takesTimes && isTimestamp(text)) return { tag: 'timestamp', value: text }
  const plain = text.replaceAll('_', '')
  return wholeOf(plain) ?? floatOf(plain) ?? { tag: 'str', value: text }
}

/** undefined for what is none of 64 bits. */
function wholeOf(plain: string): Resolved | undefined {
  const [, sign = '', hexadecimal, binary, octal, decimal = ''] = INTEGER.exec(plain) ?? []
  const digits = hexadecimal !== undefined ? `0x${hexadecimal}` : binary !== undefined ? `0b${binary}`
    : octal === undefined ? decimal : `0o${octal}`
  if (digits === '') return undefined
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits)
  if (value > (sign === '' ? MAX_UINT64 : MAX_INT64) || value < MIN_INT64) return undefined
  return { tag: 'int', value: int64(value) }
}

/** undefined for what no float64 holds. */
function floatOf(plain: string): Resolved | undefined {
  const value = FLOAT.test(plain) ? Number(plain) : Number.NaN
  return Number.isFinite(value) ? { tag: 'float', value } : undefined
}

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]| +)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[-+]\d\d:\d\d)?)?$/

/** The forms of time that go-yaml knows, of which those with `T` have a zone and those with a space have none. */
function isTimestamp(text: string): boolean {
  const found = TIMESTAMP.exec(text)
  if (found === null) return false
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part)) as Six
  const zone = found[7]
  if (found[4] !== undefined) {
    if (/[Tt]/.test(text) !== (zone !== undefined)) return false
    if (hour > 23 || minute > 59 || second > 59) return false
    if (zone !== undefined && zone !== 'Z' && (Number(zone.slice(1, 3)) > 24 || Number(zone.slice(4)) > 60)) return false
  }
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

type Six = [number, number, number, number, number, number]

function daysIn(year: number, month: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, 0)
  return date.getUTCDate()
}
