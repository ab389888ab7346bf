/** Tokens under a cursor, of a text that is expected to parse: the first token that does not fit ends it. */
import type { Token } from './lexer.ts'

/** The text does not parse, or not as simply as it is tried here. Why is told by another reader (`recovery`). */
export class NotParsed extends Error {}

export class TokenStream {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  peek(ahead = 0): Token {
    const last = this.#tokens.length - 1
    const token = this.#tokens[Math.min(this.#at + ahead, last)]
    if (token === undefined) throw new NotParsed()
    return token
  }

  is(...texts: string[]): boolean {
    const { kind, text } = this.peek()
    return (kind === 'symbol' || (kind === 'word' && text === 'in')) && texts.includes(text)
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#at += 1
    return token
  }

  take(text: string): Token | undefined {
    return this.is(text) ? this.next() : undefined
  }

  expect(text: string): Token {
    if (!this.is(text)) throw new NotParsed()
    return this.next()
  }
}
