/**
 * Tokens under a cursor, told as late as upstream reads them: what is unreadable is told when the parser comes to it,
 * so that it counts among the errors at which the parser gives up, and what is behind those is not told.
 */
import type { Source } from '../../source.ts'
import { readTokens, type Token, type Span } from '../lexer.ts'
import { END_OF_TEXT, tokenType } from './grammar.ts'

/** A token with its number in the grammar; one that was missing and is made up has no end. */
export interface Typed {
  readonly type: number
  readonly text: string
  readonly start: number
  readonly end: number
}

const CLASSES = new Map([
  ['word', 'IDENTIFIER'], ['escaped', 'ESC_IDENTIFIER'], ['int', 'NUM_INT'], ['uint', 'NUM_UINT'],
  ['float', 'NUM_FLOAT'], ['string', 'STRING'], ['bytes', 'BYTES'], ['end', '<EOF>'],
])
const KEYWORDS = new Set(['in', 'true', 'false', 'null'])

function typed({ kind, text, start, end }: Token): Typed {
  const isWritten = kind === 'symbol' || (kind === 'word' && KEYWORDS.has(text))
  return { type: tokenType(isWritten ? text : (CLASSES.get(kind) ?? '')), text, start, end }
}

export class TokenFeed {
  readonly #source: Source
  readonly #tokens: readonly Typed[]
  readonly #unreadable: readonly Span[]
  readonly #tell: (offset: number, message: string) => void
  #at = 0
  #told = 0

  constructor(source: Source, tell: (offset: number, message: string) => void) {
    const { tokens, unreadable } = readTokens(source)
    this.#source = source
    this.#tokens = tokens.map(typed)
    this.#unreadable = unreadable
    this.#tell = tell
  }

  get index(): number {
    return this.#at
  }

  peek(ahead = 0): Typed {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]
    if (token === undefined) throw new TypeError('there is always an end')
    this.#tellUntil(token.start)
    return token
  }

  /** The one before the cursor. */
  get last(): Typed | undefined {
    return this.#tokens[this.#at - 1]
  }

  consume(): Typed {
    const token = this.peek()
    if (token.type !== END_OF_TEXT) {
      this.#at += 1
      this.peek()
    }
    return token
  }

  #tellUntil(offset: number): void {
    for (;;) {
      const span = this.#unreadable[this.#told]
      if (span === undefined || span.start >= offset) return
      this.#told += 1
      this.#tell(span.start, `token recognition error at: '${this.#source.slice(span.start, span.end)}'`)
    }
  }

  /** From one token to another, with the space between them, but without what is unreadable. */
  text(first: Typed, last: Typed): string {
    if (first.type === END_OF_TEXT) return first.text
    let text = ''
    let at = first.start
    for (const { start, end } of this.#unreadable) {
      if (start < at || start >= last.end) continue
      text += this.#source.slice(at, start)
      at = end
    }
    return text + this.#source.slice(at, last.end)
  }
}
