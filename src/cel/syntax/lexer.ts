/**
 * Text to tokens, by the lexical rules of the language definition (cel-spec doc/langdef.md). Where no token fits, the
 * characters are left out and named, as cel-go's generated lexer does. Offsets are code points.
 */
import type { Source } from '../source.ts'

export type TokenKind = 'symbol' | 'word' | 'escaped' | 'int' | 'uint' | 'float' | 'string' | 'bytes' | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly start: number
  readonly end: number
}

export interface Span {
  readonly start: number
  readonly end: number
}

export interface Tokens {
  readonly tokens: readonly Token[]
  /** What is no token, and no space between them either. */
  readonly unreadable: readonly Span[]
}

/** After them nothing more is read: no more errors of syntax than a hundred are told. */
const MAX_UNREADABLE = 100

/** Longest first. */
const SYMBOLS = ['==', '!=', '<=', '>=', '&&', '||', ...'[]{}().,-!?:+*/%<>']
const SYMBOL_STARTS = new Set(SYMBOLS.map((symbol) => symbol.charAt(0)))
const SPACE = /^[\t \r\n\f]/
const WORD_START = /^[A-Za-z_]/
const WORD = /^[A-Za-z0-9_]/
const DIGIT = /^[0-9]/
const HEX = /^[0-9a-fA-F]/
const ESCAPED = /^[A-Za-z0-9_.\-/ ]/

class Lexer {
  readonly tokens: Token[] = []
  readonly unreadable: Span[] = []
  readonly #characters: readonly string[]
  #at = 0

  constructor(source: Source) {
    this.#characters = source.codePoints
  }

  read(): Tokens {
    while (this.#at < this.#characters.length && this.unreadable.length <= MAX_UNREADABLE) this.#readOne()
    const end = this.#characters.length
    this.tokens.push({ kind: 'end', text: '<EOF>', start: end, end })
    return { tokens: this.tokens, unreadable: this.unreadable }
  }

  #peek(ahead = 0): string {
    return this.#characters[this.#at + ahead] ?? ''
  }

