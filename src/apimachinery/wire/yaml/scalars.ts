/** What scalars say, as go-yaml scans them (scannerc.go, scan_plain_scalar, scan_flow_scalar, scan_block_scalar). */
import {
  BLANK, BREAK, BREAK_OR_END, END, classOf, type YamlCursor,
} from './cursor.ts'

const [TAB, SPACE, HASH, COLON, BACKSLASH] = [0x09, 0x20, 0x23, 0x3a, 0x5c]
const [DOUBLE_QUOTE, SINGLE_QUOTE] = [0x22, 0x27]
const [PLUS, MINUS, DIGIT_0, DIGIT_9] = [0x2b, 0x2d, 0x30, 0x39]
/** What ends a plain text in flow style. */
const FLOW_ENDS: ReadonlySet<number> = new Set([...',?[]{}'].map((sign) => sign.charCodeAt(0)))

/** Characters of ASCII that are part of any plain or quoted text, wherever they are: nothing has to be asked of them. */
const ORDINARY = new Uint8Array(0x80)
for (let code = 0; code < ORDINARY.length; code++) {
  const isSign = [COLON, HASH, BACKSLASH, DOUBLE_QUOTE, SINGLE_QUOTE].includes(code) || FLOW_ENDS.has(code)
  ORDINARY[code] = classOf(code) === 0 && !isSign ? 1 : 0
}

/**
 * Breaks, and the blanks around them, as they are read: one break is a space, further ones stay. No tab may be before
 * `minIndent`.
 */
function fold(cursor: YamlCursor, isFolded: boolean, minIndent = 0): string {
  const first = isFolded ? '' : cursor.break()
  let others = ''
  for (;;) {
    const code = cursor.code()
    if (code === SPACE) cursor.at++
    else if (code === TAB) {
      if (cursor.column < minIndent) throw cursor.error('found a tab character that violates indentation')
      cursor.at++
    } else if (classOf(code) === BREAK) others += cursor.break()
    else break
  }
  if (first !== '\n') return first + others
  return others === '' ? ' ' : others
}

/** What go-yaml asks its reader for before it goes on: at the beginning of a word as much as a mark of documents has. */
function readAhead(cursor: YamlCursor, isWordStart: boolean): void {
  cursor.code(isWordStart ? 3 : 1)
}

export interface PlainText {
  readonly text: string
  /** It was left behind the end of a line. */
  readonly endsLine: boolean
}

/** `indent`: less is none of it, unless it is in flow style. @throws YamlSyntaxError */
export function plainText(cursor: YamlCursor, indent: number, isFlow: boolean): PlainText {
  let text = ''
  let gap = ''
  let endsLine = false
  for (;;) {
    const words = plainWords(cursor, isFlow)
    if (words !== '') {
      text += gap + words
      endsLine = false
    }
    if (!cursor.is(BREAK)) break
    gap = fold(cursor, false, indent)
    endsLine = true
    if ((!isFlow && cursor.column < indent) || cursor.isDocumentMark()) break
  }
  return { text, endsLine }
}

/** Those on one line, without blanks behind them. */
function plainWords(cursor: YamlCursor, isFlow: boolean): string {
  const { at: start, text } = cursor
  let end = start
  for (let at = start; ; at++) {
    while (ORDINARY[text.charCodeAt(at)] === 1) end = ++at
    const code = cursor.codeAt(at)
    const kind = classOf(code)
    if (kind === BLANK) continue
    const isOver = kind !== 0
      || (code === COLON && classOf(cursor.codeAt(at + 1)) !== 0)
      || (code === HASH && (at === start || at > end))
      || (isFlow && FLOW_ENDS.has(code))
    if (isOver) {
      cursor.at = at
      readAhead(cursor, at > end)
      return text.slice(start, end)
    }
    end = at + 1
  }
}

/** Without its quotes, the first of which is where the cursor is. @throws YamlSyntaxError */
export function quotedText(cursor: YamlCursor): string {
  const quote = cursor.code()
  cursor.at++
  let text = ''
  for (;;) {
    if (cursor.isDocumentMark()) throw cursor.error('found unexpected document indicator')
    text += quotedLine(cursor, quote)
    if (cursor.is(END)) throw cursor.error('found unexpected end of stream')
    if (cursor.is(BREAK)) text += fold(cursor, false)
    else if (cursor.code() === quote) {
      cursor.at++
      return text
    } else {
      // A break behind a backslash is none.
      cursor.at++
      cursor.break()
      text += fold(cursor, true)
    }
  }
}

