/** What the text of a literal stands for. Each answers a value, or says why there is none. */
import { MAX_UINT, parseInteger, MAX_INT, MIN_INT, normalize } from '../values/integer.ts'
import { BytesValue, DoubleValue, UintValue, type Value } from '../values/value.ts'

export interface Unreadable {
  readonly problem: string
}

export function isUnreadable(given: Value | Unreadable): given is Unreadable {
  return typeof given === 'object' && given !== null && 'problem' in given
}

function intLiteral(text: string): Value | Unreadable {
  const negative = text.startsWith('-')
  const digits = negative ? text.slice(1) : text
  if (!digits.startsWith('0x')) return parseInteger(text) ?? { problem: 'invalid int literal' }
  const value = BigInt(digits) * (negative ? -1n : 1n)
  return value > MAX_INT || value < MIN_INT ? { problem: 'invalid int literal' } : normalize(value)
}

function uintLiteral(text: string): Value | Unreadable {
  const digits = text.slice(0, -1)
  // Longer ones do not fit, and reading them would take time.
  const value = digits.length > 64 ? MAX_UINT + 1n : BigInt(digits)
  return value > MAX_UINT ? { problem: 'invalid uint literal' } : new UintValue(value)
}

function doubleLiteral(text: string): Value | Unreadable {
  const value = Number(text)
  return Number.isFinite(value) ? new DoubleValue(value) : { problem: 'invalid double literal' }
}

/** The content of a string token, with line ends as `\n`. */
function contentOf(text: string): { content: string; isRaw: boolean } {
  const isRaw = /^[rR]/.test(text)
  const quoted = isRaw ? text.slice(1) : text
  const size = /^('''|""")/.test(quoted) && quoted.length >= 6 ? 3 : 1
  return { content: quoted.slice(size, quoted.length - size).replaceAll(/\r\n?/g, '\n'), isRaw }
}

const ESCAPE = /\\(?:([0-3][0-7]{2})|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu
const SIMPLE = new Map(Object.entries({ a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }))

function stringLiteral(text: string): string | Unreadable {
  const { content, isRaw } = contentOf(text)
  if (isRaw || !content.includes('\\')) return content
  let isValid = true
  const unescaped = content.replaceAll(
    ESCAPE,
    (_, octal: string | undefined, byte: string | undefined, short: string | undefined, long: string | undefined,
      simple = '') => {
      if (simple !== '') return SIMPLE.get(simple) ?? simple
      const point = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8)
      if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
        isValid = false
        return ''
      }
      return String.fromCodePoint(point)
    },
  )
  return isValid ? unescaped : { problem: 'invalid unicode code point' }
}

/** `\x` and octal escapes are bytes; other characters stand for their UTF-8. `text` is without the `b`. */
function bytesLiteral(text: string): BytesValue | Unreadable {
  const { content, isRaw } = contentOf(text)
  const encoder = new TextEncoder()
  if (isRaw || !content.includes('\\')) return new BytesValue(encoder.encode(content))
  const bytes: number[] = []
  const add = (text: string): void => {
    for (const byte of encoder.encode(text)) bytes.push(byte)
  }
  let last = 0
  for (const match of content.matchAll(ESCAPE)) {
    add(content.slice(last, match.index))
    const [whole, octal, byte, short, long, simple = ''] = match
    if (short !== undefined || long !== undefined) return { problem: 'unable to unescape string' }
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else if (byte !== undefined) bytes.push(Number.parseInt(byte, 16))
    else add(SIMPLE.get(simple) ?? simple)
    last = match.index + whole.length
  }
  add(content.slice(last))
  return new BytesValue(Uint8Array.from(bytes))
}

/** Of a token of that kind; `sign` is a minus before a number, or nothing. */
export function literalOf(kind: string, text: string, sign: string): Value | Unreadable {
  switch (kind) {
    case 'int':
      return intLiteral(sign + text)
    case 'uint':
      return uintLiteral(text)
    case 'float':
      return doubleLiteral(sign + text)
    case 'bytes':
      return bytesLiteral(text.slice(1))
    case 'string':
      return stringLiteral(text)
    default:
      return text === 'null' ? null : text === 'true'
  }
}
