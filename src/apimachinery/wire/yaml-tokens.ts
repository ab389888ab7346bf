/**
 * The tokens of YAML as go-yaml v2 finds them (scannerc.go, after libyaml), as far as they tell where a text is wrong:
 * what scalars say is skipped. Runs only on texts that could not be read, so it may be slow.
 */

import { readDirective, type Directive } from './yaml-directive.ts'

/** Where something is, from 0. */
export interface Mark {
  readonly line: number
  readonly column: number
}

export type TokenKind =
  | 'stream end' | 'directive' | 'document start' | 'document end' | 'block sequence' | 'block mapping' | 'block end'
  | '[' | ']' | '{' | '}' | '-' | ',' | 'key' | 'value' | 'alias' | 'anchor' | 'tag' | 'scalar'

export interface Token {
  readonly kind: TokenKind
  readonly mark: Mark
  readonly directive?: Directive
}

/** What is wrong, as go-yaml says it. */
export class YamlSyntaxError extends Error {}

/** The scanner counts lines from 1, where it counts them at all: nothing is said of the first. */
function scannerError(problem: string, { line }: Mark): YamlSyntaxError {
  return new YamlSyntaxError(line === 0 ? problem : `line ${String(line + 1)}: ${problem}`)
}

/** What may turn out to be a key once a colon follows. */
interface SimpleKey {
  readonly isRequired: boolean
  readonly number: number
  readonly mark: Mark
  readonly at: number
}

const MAX_KEY_CHARACTERS = 1024
const END = '\0'
const BLANK = ' \t'
const BREAK = '\r\n\u0085\u2028\u2029'
const BLANK_OR_END = BLANK + BREAK + END
const INDICATORS = '-?:,[]{}#&*!|>\'"%@`'
const SIMPLE_ESCAPES = '0abt\tnvfre "\'\\N_LP'
const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const TOKENS: Readonly<Record<string, TokenKind>> = { '[': '[', '{': '{', ']': ']', '}': '}' }

export class YamlTokens {
  readonly #text: string
  #at = 0
  #line = 0
  #column = 0
  #flowLevel = 0
  #indent = -1
  readonly #indents: number[] = []
  #allowsSimpleKey = true
  #keys: (SimpleKey | undefined)[] = [undefined]
  readonly #queue: Token[] = []
  #taken = 0
  #isAtEnd = false

  constructor(text: string) {
    this.#text = text.startsWith('\ufeff') ? text.slice(1) : text
  }

  peek(): Token {
    while (!this.#isAtEnd && this.#needsMore()) this.#fetch()
    return this.#queue[0] ?? { kind: 'stream end', mark: this.#mark() }
  }

  take(): Token {
    const token = this.peek()
    this.#queue.shift()
    this.#taken += 1
    return token
  }

  #needsMore(): boolean {
    if (this.#queue.length === 0) return true
    return this.#keys.some((key) => key !== undefined && key.number === this.#taken && this.#isValid(key))
  }

  #mark(): Mark {
    return { line: this.#line, column: this.#column }
  }

  #look(ahead = 0): string {
    return this.#text[this.#at + ahead] ?? END
  }

  #isBlankOrEnd(ahead = 0): boolean {
    return BLANK_OR_END.includes(this.#look(ahead))
  }

