/** Characters that a text in double quotes of YAML has as escapes, as go-yaml writes them (emitterc.go). */
import { UNPRINTABLE } from './styles.ts'

export function isBreak(character: string): boolean {
  switch (character) {
    case '\n':
    case '\r':
    case '\u0085':
    case '\u2028':
    case '\u2029':
      return true
    default:
      return false
  }
}

/** Whether a character has to be escaped in a text with nothing special about it. */
export function isEscaped(character: string): boolean {
  return UNPRINTABLE.test(character) || isBreak(character) || character === '"' || character === '\\'
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0', '\x07': 'a', '\b': 'b', '\t': 't', '\n': 'n', '\v': 'v', '\f': 'f', '\r': 'r', '\x1b': 'e', '"': '"',
  '\\': '\\', '\u0085': 'N', '\xa0': '_', '\u2028': 'L', '\u2029': 'P',
}

export function escaped(character: string): string {
  const short = SHORT_ESCAPES[character]
  if (short !== undefined) return `\\${short}`
  const code = character.codePointAt(0) ?? 0
  const [letter, length] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8]
  return `\\${letter}${code.toString(16).toUpperCase().padStart(length, '0')}`
}

/** Go asks of each character whether the text begins with a byte order mark: then all are escaped. */
export function escapesAll(text: string): boolean {
  return text.startsWith('\ufeff')
}
