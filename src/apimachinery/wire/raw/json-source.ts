/**
 * JSON read by the places of its text: for whoever needs what was written, and not only what it says. The text is known
 * to be JSON, and to nest no deeper than what can be walked.
 */
import { writtenNumber } from '../../../lib/exact-json.ts'

const ESCAPES = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2}|.)/g

/** Go reads an escape that is half of a character as the character that stands for none. */
export function withWholeCharacters(text: string): string {
  if (!text.includes('\\u') || !/\\u[dD][89a-fA-F]/.test(text)) return text
  return text.replaceAll(ESCAPES, (escape) => (/^\\u[dD].{3}$/.test(escape) ? '\\ufffd' : escape))
}

const BLANK = /[ \t\n\r]*/y
const TEXT = /"[^"\\]*(?:\\.[^"\\]*)*"/y
const TEXT_OR_BRACKET = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/g
const WORD = /[^\s,:\]}]+/y

/** What a text, number or word says; a number as it was written where that is more than its digits. */
export function scalarOf(written: string): unknown {
  return /^["tfn]/.test(written) ? JSON.parse(withWholeCharacters(written)) : writtenNumber(written)
}

export class JsonSource {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Where it is. */
  get at(): number {
    return this.#at
  }

  /** What stands from there to where it is. */
  since(start: number): string {
    return this.#text.slice(start, this.#at)
  }

  /** The first character of what comes next. */
  peek(): string {
    BLANK.lastIndex = this.#at
    BLANK.test(this.#text)
    this.#at = BLANK.lastIndex
    return this.#text.charAt(this.#at)
  }

  /** The next value as it was written. */
  value(): string {
    const first = this.peek()
    const start = this.#at
    if (first === '{' || first === '[') this.#skipBrackets()
    else this.#skip(first === '"' ? TEXT : WORD)
    return this.since(start)
  }

  /** The names of the object that comes next; whoever goes through them reads the value of each. */
  * names(): Generator<string> {
    this.#opening()
    while (this.peek() !== '}') {
      const name = JSON.parse(withWholeCharacters(this.value())) as string
      this.peek()
      this.#at++
      yield name
      if (this.peek() === ',') this.#at++
    }
    this.#at++
  }

  /** The places of the list that comes next; whoever goes through them reads the value of each. */
  * places(): Generator<number> {
    this.#opening()
    for (let place = 0; this.peek() !== ']'; place++) {
      yield place
      if (this.peek() === ',') this.#at++
    }
    this.#at++
  }

  #opening(): void {
    this.peek()
    this.#at++
  }

  #skip(token: RegExp): void {
    token.lastIndex = this.#at
    token.test(this.#text)
    this.#at = token.lastIndex
  }

  #skipBrackets(): void {
    TEXT_OR_BRACKET.lastIndex = this.#at
    for (let depth = 0; ;) {
      const [token = ''] = TEXT_OR_BRACKET.exec(this.#text) ?? []
      if (token === '{' || token === '[') depth++
      else if (token === '}' || token === ']') depth--
      if (depth === 0) break
    }
    this.#at = TEXT_OR_BRACKET.lastIndex
  }
}