  #skip(count = 1): void {
    this.#at += count
    this.#column += count
  }

  #skipBreak(): void {
    this.#at += this.#look() === '\r' && this.#look(1) === '\n' ? 2 : 1
    this.#line += 1
    this.#column = 0
  }

  #push(kind: TokenKind, mark = this.#mark()): void {
    this.#queue.push({ kind, mark })
  }

  #fetch(): void {
    this.#skipToToken()
    this.#unroll(this.#column)
    const character = this.#look()
    if (character === END) return this.#endStream()
    if (this.#column === 0 && character === '%') return this.#directive()
    if (this.#isDocumentMark()) return this.#documentMark()
    if (character === '[' || character === '{') return this.#openFlow(character)
    if (character === ']' || character === '}') return this.#closeFlow(character)
    if (character === ',') return this.#entry(',')
    if (character === '-' && this.#isBlankOrEnd(1)) return this.#blockEntry()
    if (character === '?' && (this.#flowLevel > 0 || this.#isBlankOrEnd(1))) return this.#explicitKey()
    if (character === ':' && (this.#flowLevel > 0 || this.#isBlankOrEnd(1))) return this.#value()
    if (character === '*' || character === '&') return this.#anchor(character)
    if (character === '!') return this.#tag()
    if ((character === '|' || character === '>') && this.#flowLevel === 0) return this.#blockScalar()
    if (character === '"' || character === "'") return this.#flowScalar(character)
    const isDash = character === '-' && !BLANK.includes(this.#look(1))
    const isSign = this.#flowLevel === 0 && '?:'.includes(character) && !this.#isBlankOrEnd(1)
    if (isDash || isSign || !(INDICATORS + BLANK_OR_END).includes(character)) return this.#plainScalar()
    throw scannerError('found character that cannot start any token', this.#mark())
  }

  #skipToToken(): void {
    for (;;) {
      const blank = this.#flowLevel > 0 || !this.#allowsSimpleKey ? BLANK : ' '
      while (blank.includes(this.#look())) this.#skip()
      if (this.#look() === '#') while (!(BREAK + END).includes(this.#look())) this.#skip()
      if (!BREAK.includes(this.#look())) return
      this.#skipBreak()
      if (this.#flowLevel === 0) this.#allowsSimpleKey = true
    }
  }

  #isDocumentMark(): boolean {
    if (this.#column !== 0 || !this.#isBlankOrEnd(3)) return false
    return this.#text.startsWith('---', this.#at) || this.#text.startsWith('...', this.#at)
  }

  /** A key is on one line, and not too long. @throws YamlSyntaxError where there has to be one */
  #isValid(key: SimpleKey): boolean {
    if (key.mark.line === this.#line && key.at + MAX_KEY_CHARACTERS >= this.#at) return true
    if (key.isRequired) throw scannerError("could not find expected ':'", this.#mark())
    return false
  }

  #saveKey(): void {
    if (!this.#allowsSimpleKey) return
    const isRequired = this.#flowLevel === 0 && this.#indent === this.#column
    const key = { isRequired, number: this.#taken + this.#queue.length, mark: this.#mark(), at: this.#at }
    this.#removeKey()
    this.#keys[this.#keys.length - 1] = key
  }

  #removeKey(): void {
    const key = this.#keys.at(-1)
    if (key?.isRequired === true) throw scannerError("could not find expected ':'", this.#mark())
    this.#keys[this.#keys.length - 1] = undefined
  }

  #roll(column: number, kind: 'block sequence' | 'block mapping', mark: Mark, place = this.#queue.length): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return
    this.#indents.push(this.#indent)
    this.#indent = column
    this.#queue.splice(place, 0, { kind, mark })
  }

  #unroll(column: number): void {
    if (this.#flowLevel > 0) return
    while (this.#indent > column) {
      this.#push('block end')
      this.#indent = this.#indents.pop() ?? -1
    }
  }

  #endStream(): void {
    if (this.#column !== 0) {
      this.#column = 0
      this.#line += 1
    }
    this.#unroll(-1)
    this.#removeKey()
    this.#allowsSimpleKey = false
    this.#push('stream end')
    this.#isAtEnd = true
  }

  #directive(): void {
    this.#unroll(-1)
    this.#removeKey()
    this.#allowsSimpleKey = false
    const [mark, start] = [this.#mark(), this.#at]
    while (!(BREAK + END).includes(this.#look())) this.#skip()
    const directive = readDirective(this.#text.slice(start, this.#at))
    if (typeof directive === 'string') throw scannerError(directive, mark)
    this.#queue.push({ kind: 'directive', mark, directive })
  }

  #documentMark(): void {
    this.#unroll(-1)
    this.#removeKey()
    this.#allowsSimpleKey = false
    this.#push(this.#look() === '-' ? 'document start' : 'document end')
    this.#skip(3)
  }

  #openFlow(character: string): void {
    this.#saveKey()
    this.#keys.push(undefined)
    this.#flowLevel += 1
    this.#allowsSimpleKey = true
    this.#push(TOKENS[character] ?? '[')
    this.#skip()
  }

  #closeFlow(character: string): void {
    this.#removeKey()
    if (this.#flowLevel > 0) {
      this.#flowLevel -= 1
      this.#keys.pop()
    }
    this.#allowsSimpleKey = false
    this.#push(TOKENS[character] ?? ']')
    this.#skip()
  }

  #entry(kind: ',' | '-'): void {
    this.#removeKey()
    this.#allowsSimpleKey = true
    this.#push(kind)
    this.#skip()
  }

  #blockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#allowsSimpleKey) {
        throw scannerError('block sequence entries are not allowed in this context', this.#mark())
      }
      this.#roll(this.#column, 'block sequence', this.#mark())
    }
    this.#entry('-')
  }

  #explicitKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#allowsSimpleKey) throw scannerError('mapping keys are not allowed in this context', this.#mark())
      this.#roll(this.#column, 'block mapping', this.#mark())
    }
    this.#removeKey()
    this.#allowsSimpleKey = this.#flowLevel === 0
    this.#push('key')
    this.#skip()
  }

  #value(): void {
    const key = this.#keys.at(-1)
    if (key !== undefined && this.#isValid(key)) {
      const place = key.number - this.#taken
      this.#queue.splice(place, 0, { kind: 'key', mark: key.mark })
      this.#roll(key.mark.column, 'block mapping', key.mark, place)
      this.#keys[this.#keys.length - 1] = undefined
      this.#allowsSimpleKey = false
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#allowsSimpleKey) throw scannerError('mapping values are not allowed in this context', this.#mark())
        this.#roll(this.#column, 'block mapping', this.#mark())
      }
      this.#allowsSimpleKey = this.#flowLevel === 0
    }
    this.#push('value')
    this.#skip()
  }

  #anchor(character: string): void {
    this.#saveKey()
    this.#allowsSimpleKey = false
    const mark = this.#mark()
    this.#skip()
    const start = this.#at
    while (/[0-9A-Za-z_-]/.test(this.#look())) this.#skip()
    if (this.#at === start || !(this.#isBlankOrEnd() || '?:,]}%@`'.includes(this.#look()))) {
      throw scannerError('did not find expected alphabetic or numeric character', this.#mark())
    }
    this.#push(character === '*' ? 'alias' : 'anchor', mark)
  }

  #tag(): void {
    this.#saveKey()
    this.#allowsSimpleKey = false
    this.#push('tag')
    while (!this.#isBlankOrEnd()) this.#skip()
  }

  #blockScalar(): void {
    this.#removeKey()
    this.#allowsSimpleKey = true
    const mark = this.#mark()
    this.#skip()
    let indent = this.#blockIndent()
    while (BLANK.includes(this.#look())) this.#skip()
    if (this.#look() === '#') while (!(BREAK + END).includes(this.#look())) this.#skip()
    if (!(BREAK + END).includes(this.#look())) {
      throw scannerError('did not find expected comment or line break', this.#mark())
    }
    if (BREAK.includes(this.#look())) this.#skipBreak()
    indent = this.#blockBreaks(indent)
    while (this.#column === indent && this.#look() !== END) {
      while (!(BREAK + END).includes(this.#look())) this.#skip()
      if (BREAK.includes(this.#look())) this.#skipBreak()
      indent = this.#blockBreaks(indent)
    }
    this.#push('scalar', mark)
  }

  /** That a header says; 0: none. */
  #blockIndent(): number {
    let increment = 0
    for (let count = 0; count < 2; count++) {
      const character = this.#look()
      if (character === '0') throw scannerError('found an indentation indicator equal to 0', this.#mark())
      if (/[1-9]/.test(character) && increment === 0) increment = Number(character)
      else if (!'+-'.includes(character)) break
      this.#skip()
    }
    return increment === 0 ? 0 : Math.max(this.#indent, 0) + increment
  }

  /** Skips what is empty; the indent is that of the first line with something, where it is not known. */
  #blockBreaks(indent: number): number {
    let most = 0
    for (;;) {
      while ((indent === 0 || this.#column < indent) && this.#look() === ' ') this.#skip()
      most = Math.max(most, this.#column)
      if ((indent === 0 || this.#column < indent) && this.#look() === '\t') {
        throw scannerError('found a tab character where an indentation space is expected', this.#mark())
      }
      if (!BREAK.includes(this.#look())) break
      this.#skipBreak()
    }
    return indent === 0 ? Math.max(most, this.#indent + 1, 1) : indent
  }

  #flowScalar(quote: string): void {
    this.#saveKey()
    this.#allowsSimpleKey = false
    const mark = this.#mark()
    this.#skip()
    for (;;) {
      if (this.#isDocumentMark()) throw scannerError('found unexpected document indicator', this.#mark())
      const character = this.#look()
      if (character === END) throw scannerError('found unexpected end of stream', this.#mark())
      if (character === quote) {
        this.#skip()
        if (quote === '"' || this.#look() !== "'") break
        this.#skip()
      } else if (quote === '"' && character === '\\') this.#escape()
      else if (BREAK.includes(character)) this.#skipBreak()
      else this.#skip()
    }
    this.#push('scalar', mark)
  }

  #escape(): void {
    const character = this.#look(1)
    if (BREAK.includes(character)) {
      this.#skip()
      return this.#skipBreak()
    }
    const digits = HEX_ESCAPES[character] ?? 0
    if (digits === 0 && !SIMPLE_ESCAPES.includes(character)) {
      throw scannerError('found unknown escape character', this.#mark())
    }
    this.#skip(2)
    let code = 0
    for (let digit = 0; digit < digits; digit++) {
      if (!/[0-9a-fA-F]/.test(this.#look(digit))) {
        throw scannerError('did not find expected hexdecimal number', this.#mark())
      }
      code = code * 16 + Number.parseInt(this.#look(digit), 16)
    }
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
      throw scannerError('found invalid Unicode character escape code', this.#mark())
    }
    this.#skip(digits)
  }

  #plainScalar(): void {
    this.#saveKey()
    this.#allowsSimpleKey = false
    const mark = this.#mark()
    let isAfterBreak = false
    for (;;) {
      if (this.#isDocumentMark() || this.#look() === '#') break
      while (!this.#isBlankOrEnd() && !this.#endsPlain()) {
        isAfterBreak = false
        this.#skip()
      }
      if (!(BLANK + BREAK).includes(this.#look())) break
      while ((BLANK + BREAK).includes(this.#look())) {
        if (BREAK.includes(this.#look())) {
          isAfterBreak = true
          this.#skipBreak()
        } else if (isAfterBreak && this.#column <= this.#indent && this.#look() === '\t') {
          throw scannerError('found a tab character that violates indentation', this.#mark())
        } else this.#skip()
      }
      if (this.#flowLevel === 0 && this.#column <= this.#indent) break
    }
    this.#push('scalar', mark)
    if (isAfterBreak) this.#allowsSimpleKey = true
  }

  #endsPlain(): boolean {
    const character = this.#look()
    if (character === ':') return this.#isBlankOrEnd(1)
    return this.#flowLevel > 0 && ',?[]{}'.includes(character)
  }
}
