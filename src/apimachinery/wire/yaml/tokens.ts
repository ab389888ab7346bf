/**
 * The tokens of YAML as go-yaml v2 finds them (scannerc.go, after libyaml). What may be a simple key is kept until its
 * colon is seen or cannot come any more: only then is it known which tokens stand before it.
 */
import { BLANK_OR_END, BREAK, NUL, type YamlCursor, type YamlSyntaxError } from './cursor.ts'
import { readDirective, type Directive } from './directives.ts'
import { blockText, plainText, quotedText } from './scalars.ts'
import { readTag, taken, type Tag } from './tags.ts'

type BlockStart = 'block sequence' | 'block mapping'

export type TokenKind =
  | 'stream end' | 'directive' | 'document start' | 'document end' | BlockStart | 'block end'
  | '[' | ']' | '{' | '}' | '-' | ',' | 'key' | 'value' | 'alias' | 'anchor' | 'tag' | 'plain' | 'quoted'

export interface Token {
  readonly kind: TokenKind
  /** From 0. */
  readonly line: number
  /** Of a scalar what it says, of an alias or anchor its name. */
  readonly text: string
  readonly directive?: Directive
  readonly tag?: Tag
}

/** What may turn out to be a key once a colon follows, or might have. */
interface SimpleKey {
  isPossible: boolean
  readonly isRequired: boolean
  readonly number: number
  readonly line: number
  readonly column: number
  readonly at: number
}

/** As far behind the beginning of a key a colon is still its own (scannerc.go, simple keys). */
export const MAX_KEY_CHARACTERS = 1024
/** Go-yaml's own limits, beyond which nothing is scanned. */
const MAX_LEVELS = 10_000
const CONTEXT = 'allowed in this context'
const ANCHOR_NAME = /[\w-]*/y
const ANCHOR_ENDS = '?:,]}%@`'
/** What begins no plain text, or not always. */
const SIGNS = new Uint8Array(0x80)
for (const sign of '-?:,[]{}#&*!|>\'"%@`\t') SIGNS[sign.charCodeAt(0)] = 1
const [TAB, SPACE, HASH, DASH] = [0x09, 0x20, 0x23, 0x2d]

export class YamlTokens {
  readonly #cursor: YamlCursor
  #flowLevel = 0
  #indent = -1
  readonly #indents: number[] = []
  #allowsSimpleKey = true
  /** The last one of each level of flow style. */
  readonly #keys: SimpleKey[] = []
  /** Levels of keys by the tokens that they begin with; an entry may outlive its key, which is go-yaml's way. */
  readonly #levels = new Map<number, number>()
  #queue: Token[] = []
  #head = 0
  #taken = 0
  #isReady = false

  constructor(cursor: YamlCursor) {
    this.#cursor = cursor
    this.#keys.push(this.#newKey(false, false))
  }

  /** @throws YamlSyntaxError */
  peek(): Token {
    if (!this.#isReady) {
      while (this.#needsMore()) this.#fetch()
      this.#isReady = true
    }
    return this.#queue[this.#head] ?? { kind: 'stream end', line: this.#cursor.line, text: '' }
  }

  take(): Token {
    const token = this.peek()
    this.#isReady = false
    this.#taken += 1
    this.#head += 1
    if (this.#head === this.#queue.length) {
      this.#queue = []
      this.#head = 0
    }
    return token
  }

  #needsMore(): boolean {
    if (this.#head === this.#queue.length) return true
    const level = this.#levels.get(this.#taken)
    const key = level === undefined ? undefined : this.#keys[level]
    return key !== undefined && this.#isValid(key)
  }

  /** The number of the token that is found next. */
  #next(): number {
    return this.#taken + this.#queue.length - this.#head
  }