/** As far as the end of the text, of the line, or the backslash before that. */
function quotedLine(cursor: YamlCursor, quote: number): string {
  let text = ''
  let start = cursor.at
  /** Behind the last character that is no blank. */
  let end = start
  for (let at = start; ; at++) {
    while (ORDINARY[cursor.text.charCodeAt(at)] === 1) end = ++at
    const code = cursor.codeAt(at)
    const kind = classOf(code)
    if (kind === BLANK) continue
    cursor.at = at
    if (kind !== 0) return text + cursor.text.slice(start, end)
    if (code === quote) {
      readAhead(cursor, at > end)
      text += cursor.text.slice(start, at)
      if (quote === DOUBLE_QUOTE || cursor.code(1) !== quote) return text
      text += "'"
      at += 1
      start = at + 1
    } else if (code === BACKSLASH && quote === DOUBLE_QUOTE) {
      text += cursor.text.slice(start, at)
      if (cursor.is(BREAK, 1)) return text
      text += escaped(cursor)
      start = cursor.at
      at = start - 1
    }
    end = at + 1
  }
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'], ['a', '\x07'], ['b', '\b'], ['t', '\t'], ['\t', '\t'], ['n', '\n'], ['v', '\v'], ['f', '\f'],
  ['r', '\r'], ['e', '\x1b'], [' ', ' '], ['"', '"'], ["'", "'"], ['\\', '\\'],
  ['N', '\u0085'], ['_', '\u00a0'], ['L', '\u2028'], ['P', '\u2029'],
])
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const [FIRST_HALF, LAST_HALF, LAST_CHARACTER] = [0xd800, 0xdfff, 0x10ffff]

function escaped(cursor: YamlCursor): string {
  const sign = String.fromCharCode(cursor.code(1))
  const simple = SIMPLE_ESCAPES.get(sign)
  const digits = HEX_DIGITS[sign] ?? 0
  if (simple === undefined && digits === 0) throw cursor.error('found unknown escape character')
  cursor.at += 2
  if (simple !== undefined) return simple
  const written = cursor.text.slice(cursor.at, cursor.at + digits)
  if (written.length < digits) cursor.code(digits - 1)
  if (written.length < digits || !/^[0-9a-fA-F]+$/.test(written)) {
    throw cursor.error('did not find expected hexdecimal number')
  }
  const value = Number.parseInt(written, 16)
  if ((value >= FIRST_HALF && value <= LAST_HALF) || value > LAST_CHARACTER) {
    throw cursor.error('found invalid Unicode character escape code')
  }
  cursor.at += digits
  return String.fromCodePoint(value)
}

/** Of a block, whose sign is where the cursor is. `around`: the indent of what it is in, -1: of nothing. */
export function blockText(cursor: YamlCursor, around: number, isLiteral: boolean): string {
  cursor.at++
  const { increment, chomping } = blockHeader(cursor)
  const wanted = increment === 0 ? 0 : Math.max(around, 0) + increment
  const first = blockBreaks(cursor, wanted, around)
  const { indent } = first
  let { breaks } = first
  let text = ''
  let lineBreak = ''
  let wasIndented = false
  while (cursor.column === indent && !cursor.is(END)) {
    const isIndented = cursor.is(BLANK)
    const isFolded = !isLiteral && !wasIndented && !isIndented && lineBreak === '\n'
    text += (isFolded ? (breaks === '' ? ' ' : '') : lineBreak) + breaks
    wasIndented = isIndented
    const start = cursor.at
    cursor.skipToBreak()
    text += cursor.text.slice(start, cursor.at)
    lineBreak = cursor.is(BREAK) ? cursor.break() : ''
    breaks = blockBreaks(cursor, indent, around).breaks
  }
  return text + (chomping === MINUS ? '' : lineBreak) + (chomping === PLUS ? breaks : '')
}

interface BlockHeader {
  /** 0: not said. */
  readonly increment: number
  readonly chomping: number
}

function blockHeader(cursor: YamlCursor): BlockHeader {
  let [increment, chomping] = [0, 0]
  const readChomping = (): boolean => {
    const code = cursor.code()
    if (code !== PLUS && code !== MINUS) return false
    chomping = code
    cursor.at++
    return true
  }
  const isChomped = readChomping()
  if (cursor.code() >= DIGIT_0 && cursor.code() <= DIGIT_9) {
    increment = cursor.code() - DIGIT_0
    if (increment === 0) throw cursor.error('found an indentation indicator equal to 0')
    cursor.at++
    if (!isChomped) readChomping()
  }
  cursor.skipBlanks()
  if (cursor.code() === HASH) cursor.skipToBreak()
  if (!cursor.is(BREAK_OR_END)) throw cursor.error('did not find expected comment or line break')
  if (cursor.is(BREAK)) cursor.break()
  return { increment, chomping }
}

/** Past what is empty. The indent is that of the first line with something in it, where it is not known (0). */
function blockBreaks(cursor: YamlCursor, indent: number, around: number): { breaks: string; indent: number } {
  let [breaks, most] = ['', 0]
  for (;;) {
    while ((indent === 0 || cursor.column < indent) && cursor.code() === SPACE) cursor.at++
    most = Math.max(most, cursor.column)
    if ((indent === 0 || cursor.column < indent) && cursor.code() === TAB) {
      throw cursor.error('found a tab character where an indentation space is expected')
    }
    if (!cursor.is(BREAK)) return { breaks, indent: indent === 0 ? Math.max(most, around + 1, 1) : indent }
    breaks += cursor.break()
  }
}
