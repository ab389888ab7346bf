/**
 * DER as Go's encoding/asn1 reads it, with its words for what is wrong: headers of elements, in order, and the few types
 * that signed requests are made of. Upstream: Go's encoding/asn1/asn1.go.
 */
export class DerError extends Error {}

const syntax = (what: string): DerError => new DerError(`asn1: syntax error: ${what}`)
const structure = (what: string): DerError => new DerError(`asn1: structure error: ${what}`)

export const TAG = {
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  objectIdentifier: 6,
  sequence: 16,
  set: 17,
} as const

/** Go prints the parameters of a field, which here are always none. */
const NO_PARAMETERS =
  '{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 ' +
  'timeType:0 set:false omitEmpty:false}'
const COMPOUND = 0x20
const LONG_FORM = 0x80
const MAX_LENGTH_BYTES = 4

export interface Element {
  readonly class: number
  readonly tag: number
  readonly isCompound: boolean
  readonly content: Uint8Array
  /** With its header. */
  readonly whole: Uint8Array
}

interface Header {
  readonly class: number
  readonly tag: number
  readonly isCompound: boolean
  readonly length: number
  readonly start: number
}

export class DerReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The next element, which must be of this tag; `goType` is what Go calls its type. */
  read(tag: number, goType: string): Element {
    const header = this.#header('sequence truncated')
    const isCompound = tag === TAG.sequence || tag === TAG.set
    if (header.class !== 0 || header.tag !== tag || header.isCompound !== isCompound) {
      const { class: found, tag: foundTag, length, isCompound: isFoundCompound } = header
      const said =
        `{class:${String(found)} tag:${String(foundTag)} length:${String(length)} ` +
        `isCompound:${String(isFoundCompound)}}`
      throw structure(`tags don't match (${String(tag)} vs ${said}) ${NO_PARAMETERS} ${goType} @${String(header.start)}`)
    }
    return this.#take(header)
  }

  /** The next element, if there is one, left where it is. */
  peek(): Pick<Element, 'class' | 'tag'> | undefined {
    return this.isAtEnd ? undefined : this.#header('')
  }

  readAny(): Element {
    return this.#take(this.#header('sequence truncated'))
  }

  /** All elements to the end: of a list whose members have this tag. */
  readAll(tag: number): Element[] {
    const elements: Element[] = []
    const isCompound = tag === TAG.sequence || tag === TAG.set
    while (!this.isAtEnd) {
      const header = this.#header('')
      if (header.class !== 0 || header.tag !== tag || header.isCompound !== isCompound) {
        throw structure('sequence tag mismatch')
      }
      if (header.start + header.length > this.#bytes.length) throw syntax('truncated sequence')
      elements.push(this.#take(header))
    }
    return elements
  }

  #take({ start, length, ...header }: Header): Element {
    const end = start + length
    if (end > this.#bytes.length) throw syntax('data truncated')
    const whole = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return { ...header, content: this.#bytes.subarray(start, end), whole }
  }

  #header(whenNone: string): Header {
    if (this.isAtEnd) throw syntax(whenNone)
    const bytes = this.#bytes
    const first = bytes[this.#at] ?? 0
    let at = this.#at + 1
    let tag = first & 0x1f
    if (tag === 0x1f) [tag, at] = longTag(bytes, at)
    const lengthByte = bytes[at++]
    if (lengthByte === undefined) throw syntax('truncated tag or length')
    const header = { class: first >> 6, tag, isCompound: (first & COMPOUND) !== 0 }
    if (lengthByte < LONG_FORM) return { ...header, length: lengthByte, start: at }
    const [length, start] = longLength(bytes, at, lengthByte & 0x7f)
    return { ...header, length, start }
  }
}

function longTag(bytes: Uint8Array, from: number): [number, number] {
  let tag = 0
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (at === from && byte === LONG_FORM) throw syntax('integer is not minimally encoded')
    if (at - from === MAX_LENGTH_BYTES) throw structure('base 128 integer too large')
    tag = tag * 128 + (byte & 0x7f)
    if (byte >= LONG_FORM) continue
    if (tag < 0x1f) throw syntax('non-minimal tag')
    return [tag, at + 1]
  }
  throw syntax('truncated base 128 integer')
}

function longLength(bytes: Uint8Array, from: number, count: number): [number, number] {
  if (count === 0) throw syntax('indefinite length found (not DER)')
  let length = 0
  for (let place = 0; place < count; place++) {
    const byte = bytes[from + place]
    if (byte === undefined) throw syntax('truncated tag or length')
    if (length >= 1 << 23) throw structure('length too large')
    length = length * 256 + byte
    if (length === 0) throw structure('superfluous leading zeros in length')
  }
  if (length < LONG_FORM) throw structure('non-minimal length')
  return [length, from + count]
}

/** The bits, with those that fill up the first byte instead of the last. */
export function bitString({ content }: Element): Uint8Array {
  const [padding] = content
  if (padding === undefined) throw syntax('zero length BIT STRING')
  const last = content.at(-1) ?? 0
  if (padding > 7 || (content.length === 1 && padding > 0) || (last & ((1 << padding) - 1)) !== 0) {
    throw syntax('invalid padding bits in BIT STRING')
  }
  const bits = content.subarray(1)
  if (padding === 0) return bits
  return bits.map((byte, place) => (byte >> padding) | ((bits[place - 1] ?? 0) << (8 - padding)))
}

export function checkInteger({ content }: Element): void {
  const [first, second = 0] = content
  if (first === undefined) throw structure('empty integer')
  const isPadded = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)
  if (content.length > 1 && isPadded) throw structure('integer not minimally-encoded')
}

/** `1.2.840.113549.1.1.1` */
export function objectIdentifier({ content }: Element): string {
  if (content.length === 0) throw syntax('zero length OBJECT IDENTIFIER')
  const parts: number[] = []
  let value = 0
  for (const [place, byte] of content.entries()) {
    value = value * 128 + (byte & 0x7f)
    if (byte >= LONG_FORM) {
      if (place === content.length - 1) throw syntax('truncated base 128 integer')
      continue
    }
    if (parts.length === 0) {
      const root = Math.min(2, Math.floor(value / 40))
      parts.push(root, value - root * 40)
    } else parts.push(value)
    value = 0
  }
  return parts.join('.')
}

/** The one element that the bytes are. */
export function onlyElement(bytes: Uint8Array, tag: number, goType: string): Element {
  const reader = new DerReader(bytes)
  const element = reader.read(tag, goType)
  if (!reader.isAtEnd) throw syntax('trailing data')
  return element
}