  #push(kind: TokenKind, text = '', line = this.#cursor.line): void {
    this.#queue.push({ kind, line, text })
  }

  /** Before the token of that number; behind all others where that has been taken already. */
  #insert(token: Token, number: number): void {
    const place = number - this.#taken
    if (place < 0) this.#queue.push(token)
    else this.#queue.splice(this.#head + place, 0, token)
  }

  #fetch(): void {
    const cursor = this.#cursor
    this.#skipToToken()
    this.#unroll(cursor.column)
    // The reader is asked for as much as the longest sign has.
    cursor.code(3)
    const code = cursor.code()
    if (code === NUL) return this.#endStream()
    if (cursor.isDocumentMark()) return this.#documentMark(code)
    if (SIGNS[code] === 1) return this.#indicator(String.fromCharCode(code))
    this.#plain()
  }

  #indicator(sign: string): void {
    const isSpaced = this.#cursor.is(BLANK_OR_END, 1)
    const isFlow = this.#flowLevel > 0
    switch (sign) {
      case '[': case '{': return this.#openFlow(sign)
      case ']': case '}': return this.#closeFlow(sign)
      case ',': return this.#entry(',')
      case '-': return isSpaced ? this.#blockEntry() : this.#plain()
      case '?': return isFlow || isSpaced ? this.#explicitKey() : this.#plain()
      case ':': return isFlow || isSpaced ? this.#value() : this.#plain()
      case '%': if (this.#cursor.column === 0) return this.#directive(); break
      case '*': return this.#anchor('alias')
      case '&': return this.#anchor('anchor')
      case '!': return this.#tag()
      case '"': case "'": return this.#quoted()
      case '|': case '>': if (!isFlow) return this.#block(sign)
    }
    throw this.#cursor.error('found character that cannot start any token')
  }

  #skipToToken(): void {
    const cursor = this.#cursor
    for (;;) {
      let code = cursor.code()
      while (code === SPACE || (code === TAB && (this.#flowLevel > 0 || !this.#allowsSimpleKey))) code = cursor.next()
      if (code === HASH) cursor.skipToBreak()
      if (!cursor.is(BREAK)) return
      cursor.break()
      if (this.#flowLevel === 0) this.#allowsSimpleKey = true
    }
  }

  #newKey(isPossible: boolean, isRequired: boolean): SimpleKey {
    const { line, column, at } = this.#cursor
    return { isPossible, isRequired, number: this.#next(), line, column, at }
  }

  /** A key is on one line, and not too long. @throws YamlSyntaxError where there has to be one */
  #isValid(key: SimpleKey): boolean {
    if (!key.isPossible) return false
    if (key.line === this.#cursor.line && this.#charactersSince(key.at) <= MAX_KEY_CHARACTERS) return true
    if (key.isRequired) throw this.#noColon()
    key.isPossible = false
    return false
  }

  #charactersSince(start: number): number {
    const { at, text } = this.#cursor
    return at - start <= MAX_KEY_CHARACTERS ? at - start : [...text.slice(start, at)].length
  }

  #noColon(): YamlSyntaxError {
    return this.#cursor.error("could not find expected ':'")
  }

  #saveKey(): void {
    if (!this.#allowsSimpleKey) return
    const isRequired = this.#flowLevel === 0 && this.#indent === this.#cursor.column
    const key = this.#newKey(true, isRequired)
    this.#removeKey()
    this.#keys[this.#flowLevel] = key
    this.#levels.set(key.number, this.#flowLevel)
  }

  #removeKey(): void {
    const key = this.#keys[this.#flowLevel]
    if (key?.isPossible !== true) return
    if (key.isRequired) throw this.#noColon()
    key.isPossible = false
    this.#levels.delete(key.number)
  }

  #roll(column: number, kind: BlockStart, { number, line }: Pick<SimpleKey, 'number' | 'line'>): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return
    this.#indents.push(this.#indent)
    this.#indent = column
    if (this.#indents.length > MAX_LEVELS) throw this.#tooDeep()
    this.#insert({ kind, line, text: '' }, number)
  }

  /** At the cursor, behind all other tokens. */
  #rollHere(kind: BlockStart): void {
    this.#roll(this.#cursor.column, kind, { number: this.#next(), line: this.#cursor.line })
  }

  #tooDeep(): YamlSyntaxError {
    return this.#cursor.error(`exceeded max depth of ${String(MAX_LEVELS)}`)
  }

  #unroll(column: number): void {
    if (this.#flowLevel > 0) return
    while (this.#indent > column) {
      this.#push('block end')
      this.#indent = this.#indents.pop() ?? -1
    }
  }

  /** Out of all blocks, before what can be no key. */
  #leaveBlocks(): void {
    this.#unroll(-1)
    this.#removeKey()
    this.#allowsSimpleKey = false
  }

  #endStream(): void {
    this.#cursor.endLine()
    this.#leaveBlocks()
    this.#push('stream end')
  }

  #directive(): void {
    this.#leaveBlocks()
    const { line } = this.#cursor
    const directive = readDirective(this.#cursor)
    this.#queue.push({ kind: 'directive', line, text: '', directive })
  }

  #documentMark(code: number): void {
    this.#leaveBlocks()
    this.#push(code === DASH ? 'document start' : 'document end')
    this.#cursor.at += 3
  }

  #openFlow(sign: '[' | '{'): void {
    this.#saveKey()
    this.#flowLevel += 1
    this.#keys[this.#flowLevel] = this.#newKey(false, false)
    if (this.#flowLevel > MAX_LEVELS) throw this.#tooDeep()
    this.#allowsSimpleKey = true
    this.#push(sign)
    this.#cursor.at++
  }

  #closeFlow(sign: ']' | '}'): void {
    this.#removeKey()
    const last = this.#flowLevel > 0 ? this.#keys.pop() : undefined
    if (last !== undefined) {
      this.#flowLevel -= 1
      this.#levels.delete(last.number)
    }
    this.#allowsSimpleKey = false
    this.#push(sign)
    this.#cursor.at++
  }

  #entry(sign: ',' | '-'): void {
    this.#removeKey()
    this.#allowsSimpleKey = true
    this.#push(sign)
    this.#cursor.at++
  }

  #blockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#allowsSimpleKey) throw this.#cursor.error(`block sequence entries are not ${CONTEXT}`)
      this.#rollHere('block sequence')
    }
    this.#entry('-')
  }

  #explicitKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#allowsSimpleKey) throw this.#cursor.error(`mapping keys are not ${CONTEXT}`)
      this.#rollHere('block mapping')
    }
    this.#removeKey()
    this.#allowsSimpleKey = this.#flowLevel === 0
    this.#push('key')
    this.#cursor.at++
  }

  #value(): void {
    const key = this.#keys[this.#flowLevel]
    if (key !== undefined && this.#isValid(key)) {
      this.#insert({ kind: 'key', line: key.line, text: '' }, key.number)
      this.#roll(key.column, 'block mapping', key)
      key.isPossible = false
      this.#levels.delete(key.number)
      this.#allowsSimpleKey = false
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#allowsSimpleKey) throw this.#cursor.error(`mapping values are not ${CONTEXT}`)
        this.#rollHere('block mapping')
      }
      this.#allowsSimpleKey = this.#flowLevel === 0
    }
    this.#push('value')
    this.#cursor.at++
  }

  #anchor(kind: 'alias' | 'anchor'): void {
    this.#saveKey()
    this.#allowsSimpleKey = false
    const cursor = this.#cursor
    cursor.at++
    const name = taken(cursor, ANCHOR_NAME)
    const isEnded = cursor.is(BLANK_OR_END) || ANCHOR_ENDS.includes(String.fromCharCode(cursor.code()))
    if (name === '' || !isEnded) throw cursor.error('did not find expected alphabetic or numeric character')
    this.#push(kind, name)
  }

  #tag(): void {
    this.#saveKey()
    this.#allowsSimpleKey = false
    const tag = readTag(this.#cursor)
    this.#queue.push({ kind: 'tag', line: this.#cursor.line, text: '', tag })
  }

  #block(sign: string): void {
    this.#removeKey()
    this.#allowsSimpleKey = true
    const { line } = this.#cursor
    this.#push('quoted', blockText(this.#cursor, this.#indent, sign === '|'), line)
  }

  #quoted(): void {
    this.#saveKey()
    this.#allowsSimpleKey = false
    const { line } = this.#cursor
    this.#push('quoted', quotedText(this.#cursor), line)
  }

  #plain(): void {
    this.#saveKey()
    this.#allowsSimpleKey = false
    const { line } = this.#cursor
    const { text, endsLine } = plainText(this.#cursor, this.#indent + 1, this.#flowLevel > 0)
    this.#push('plain', text, line)
    if (endsLine) this.#allowsSimpleKey = true
  }
}
