/**
 * Whether a text is an e-mail address as Go's net/mail reads one (RFC 5322 as far as ParseAddress goes): `a@b.example`,
 * `Name <a@b.example>`, with quoted parts and comments. Only the answer is wanted, so nothing is decoded.
 */
// Printable bytes that may stand in an atom; what is no ASCII may, too.
const ATEXT = /[^\s"(),:;<>@[\\\]\u0000-\u001f\u007f.]/u

// Control characters may not stand in quoted text, but for tabs.
const QUOTED = /^"(?:[^"\\\u0000-\u0008\u000a-\u001f\u007f]|\\[^\u0000-\u0008\u000a-\u001f\u007f])*"/u

/** What is left of the text, or undefined once something does not fit. */
class Reader {
  #rest: string

  constructor(text: string) {
    this.#rest = text
  }

  get isAtEnd(): boolean {
    return this.#rest === ''
  }

  take(text: string): boolean {
    if (!this.#rest.startsWith(text)) return false
    this.#rest = this.#rest.slice(text.length)
    return true
  }

  peek(): string {
    return this.#rest.slice(0, 1)
  }

  skipSpace(): void {
    this.#rest = this.#rest.replace(/^[ \t]+/, '')
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
        this.#rest = this.#rest.slice(next === '\\' && this.#rest.length > 1 ? 2 : 1)
      }
    }
  }

  /** `"…"`, with what is in it not looked at beyond its escapes. */
  quoted(): boolean {
    const found = QUOTED.exec(this.#rest)
    if (found === null) return false
    this.#rest = this.#rest.slice(found[0].length)
    return true
  }

  atom(allowsDots: boolean): boolean {
    const characters = [...this.#rest]
    const end = characters.findIndex((one) => !(ATEXT.test(one) || (allowsDots && one === '.')))
    const atom = (end < 0 ? characters : characters.slice(0, end)).join('')
    if (atom === '' || atom.startsWith('.') || atom.endsWith('.') || atom.includes('..')) return false
    this.#rest = this.#rest.slice(atom.length)
    return true
  }

  literal(): boolean {
    const found = /^\[[^[\]\\]*\]/u.exec(this.#rest)
    if (found === null) return false
    this.#rest = this.#rest.slice(found[0].length)
    return true
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
