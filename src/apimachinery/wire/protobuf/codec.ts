/**
 * `application/vnd.kubernetes.protobuf`: messages in their envelope (runtime.Unknown behind four magic bytes), lists
 * whose items are written apart from their head, and frames of a watch. Bytes are those of upstream's serializers
 * (k8s.io/apimachinery pkg/runtime/serializer/protobuf, pkg/util/framer). What messages there are is asked of a
 * table.
 */
import { ByteReader, LENGTH_DELIMITED } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { ProtobufDecoder, checkTag } from './decoder.ts'
import { ProtobufEncoder } from './encoder.ts'
import type { JsonMessage } from './json-forms.ts'
import { withBytes } from '../utf8.ts'
import { ProtobufError } from './message-table.ts'
import type { ProtobufTable } from './message-table.ts'

export const PROTOBUF_MEDIA_TYPE = 'application/vnd.kubernetes.protobuf'

/** `k8s` and a zero byte. */
const MAGIC = new Uint8Array([0x6b, 0x38, 0x73, 0x00])

/** Tags of fields of bytes, by number. */
const FIRST = 0x0a
const SECOND = 0x12
const THIRD = 0x1a
const FOURTH = 0x22

/** The envelope's last fields, encoding and type of the content, always empty. */
const CLOSE_ENVELOPE = new Uint8Array([THIRD, 0, FOURTH, 0])

export interface TypeMeta {
  readonly apiVersion: string
  readonly kind: string
}

/** What an object says of itself, and its message. */
export interface Envelope extends TypeMeta {
  readonly raw: Uint8Array
}

export class ProtobufCodec {
  readonly #table: ProtobufTable
  readonly #encoder: ProtobufEncoder
  readonly #decoder: ProtobufDecoder
  /** One for all: nothing is awaited while something is written. */
  readonly #writer = new ByteWriter()

  constructor(table: ProtobufTable) {
    this.#table = table
    this.#encoder = new ProtobufEncoder(table)
    this.#decoder = new ProtobufDecoder(table)
  }

  knows(message: string): boolean {
    return this.#table(message) !== undefined
  }

  /** @throws ProtobufError */
  decode(message: string, raw: Uint8Array): JsonMessage {
    return this.#decoder.decode(message, raw)
  }

  /** An object's message in its envelope. */
  encode(message: string, type: TypeMeta, json: unknown): Uint8Array<ArrayBuffer> {
    return this.#written(() => this.#enveloped(message, type, json))
  }

  /** One event of a watch, as a frame: the object inside has an envelope, the event has none. */
  encodeEvent(event: string, message: string, type: TypeMeta, json: unknown): Uint8Array<ArrayBuffer> {
    const writer = this.#writer
    return this.#written(() => {
      // The object is a RawExtension, whose only field is its bytes.
      this.#enveloped(message, type, json)
      for (const tag of [FIRST, SECOND]) {
        writer.varint(writer.length)
        writer.byte(tag)
      }
      writer.text(event)
      writer.byte(FIRST)
      writer.bigEndian32(writer.length)
    })
  }

  /** Items of a list, as they stand in its message. `jsonOf` makes one at a time, the last first: none is kept. */
  encodeItems<T>(message: string, items: readonly T[], jsonOf: (item: T) => unknown): Uint8Array<ArrayBuffer> {
    const writer = this.#writer
    const write = this.#encoder.messageWriter(message)
    return this.#written(() => {
      for (const item of items.toReversed()) {
        const before = writer.length
        write(writer, jsonOf(item))
        writer.varint(writer.length - before)
        writer.byte(SECOND)
      }
    })
  }

  /** What stands before the items of a list, which are `itemsBytes` long altogether. */
  openList(type: TypeMeta, metadata: object, itemsBytes: number): Uint8Array<ArrayBuffer> {
    const writer = this.#writer
    return this.#written(() => {
      this.#encoder.messageWriter('meta.v1.ListMeta')(writer, metadata)
      writer.varint(writer.length)
      writer.byte(FIRST)
      writer.varint(writer.length + itemsBytes)
      writer.byte(SECOND)
      this.#typeMeta(type)
    })
  }

  /** What stands behind the items of a list. */
  get closeList(): Uint8Array<ArrayBuffer> {
    return CLOSE_ENVELOPE
  }

  #enveloped(message: string, type: TypeMeta, json: unknown): void {
    const writer = this.#writer
    writer.raw(CLOSE_ENVELOPE)
    const before = writer.length
    this.#encoder.messageWriter(message)(writer, json)
    writer.varint(writer.length - before)
    writer.byte(SECOND)
    this.#typeMeta(type)
  }

  #typeMeta({ apiVersion, kind }: TypeMeta): void {
    const writer = this.#writer
    const before = writer.length
    writer.text(kind)
    writer.byte(SECOND)
    writer.text(apiVersion)
    writer.byte(FIRST)
    writer.varint(writer.length - before)
    writer.byte(FIRST)
    writer.raw(MAGIC)
  }

  /** What `write` has written; nothing of it stays behind when it fails. */
  #written(write: () => void): Uint8Array<ArrayBuffer> {
    try {
      write()
      return this.#writer.take()
    } finally {
      this.#writer.clear()
    }
  }
}

/** @throws ProtobufError */
export function readEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length === 0) throw new ProtobufError('empty data')
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) {
    const prefix = `[${MAGIC.join(' ')}]`
    throw new ProtobufError(`provided data does not appear to be a protobuf message, expected prefix ${prefix}`)
  }
  if (bytes.length === MAGIC.length) throw new ProtobufError('empty body')
  const type = { apiVersion: '', kind: '' }
  let raw: Uint8Array = new Uint8Array()
  readTexts(new ByteReader(bytes.subarray(MAGIC.length)), 'Unknown', {
    TypeMeta(reader) {
      readTexts(new ByteReader(reader.bytes()), 'TypeMeta', {
        APIVersion: (inner) => { type.apiVersion = withBytes(inner.bytes()) },
        Kind: (inner) => { type.kind = withBytes(inner.bytes()) },
      })
    },
    Raw: (reader) => { raw = reader.bytes() },
    ContentEncoding: (reader) => { reader.text() },
    ContentType: (reader) => { reader.text() },
  })
  return { ...type, raw }
}

/** All fields of a message that has none but texts, bytes and messages, numbered from one on. */
function readTexts(
  reader: ByteReader,
  message: string,
  fields: Readonly<Record<string, (reader: ByteReader) => void>>,
): void {
  const readers = Object.entries(fields)
  while (reader.at < reader.end) {
    const tag = reader.uint32()
    checkTag(tag, message)
    const [name, read] = readers[(tag >>> 3) - 1] ?? []
    if (name === undefined || read === undefined) reader.skip(tag & 7)
    else if ((tag & 7) === LENGTH_DELIMITED) read(reader)
    else throw new ProtobufError(`proto: wrong wireType = ${String(tag & 7)} for field ${name}`)
  }
}
