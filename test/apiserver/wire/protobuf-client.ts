/**
 * Speaks protobuf as client-go does: bodies in an envelope, answers and frames read by what they say of themselves.
 * The bytes that the codec writes are proved against upstream's elsewhere, so here it may be both sides.
 */
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { parseGroupVersion } from '../../../src/apimachinery/meta.ts'
import { readEnvelope } from '../../../src/apimachinery/wire/protobuf/codec.ts'
import { protobufCodec, protobufMessageOf } from '../../../src/apis/facts/protobuf-facts.ts'
import { frameSplitter } from '../../../src/objects/worker/watch-socket.ts'
import type { Json, RequestOptions, TestApi } from '../../support/api.ts'

export const PROTOBUF = 'application/vnd.kubernetes.protobuf'

function messageOf({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  const message = protobufMessageOf({ ...(parseGroupVersion(apiVersion) ?? { group: '', version: '' }), kind })
  if (message === undefined) throw new Error(`no message for ${apiVersion} ${kind}`)
  return message
}

export function writeProtobuf(object: { apiVersion: string; kind: string }): Uint8Array<ArrayBuffer> {
  return protobufCodec.encode(messageOf(object), object, object)
}

export function readProtobuf(bytes: Uint8Array): Json {
  const { apiVersion, kind, raw } = readEnvelope(bytes)
  return { kind, apiVersion, ...protobufCodec.decode(messageOf({ apiVersion, kind }), raw) } as unknown as Json
}

export interface ProtobufAnswer {
  readonly code: number
  readonly contentType: string | null
  readonly body: Json
}

/** A request whose body and answer are protobuf, as built-in clients of client-go send it. */
export async function inProtobuf(
  api: TestApi,
  method: string,
  path: string,
  body?: { apiVersion: string; kind: string },
  options: RequestOptions = {},
): Promise<ProtobufAnswer> {
  const response = await api.request(method, path, {
    ...(body === undefined ? {} : { bytes: writeProtobuf(body) }),
    ...options,
    headers: {
      accept: `${PROTOBUF},application/json`,
      ...(body === undefined ? {} : { 'content-type': PROTOBUF }),
      ...options.headers,
    },
  })
  return {
    code: response.status,
    contentType: response.headers.get('content-type'),
    body: readProtobuf(new Uint8Array(await response.arrayBuffer())),
  }
}

export interface WatchEvent {
  readonly type: string
  readonly object: Json
}

/** Reads frames of a watch. */
export class FrameReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  readonly #split = frameSplitter()
  readonly #events: (string | Uint8Array)[] = []

  constructor(response: Response) {
    this.#reader = response.body?.getReader()
  }

  /** The next event; undefined when the stream has ended. */
  async next(): Promise<WatchEvent | undefined> {
    while (this.#events.length === 0) {
      const chunk = await this.#reader?.read()
      if (chunk?.value === undefined) return undefined
      this.#events.push(...this.#split(chunk.value))
    }
    return eventOf(this.#events.shift() as Uint8Array)
  }

  async take(count: number): Promise<WatchEvent[]> {
    const events: WatchEvent[] = []
    for (let event = await this.next(); event !== undefined; event = await this.next()) {
      events.push(event)
      if (events.length === count) break
    }
    return events
  }

  async close(): Promise<void> {
    await this.#reader?.cancel()
  }
}

/** metav1.WatchEvent, whose object is a RawExtension of bytes in an envelope. */
export function eventOf(bytes: Uint8Array): WatchEvent {
  const reader = new BinaryReader(bytes)
  reader.tag()
  const type = reader.string()
  reader.tag()
  const extension = new BinaryReader(reader.bytes())
  extension.tag()
  return { type, object: readProtobuf(extension.bytes()) }
}
