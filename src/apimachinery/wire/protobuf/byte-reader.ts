/**
 * Reads protobuf's wire types out of bytes, with a window (`end`) that messages narrow for what is nested in them.
 * What Go's generated code refuses is refused with its text. Texts that are no UTF-8 are read with replacement
 * characters, as they would be once Go printed them.
 */
import type { Int64 } from '../../../lib/exact-json.ts'
import { ProtobufError } from './message-table.ts'

export const VARINT = 0
export const FIXED64 = 1
export const LENGTH_DELIMITED = 2
const START_GROUP = 3
const END_GROUP = 4
const FIXED32 = 5

/** Texts up to here are read byte by byte, which is faster than asking the platform; eight at a time for the same reason. */
const SHORT_TEXT = 96
/** Groups in groups, of fields that nobody knows. */
const MAX_GROUPS = 100
const TWO_32 = 4_294_967_296

const textDecoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  at = 0
  end: number
  #low = 0
  #high = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.end = bytes.length
  }

  /** The low half of a varint, as uint32 has it. */
  uint32(): number {
    const byte = this.#bytes[this.at] ?? 0
    if (byte < 128 && this.at < this.end) {
      this.at++
      return byte
    }
    this.#readVarint()
    return this.#low >>> 0
  }

  int32(): number {
    return this.uint32() | 0
  }

  int64(): Int64 {
    this.#readVarint()
    const value = (this.#high | 0) * TWO_32 + (this.#low >>> 0)
    return Number.isSafeInteger(value) ? value : (BigInt(this.#high | 0) << 32n) | BigInt(this.#low >>> 0)
  }

  bool(): boolean {
    this.#readVarint()
    return (this.#low | this.#high) !== 0
  }

  #readVarint(): void {
    let [low, high] = [0, 0]
    for (let shift = 0; ; shift += 7) {
      if (shift >= 64) throw new ProtobufError('proto: integer overflow')
      if (this.at >= this.end) throw endsTooSoon()
      const byte = this.#bytes[this.at++] ?? 0
      const bits = byte & 127
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high |= bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 128) break
    }
    this.#low = low
    this.#high = high
  }

  double(): number {
    this.#need(8)
    this.at += 8
    return this.#view.getFloat64(this.at - 8, true)
  }

  /** Where a length-delimited field ends. */
  endOfField(): number {
    const length = Number(this.int64())
    if (length < 0) throw new ProtobufError('proto: negative length found during unmarshaling')
    this.#need(length)
    return this.at + length
  }

  text(): string {
    const end = this.endOfField()
    const { at } = this
    this.at = end
    return end - at > SHORT_TEXT ? this.#longText(at, end) : this.#shortText(at, end)
  }

  #shortText(start: number, end: number): string {
    const bytes = this.#bytes
    let text = ''
    let at = start
    for (; at + 8 <= end; at += 8) {
      const [a, b, c, d] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0]
      const [e, f, g, h] = [bytes[at + 4] ?? 0, bytes[at + 5] ?? 0, bytes[at + 6] ?? 0, bytes[at + 7] ?? 0]
      if ((a | b | c | d | e | f | g | h) > 127) return this.#longText(start, end)
      text += String.fromCharCode(a, b, c, d, e, f, g, h)
    }
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0
      if (byte > 127) return this.#longText(start, end)
      text += String.fromCharCode(byte)
    }
    return text
  }

  #longText(start: number, end: number): string {
    return textDecoder.decode(this.#bytes.subarray(start, end))
  }

  bytes(): Uint8Array {
    const end = this.endOfField()
    const { at } = this
    this.at = end
    return this.#bytes.subarray(at, end)
  }

  #need(length: number): void {
    if (this.at + length > this.end) throw endsTooSoon()
  }

  /** Goes past a field that nobody knows. */
  skip(wireType: number, groups = 0): void {
    if (wireType === VARINT) this.#readVarint()
    else if (wireType === FIXED64) this.#skipBytes(8)
    else if (wireType === LENGTH_DELIMITED) this.at = this.endOfField()
    else if (wireType === FIXED32) this.#skipBytes(4)
    else if (wireType === END_GROUP) throw new ProtobufError('proto: unexpected end of group')
    else if (wireType !== START_GROUP) throw new ProtobufError(`proto: illegal wireType ${String(wireType)}`)
    else {
      if (groups > MAX_GROUPS) throw new ProtobufError('proto: groups are nested too deeply')
      for (let inner = this.uint32() & 7; inner !== END_GROUP; inner = this.uint32() & 7) this.skip(inner, groups + 1)
    }
  }

  /** What ends no later than at `end`. */
  skipWithin(wireType: number, end: number): void {
    this.skip(wireType)
    if (this.at > end) throw endsTooSoon()
  }

  #skipBytes(length: number): void {
    this.#need(length)
    this.at += length
  }
}

function endsTooSoon(): ProtobufError {
  return new ProtobufError('unexpected EOF')
}
