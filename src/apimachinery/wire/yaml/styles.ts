/**
 * How go-yaml writes a text: which style it takes, by what the text would be read as without quotes and by what is in
 * it (go.yaml.in/yaml/v2 encode.go, resolve.go; emitterc.go, analyze_scalar and select_scalar_style).
 */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal'

const WORDS: ReadonlySet<string> = new Set([
  '', '~', 'null', 'Null', 'NULL', 'y', 'Y', 'yes', 'Yes', 'YES', 'n', 'N', 'no', 'No', 'NO', 'true', 'True', 'TRUE',
  'false', 'False', 'FALSE', 'on', 'On', 'ON', 'off', 'Off', 'OFF', '.nan', '.NaN', '.NAN', '.inf', '.Inf', '.INF',
  '+.inf', '+.Inf', '+.INF', '-.inf', '-.Inf', '-.INF',
])

/** As Go's ParseInt reads it when it is left to find the base. */
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/
const BASE_60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/
const MAX_UINT64 = 2n ** 64n - 1n
const MIN_INT64 = 2n ** 63n

/** What begins with its point may have underscores between digits, as Go's ParseFloat takes them. */
export const POINTED = /^\.\d+(?:_\d+)*(?:[eE][-+]?\d+(?:_\d+)*)?$/

/** Whether a plain text of this would be read as something else, or was by YAML 1.1. */
export function meansAnother(text: string): boolean {
  if (WORDS.has(text)) return true
  if (text.startsWith('.')) return POINTED.test(text) && isFiniteFloat(text.replaceAll('_', ''))
  if (!/^[-+\d]/.test(text)) return false
  const digits = text.replaceAll('_', '')
  return isTimestamp(text) || isInteger(digits) || isFiniteFloat(digits) || BASE_60.test(text)
}

function isFiniteFloat(text: string): boolean {
  return FLOAT.test(text) && Number.isFinite(Number(text))
}

function isInteger(text: string): boolean {
  const [, sign = '', digits] = INTEGER.exec(text) ?? []
  if (digits === undefined) return false
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits}` : digits)
  return value <= (sign === '' ? MAX_UINT64 : sign === '-' ? MIN_INT64 : MIN_INT64 - 1n)
}

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]| +)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[-+]\d\d:\d\d)?)?$/

/** The forms of time that go-yaml knows, of which those with `T` have a zone and those with a space have none. */
export function isTimestamp(text: string): boolean {
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

const BREAK = /[\n\r\u0085\u2028\u2029]/
/** What go-yaml does not print as it is: control characters, tabs, and all that is beyond 16 bits. */
export const UNPRINTABLE = /[^\n\x20-\x7e\xa0-\ufefe\uff00-\ufffd]|[\ud800-\udfff]/

const INDICATOR_FIRST = /^[#,[\]{}&*!|>'"%@`]|^[?:-](?:[ \t]|$)|^---|^\.\.\./
const INDICATOR_WITHIN = /:(?:[ \t]|$)|[ \t\n\r\u0085\u2028\u2029\0]#/

export interface ScalarForm {
  readonly style: ScalarStyle
  /** It has line breaks, so it can be no simple key. */
  readonly isMultiline: boolean
}

/** `isSimpleKey`: it stands before its colon, on one line. */
export function formOf(text: string, isSimpleKey: boolean): ScalarForm {
  const isMultiline = BREAK.test(text)
  const allowed = allowedStyles(text, isMultiline)
  let style: ScalarStyle = text.includes('\n') ? 'literal' : meansAnother(text) ? 'double' : 'plain'
  if (isSimpleKey && isMultiline) style = 'double'
  if (style === 'plain' && !allowed.plain) style = 'single'
  if (style === 'single' && !allowed.single) style = 'double'
  if (style === 'literal' && (!allowed.literal || isSimpleKey)) style = 'double'
  return { style, isMultiline }
}

function allowedStyles(text: string, isMultiline: boolean): Record<'plain' | 'single' | 'literal', boolean> {
  if (text === '') return { plain: true, single: true, literal: false }
  const isSpecial = UNPRINTABLE.test(text) || / [\n\r\u0085\u2028\u2029]/.test(text)
  const hasSpaceBehindBreak = /[\n\r\u0085\u2028\u2029] /.test(text)
  const isIndicated = INDICATOR_FIRST.test(text) || INDICATOR_WITHIN.test(text)
  return {
    plain: !isSpecial && !isMultiline && !isIndicated && !text.startsWith(' ') && !text.endsWith(' '),
    single: !isSpecial && !hasSpaceBehindBreak,
    literal: !isSpecial && !text.endsWith(' '),
  }
}
