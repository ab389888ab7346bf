/**
 * Why a text is no JSON, in the words of Go's encoding/json (scanner.go), which clients get to see. Runs only on text
 * that JSON.parse has refused, so it may be slow; it is iterative, so depth does not matter.
 */

import { quote } from '../field-path.ts'

/** Go's quoteChar, which takes the first byte of a character for one. */
function quoteCharacter(text: string, at: number, isBytes: boolean): string {
  const [byte = 0] = new TextEncoder().encode(String.fromCodePoint(text.codePointAt(at) ?? 0))
  const character = isBytes ? text.charAt(at) : String.fromCharCode(byte)
  if (character === "'") return "'\\''"
  if (character === '"') return "'\"'"
  return `'${quote(character).slice(1, -1)}'`
}

const TAKES_NO_SPACE = /^(?:in (?!string literal)|after decimal point)/

class JsonScanner {
  readonly #text: string
  readonly #isBytes: boolean
  #at = 0

  constructor(text: string, isBytes: boolean) {
    this.#text = text
    this.#isBytes = isBytes
  }

  /** The error's text; undefined when the text is JSON after all. */
  scan(): string | undefined {
    const open: ('{' | '[')[] = []
    for (;;) {
      const fault = this.#value(open)
      if (fault !== undefined) return fault
      if (open.length === 0) return this.#end()
    }
  }

  /** Reads up to the next complete scalar or opening, then whatever closes after it. */
  #value(open: ('{' | '[')[]): string | undefined {
    const character = this.#peek()
    if (character === '{' || character === '[') {
      this.#at++
      open.push(character)
      const next = this.#peek()
      if (next === (character === '{' ? '}' : ']')) return this.#close(open)
      return character === '{' ? this.#key() : undefined
    }
    return this.#scalar(character) ?? this.#afterValue(open)
  }

  #close(open: ('{' | '[')[]): string | undefined {
    this.#at++
    open.pop()
    return this.#afterValue(open)
  }

  #afterValue(open: ('{' | '[')[]): string | undefined {
    const container = open.at(-1)
    if (container === undefined) return undefined
    const next = this.#peek()
    if (next === (container === '{' ? '}' : ']')) return this.#close(open)
    if (next !== ',') {
      return this.#fault(container === '{' ? 'after object key:value pair' : 'after array element')
    }
    this.#at++
    return container === '{' ? this.#key() : undefined
  }

  #key(): string | undefined {
    if (this.#peek() !== '"') return this.#fault('looking for beginning of object key string')
    const fault = this.#string()
    if (fault !== undefined) return fault
    if (this.#peek() !== ':') return this.#fault('after object key')
    this.#at++
    return undefined
  }

  #scalar(character: string): string | undefined {
    if (character === '"') return this.#string()
    if (character === 't') return this.#literal('true')
    if (character === 'f') return this.#literal('false')
    if (character === 'n') return this.#literal('null')
    if (/[-0-9]/.test(character)) return this.#number()
    return this.#fault('looking for beginning of value')
  }

  #literal(literal: string): string | undefined {
    for (const expected of literal.slice(1)) {
      this.#at++
      if (this.#text[this.#at] !== expected) return this.#fault(`in literal ${literal} (expecting '${expected}')`)
    }
    this.#at++
    return undefined
  }

  #string(): string | undefined {
    for (this.#at++; this.#text[this.#at] !== '"'; this.#at++) {
      const character = this.#text[this.#at]
      if (character === undefined || character < ' ') return this.#fault('in string literal')
      if (character !== '\\') continue
      this.#at++
      const escape = this.#text[this.#at] ?? ''
      if (escape === 'u') {
        for (let digit = 0; digit < 4; digit++) {
          this.#at++
          if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) return this.#fault('in \\u hexadecimal character escape')
        }
      } else if (escape === '' || !'bfnrt\\/"'.includes(escape)) return this.#fault('in string escape code')
    }
    this.#at++
    return undefined
  }

  #number(): string | undefined {
    if (this.#text[this.#at] === '-') this.#at++
    if (this.#text[this.#at] === '0') this.#at++
    else if (!this.#digits()) return this.#fault('in numeric literal')
    if (this.#text[this.#at] === '.') {
      this.#at++
      if (!this.#digits()) return this.#fault('after decimal point in numeric literal')
    }
    if (this.#text[this.#at] !== 'e' && this.#text[this.#at] !== 'E') return undefined
    this.#at++
    if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++
    return this.#digits() ? undefined : this.#fault('in exponent of numeric literal')
  }

  #digits(): boolean {
    const start = this.#at
    while (/[0-9]/.test(this.#text[this.#at] ?? '')) this.#at++
    return this.#at > start
  }

  #end(): string | undefined {
    return this.#peek() === '' ? undefined : this.#fault('after top-level value')
  }

  /** The next character that is no blank; empty at the end. */
  #peek(): string {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++
    return this.#text[this.#at] ?? ''
  }

  #fault(where: string): string {
    if (this.#at >= this.#text.length) {
      // What has ended is followed by a space to Go's scanner, which some places take.
      return TAKES_NO_SPACE.test(where) ? `invalid character ' ' ${where}` : 'unexpected end of JSON input'
    }
    return `invalid character ${quoteCharacter(this.#text, this.#at, this.#isBytes)} ${where}`
  }
}

/** Undefined when `text` is JSON. `isBytes`: its characters are the bytes of what is no text. */
export function jsonSyntaxError(text: string, isBytes = false): string | undefined {
  return new JsonScanner(text, isBytes).scan()
}
