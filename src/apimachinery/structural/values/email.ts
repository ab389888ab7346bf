/**
 * Whether a text is an e-mail address as Go's net/mail reads one (RFC 5322 as far as ParseAddress goes): `a@b.example`,
 * `Name <a@b.example>`, with quoted parts and comments. Only the answer is wanted, so nothing is decoded.
 */
// Printable bytes that may stand in an atom; what is no ASCII may, too.
const ATOM = /[^\s"(),:;<>@[\\\]\u0000-\u001f\u007f.]+/y
const DOTTED = /[^\s"(),:;<>@[\\\]\u0000-\u001f\u007f]+/y
const LITERAL = /\[[^[\]\\]*\]/y

/** The text under a cursor, which goes forward only: what may follow may be long. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length
  }

  take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  peek(): string {
    return this.#text.charAt(this.#at)
  }

  skipSpace(): void {
    while (this.peek() === ' ' || this.peek() === '\t') this.#at++
  }

  /** Space and comments, which nest. False for a comment without an end. */
  skipComments(): boolean {
    for (;;) {
      this.skipSpace()
      if (!this.take('(')) return true
      for (let depth = 1; depth > 0; ) {
        const next = this.peek()
        if (next === '') return false
        if (next === '(') depth++
        if (next === ')') depth--
        this.#at += next === '\\' && this.#at + 1 < this.#text.length ? 2 : 1
      }
    }
  }

  /** `"…"`, with what is in it not looked at beyond its escapes: no control characters but tabs. */
  quoted(): boolean {
    let at = this.#at + 1
    for (; at < this.#text.length; at++) {
      const isEscape = this.#text[at] === '\\'
      if (isEscape) at++
      else if (this.#text[at] === '"') {
        this.#at = at + 1
        return true
      }
      const code = this.#text.charCodeAt(at)
      if (Number.isNaN(code) || (code < 0x20 && code !== 9) || code === 0x7f) return false
    }
    return false
  }

  atom(allowsDots: boolean): boolean {
    const atom = this.#match(allowsDots ? DOTTED : ATOM)
    return atom !== '' && !(atom.startsWith('.') || atom.endsWith('.') || atom.includes('..'))
  }

  literal(): boolean {
    return this.#match(LITERAL) !== ''
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }
}

export function isEmailAddress(text: string): boolean {
  return isPlain(text) || isNamed(text)
}

function addrSpec(reader: Reader): boolean {
  if (!reader.skipComments()) return false
  if (!(reader.peek() === '"' ? reader.quoted() : reader.atom(true))) return false
  reader.skipSpace()
  if (!reader.take('@')) return false
  reader.skipSpace()
  return reader.peek() === '[' ? reader.literal() : reader.atom(true)
}

function isPlain(text: string): boolean {
  const reader = new Reader(text)
  return addrSpec(reader) && reader.skipComments() && reader.isAtEnd
}

/** `Name <a@b>`: words, then the address in brackets. */
function isNamed(text: string): boolean {
  const reader = new Reader(text)
  if (!reader.skipComments()) return false
  while (reader.peek() !== '<') {
    if (!(reader.peek() === '"' ? reader.quoted() : reader.atom(true))) return false
    if (!reader.skipComments()) return false
  }
  if (!reader.take('<') || !addrSpec(reader)) return false
  reader.skipSpace()
  return reader.take('>') && reader.skipComments() && reader.isAtEnd
}
