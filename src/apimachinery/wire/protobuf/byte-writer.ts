/**
 * Writes protobuf back to front: what is nested is written before its length, which is known then, so that nothing is
 * measured twice or moved. The buffer is kept between uses unless it has become large. Knows wire types, no fields.
 */
import type { Int64 } from '../../../lib/exact-json.ts'
const INITIAL_BYTES = 16 * 1024

/** A larger buffer is given back when it was used: one large list must not stay in memory. */
const MAX_KEPT_BYTES = 1024 * 1024

/** Texts up to here are copied character by character, which is faster than asking the platform. */
const SHORT_TEXT = 80

/** The longest varint, and room for a tag beside it. */
const SCALAR_BYTES = 16

const TWO_32 = 4_294_967_296
const MASK_32 = 0xffffffffn

const textEncoder = new TextEncoder()

export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_BYTES)
  #view = new DataView(this.#bytes.buffer)
  /** Everything from here to the end is written. */
  #at = INITIAL_BYTES

  /** How much is written. */
  get length(): number {
    return this.#bytes.length - this.#at
  }

  /** All that was written since the last time. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(this.#at)
    this.clear()
    return taken
  }

  clear(): void {
    if (this.#bytes.length > MAX_KEPT_BYTES) this.#use(new Uint8Array(INITIAL_BYTES))
    this.#at = this.#bytes.length
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }

  #makeRoom(size: number): void {
    if (this.#at >= size) return
    const { length } = this
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, length + size))
    grown.set(this.#bytes.subarray(this.#at), grown.length - length)
    this.#use(grown)
    this.#at = grown.length - length
  }

  byte(value: number): void {
    this.#makeRoom(1)
    this.#bytes[--this.#at] = value
  }

  /** An integer as int32 and int64 have it: negative ones take ten bytes. */
  varint(value: Int64): void {
    this.#makeRoom(SCALAR_BYTES)
    if (typeof value === 'bigint') {
      this.#longVarint(Number(value & MASK_32), Number((value >> 32n) & MASK_32))
    } else if (value >= 0 && value < 128) this.#bytes[--this.#at] = value
    else {
      const whole = Math.trunc(value)
      this.#longVarint(whole >>> 0, Math.floor(whole / TWO_32) >>> 0)
    }
  }

  /** The two halves of 64 bits. */
  #longVarint(low: number, high: number): void {
    let at = this.#at - varintLength(low, high)
    this.#at = at
    const bytes = this.#bytes
    let [rest, above] = [low, high]
    while (above > 0 || rest > 127) {
      bytes[at++] = (rest & 127) | 128
      rest = ((rest >>> 7) | (above << 25)) >>> 0
      above >>>= 7
    }
    bytes[at] = rest
  }

  double(value: number): void {
    this.#makeRoom(SCALAR_BYTES)
    this.#at -= 8
    this.#view.setFloat64(this.#at, value, true)
  }

  /** Four bytes, the highest first: what stands before a frame of a stream. */
  bigEndian32(value: number): void {
    this.#makeRoom(SCALAR_BYTES)
    this.#at -= 4
    this.#view.setUint32(this.#at, value)
  }

  /** A text behind its length. */
  text(text: string): void {
    const before = this.length
    if (text.length > SHORT_TEXT || !this.#shortText(text)) this.#longText(text)
    this.varint(this.length - before)
  }

  /** Bytes behind their length. */
  bytes(bytes: Uint8Array): void {
    this.raw(bytes)
    this.varint(bytes.length)
  }

  raw(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length)
    this.#at -= bytes.length
    this.#bytes.set(bytes, this.#at)
  }

  /** False, and nothing written, when the text is not plain ASCII. */
  #shortText(text: string): boolean {
    this.#makeRoom(SHORT_TEXT)
    const bytes = this.#bytes
    let at = this.#at
    for (let index = text.length - 1; index >= 0; index--) {
      const code = text.charCodeAt(index)
      if (code > 127) return false
      bytes[--at] = code
    }
    this.#at = at
    return true
  }

  #longText(text: string): void {
    const { length } = text
    this.#makeRoom(length)
    const start = this.#at - length
    const { read, written } = textEncoder.encodeInto(text, this.#bytes.subarray(start, this.#at))
    // As many bytes as characters: it is plain ASCII and lies where it should.
    if (read === length && written === length) this.#at = start
    else this.raw(textEncoder.encode(text))
  }
}

function varintLength(low: number, high: number): number {
  if (high === 0) return low < 128 ? 1 : Math.ceil((32 - Math.clz32(low)) / 7)
  return Math.ceil((64 - Math.clz32(high)) / 7)
}