  #scan(pattern: RegExp, from: number): number {
    let end = from
    while (pattern.test(this.#characters[end] ?? '')) end += 1
    return end
  }

  #push(kind: TokenKind, end: number): void {
    const text = this.#characters.slice(this.#at, end).join('')
    this.tokens.push({ kind, text, start: this.#at, end })
    this.#at = end
  }

  #readOne(): void {
    const next = this.#peek()
    if (SPACE.test(next)) this.#at += 1
    else if (next === '/' && this.#peek(1) === '/') this.#at = this.#endOfLine()
    else if (DIGIT.test(next) || (next === '.' && DIGIT.test(this.#peek(1)))) this.#readNumber()
    else if (WORD_START.test(next)) this.#readWord()
    else if (next === '"' || next === "'") this.#readString('string', 0)
    else if (next === '`') this.#readEscaped()
    else this.#readSymbol()
  }

  #endOfLine(): number {
    const end = this.#characters.indexOf('\n', this.#at)
    return end === -1 ? this.#characters.length : end
  }

  #readNumber(): void {
    const start = this.#at
    if (this.#peek() === '0' && this.#peek(1) === 'x' && HEX.test(this.#peek(2))) {
      return this.#pushInteger(this.#scan(HEX, start + 2))
    }
    let end = this.#scan(DIGIT, start)
    let kind: TokenKind = 'int'
    const isDigitAt = (index: number): boolean => DIGIT.test(this.#characters[index] ?? '')
    if (this.#characters[end] === '.' && isDigitAt(end + 1)) {
      end = this.#scan(DIGIT, end + 1)
      kind = 'float'
    }
    if (/^[eE]/.test(this.#characters[end] ?? '')) {
      const digits = /^[+-]/.test(this.#characters[end + 1] ?? '') ? end + 2 : end + 1
      if (isDigitAt(digits)) {
        end = this.#scan(DIGIT, digits)
        kind = 'float'
      }
    }
    if (kind === 'float') this.#push('float', end)
    else this.#pushInteger(end)
  }

  #pushInteger(end: number): void {
    if (/^[uU]/.test(this.#characters[end] ?? '')) this.#push('uint', end + 1)
    else this.#push('int', end)
  }

  /** Words, and strings with a prefix (`r""`, `b""`, `br""`). */
  #readWord(): void {
    const prefix = /^(?:[bB]?[rR]?)["']/.exec(this.#characters.slice(this.#at, this.#at + 3).join(''))?.[0] ?? ''
    if (prefix.length > 1) {
      const isBytes = /^[bB]/.test(prefix)
      const quote = this.#at + prefix.length - 1
      const kind = isBytes ? 'bytes' : 'string'
      const end = this.#endOfString(quote, /[rR]/.test(prefix))
      if (end.isClosed) return this.#push(kind, end.at)
      if (this.#characters[quote + 1] === this.#characters[quote]) return this.#push(kind, quote + 2)
    }
    this.#push('word', this.#scan(WORD, this.#at))
  }

  #readString(kind: TokenKind, prefix: number): void {
    const end = this.#endOfString(this.#at + prefix, false)
    if (end.isClosed) this.#push(kind, end.at)
    else if (this.#characters[this.#at + 1] === this.#peek()) this.#push(kind, this.#at + 2)
    else this.#leaveOutUntil(end.at)
  }

  /** Where a string whose first quote is at `start` ends, or where it went wrong. */
  #endOfString(start: number, isRaw: boolean): { at: number; isClosed: boolean } {
    const quote = this.#characters[start] ?? ''
    const isTriple = this.#characters[start + 1] === quote && this.#characters[start + 2] === quote
    const size = isTriple ? 3 : 1
    let at = start + size
    while (at < this.#characters.length) {
      const character = this.#characters[at] ?? ''
      if (character === quote && (!isTriple || this.#isTripleAt(at, quote))) return { at: at + size, isClosed: true }
      if (!isTriple && (character === '\n' || character === '\r')) return { at, isClosed: false }
      const step = character === '\\' && !isRaw ? this.#escapeLength(at) : 1
      if (step === 0) return { at: this.#brokenEscape(at), isClosed: false }
      at += step
    }
    return { at, isClosed: false }
  }

  #isTripleAt(at: number, quote: string): boolean {
    return this.#characters[at + 1] === quote && this.#characters[at + 2] === quote
  }

  /** Of the escape sequence at a backslash; 0 if it is none. */
  #escapeLength(at: number): number {
    const text = this.#characters.slice(at, at + 10).join('')
    const match =
      /^\\(?:[abfnrtv"'\\?`]|[0-3][0-7]{2}|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/.exec(text)
    return match?.[0].length ?? 0
  }

  /** Where a sequence that starts like an escape goes wrong. */
  #brokenEscape(at: number): number {
    const text = this.#characters.slice(at, at + 10).join('')
    return at + (/^\\(?:[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7}|[0-3][0-7]?)?/.exec(text)?.[0].length ?? 1)
  }

  #readEscaped(): void {
    const end = this.#scan(ESCAPED, this.#at + 1)
    if (end > this.#at + 1 && this.#characters[end] === '`') this.#push('escaped', end + 1)
    else this.#leaveOutUntil(end)
  }

  #readSymbol(): void {
    const pair = this.#peek() + this.#peek(1)
    const symbol = SYMBOLS.find((candidate) => pair.startsWith(candidate))
    if (symbol !== undefined) this.#push('symbol', this.#at + symbol.length)
    else this.#leaveOutUntil(SYMBOL_STARTS.has(this.#peek()) ? this.#at + 1 : this.#at)
  }

  /** `last` is the character at which no token was possible any more. */
  #leaveOutUntil(last: number): void {
    this.unreadable.push({ start: this.#at, end: Math.min(last + 1, this.#characters.length) })
    this.#at = last + 1
  }
}

export function readTokens(source: Source): Tokens {
  return new Lexer(source).read()
}
