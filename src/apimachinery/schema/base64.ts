/**
 * Bytes in JSON as Go reads and prints them: base64 with line ends skipped and the unused bits of the last character
 * forgiven, or a list of numbers (encoding/base64 StdEncoding, encoding/json). What is accepted comes out canonical.
 */
const CANONICAL = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/
const DIGIT = /[A-Za-z0-9+/]/
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const IN_A_GROUP = 4

/** The canonical text, or the place of the byte where Go's decoder gives up. */
export function canonicalBase64(said: string): string | number {
  if (CANONICAL.test(said)) return said
  const corrupt = corruptAt(said)
  if (corrupt !== undefined) return corrupt
  const text = said.replaceAll(/[\r\n]/g, '')
  const padding = text.length - text.replace(/=+$/, '').length
  if (padding === 0) return text
  const last = text.length - padding - 1
  const usedBits = padding === 2 ? 0b110000 : 0b111100
  return `${text.slice(0, last)}${DIGITS[DIGITS.indexOf(text[last] ?? '') & usedBits] ?? ''}${'='.repeat(padding)}`
}

export function base64OfNumbers(bytes: readonly number[]): string {
  return btoa(String.fromCharCode(...bytes))
}

/** Undefined where the text is sound. */
function corruptAt(text: string): number | undefined {
  let inGroup = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (character === '\n' || character === '\r') continue
    if (DIGIT.test(character)) {
      inGroup = (inGroup + 1) % IN_A_GROUP
      continue
    }
    return character === '=' && inGroup >= 2 ? paddingCorruptAt(text, at, inGroup) : at
  }
  return inGroup === 0 ? undefined : text.length - inGroup
}

/** `at`: the first `=`, after so many digits of its group. */
function paddingCorruptAt(text: string, at: number, inGroup: number): number | undefined {
  let next = afterLineEnds(text, at + 1)
  if (inGroup === 2) {
    if (next === text.length) return next
    if (text[next] !== '=') return next - 1
    next = afterLineEnds(text, next + 1)
  }
  return next < text.length ? next : undefined
}

function afterLineEnds(text: string, from: number): number {
  let at = from
  while (text[at] === '\n' || text[at] === '\r') at += 1
  return at
}
