/**
 * What is in a body of YAML as go-yaml's reader has it (readerc.go): UTF-8, or UTF-16 where its mark says so. It decodes
 * 512 bytes at a time, so that what is wrong with a character is told as soon as the scanner needs the first one of
 * its chunk, and not at all where the document ends before.
 */
import { characterAt, type ReadCharacter } from '../utf8.ts'

export interface YamlText {
  readonly text: string
  /** What is said of the characters behind `text`; undefined: there are none. */
  readonly fault?: string
}

const CHUNK_BYTES = 512
const BYTE_ORDER_MARK = '\ufeff'
const CONTROL = /[\0-\x08\v\f\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/
export const CONTROL_FAULT = 'control characters are not allowed'

/** Whether `text` has a character that go-yaml never reads. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text)
}

/** `body`: bytes where they are not known to be UTF-8. */
export function yamlText(body: string | Uint8Array): YamlText {
  if (typeof body !== 'string') return decode(body)
  if (hasControl(body)) return decode(new TextEncoder().encode(body))
  return { text: body.startsWith(BYTE_ORDER_MARK) ? body.slice(1) : body }
}

/** Whether `bytes` begin with a mark of UTF-16. */
export function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
}

function decode(bytes: Uint8Array): YamlText {
  const isWide = isUtf16(bytes)
  const low = bytes[0] === 0xff ? 0 : 1
  let text = ''
  /** How much of the text stands before the chunk. */
  let before = 0
  let chunkEnd = CHUNK_BYTES
  for (let at = isWide ? 2 : markWidth(bytes); at < bytes.length;) {
    const { width, value, fault } = isWide ? wideCharacterAt(bytes, at, low) : characterAt(bytes, at)
    // A character that the end of a chunk cuts off begins the next one.
    if (at >= chunkEnd || at + width > Math.min(chunkEnd, bytes.length)) {
      before = text.length
      chunkEnd = at + CHUNK_BYTES
    }
    const character = String.fromCodePoint(value)
    const why = fault ?? (hasControl(character) ? CONTROL_FAULT : undefined)
    if (why !== undefined) return { text: text.slice(0, before), fault: why }
    text += character
    at += width
  }
  return { text }
}

function markWidth([first, second, third]: Uint8Array): number {
  return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0
}

/** The first six bits of the two halves of a character. */
const HIGH_HALF = 0xd800
const LOW_HALF = 0xdc00

/** `low`: which of two bytes is the low one. */
function wideCharacterAt(bytes: Uint8Array, at: number, low: number): ReadCharacter {
  const unitAt = (start: number): number => (bytes[start + low] ?? 0) + ((bytes[start + 1 - low] ?? 0) << 8)
  if (at + 2 > bytes.length) return { width: 2, value: 0, fault: 'incomplete UTF-16 character' }
  const unit = unitAt(at)
  if ((unit & 0xfc00) === LOW_HALF) return { width: 2, value: 0, fault: 'unexpected low surrogate area' }
  if ((unit & 0xfc00) !== HIGH_HALF) return { width: 2, value: unit }
  if (at + 4 > bytes.length) return { width: 4, value: 0, fault: 'incomplete UTF-16 surrogate pair' }
  const second = unitAt(at + 2)
  if ((second & 0xfc00) !== LOW_HALF) return { width: 4, value: 0, fault: 'expected low surrogate area' }
  return { width: 4, value: 0x10000 + ((unit & 0x3ff) << 10) + (second & 0x3ff) }
}
