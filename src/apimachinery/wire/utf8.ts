/**
 * Bytes that are no UTF-8, as Go's readers have them: encoding/json makes a sign of each byte that stands for nothing
 * (unicode/utf8), go-yaml refuses them (readerc.go).
 */
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true, fatal: false })
const STRICT = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
const NO_CHARACTER = '\ufffd'

/** `bytes` as the text that they mostly are; `isBroken` where some are none. A mark at the beginning is kept. */
export function decodeUtf8(bytes: Uint8Array): { readonly text: string; readonly isBroken: boolean } {
  const text = DECODER.decode(bytes)
  if (!text.includes(NO_CHARACTER) || strictText(bytes) !== undefined) return { text, isBroken: false }
  return { text: byteByByte(bytes), isBroken: true }
}

const CHUNK = 8_192

/** A character for each of `bytes`. */
export function charactersOf(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return text
}

/** `bytes` as text; undefined where some are none. */
export function strictText(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes)
  } catch {
    return undefined
  }
}

/** `bytes` as text that still tells those that are none: of each, a half of a character, U+DC00 and its value. */
export function withBytes(bytes: Uint8Array): string {
  return strictText(bytes) ?? byteByByte(bytes, (byte) => String.fromCharCode(0xdc00 + byte))
}

function byteByByte(bytes: Uint8Array, instead: (byte: number) => string = () => NO_CHARACTER): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const { width, fault } = characterAt(bytes, at)
    text += fault === undefined ? DECODER.decode(bytes.subarray(at, at + width)) : instead(bytes[at] ?? 0)
    at += fault === undefined ? width : 1
  }
  return text
}

/** The least that a sequence of this many bytes stands for: less has a shorter one. */
const LEAST: readonly number[] = [0, 0, 0x80, 0x800, 0x10000]

export interface ReadCharacter {
  /** In bytes. */
  readonly width: number
  readonly value: number
  /** Why it is none, in go-yaml's words. */
  readonly fault?: string
}

/** How many bytes a character has that begins with `first`; 0: none does. */
export function characterWidth(first: number): number {
  return first < 0x80 ? 1 : first >> 5 === 0b110 ? 2 : first >> 4 === 0b1110 ? 3 : first >> 3 === 0b11110 ? 4 : 0
}

export function characterAt(bytes: Uint8Array, start: number): ReadCharacter {
  const first = bytes[start] ?? 0
  const width = characterWidth(first)
  if (width === 0) return { width, value: 0, fault: 'invalid leading UTF-8 octet' }
  if (start + width > bytes.length) return { width, value: 0, fault: 'incomplete UTF-8 octet sequence' }
  let value = width === 1 ? first : first & (0xff >> (width + 1))
  for (const byte of bytes.subarray(start + 1, start + width)) {
    if (byte >> 6 !== 0b10) return { width, value: 0, fault: 'invalid trailing UTF-8 octet' }
    value = (value << 6) + (byte & 0x3f)
  }
  if (value < (LEAST[width] ?? 0)) return { width, value: 0, fault: 'invalid length of a UTF-8 sequence' }
  const isNone = (value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff
  return isNone ? { width, value: 0, fault: 'invalid Unicode character' } : { width, value }
}
