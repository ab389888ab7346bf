/**
 * Large answers, compressed for those who ask (k8s.io/apiserver pkg/endpoints/handlers/
 * responsewriters/writers.go). What streams in streams out: nothing is gathered to be compressed. Watches never come
 * here: each of their events must arrive when it is sent.
 */

import { StreamedSize, sized } from './body-size.ts'

/** Shorter answers are not worth the time: upstream's limit, of texts in characters here. */
export const GZIP_MIN_LENGTH = 128 * 1024

/** Whether `gzip` is among the encodings; upstream, too, looks at no weights. */
export function acceptsGzip(headers: Headers): boolean {
  const accepted = headers.get('accept-encoding')
  return accepted?.split(',').some((encoding) => encoding.trim() === 'gzip') ?? false
}

export interface ReadInit {
  readonly status?: number
  readonly headers: Headers
}

/** A whole body, compressed when it is large and `isAccepted`. */
export function bodyAnswer(body: string | Uint8Array<ArrayBuffer>, init: ReadInit, isAccepted: boolean): Response {
  if (body.length <= WHOLE_LENGTH) return sized(new Response(body, init), body.length)
  const isCompressed = isAccepted && body.length > GZIP_MIN_LENGTH
  const stream = typeof body === 'string' ? inPieces(body) : atOnce(body)
  return streamAnswer(stream, init, { isAccepted: isCompressed, size: body.length })
}

/**
 * Longer bodies are handed over as streams: the runtime keeps what a Response was made from until its old generation is
 * collected, and does not count it as memory that a collection would free. A hundred pages of a list added up to
 * 60 MiB, sixty OpenAPI documents to 600 (2026-11). For shorter ones a stream costs more than it saves.
 */
const WHOLE_LENGTH = 32 * 1024
const PIECE_LENGTH = 128 * 1024

/** Bytes need no pieces: a document of 200 KB took a fifth longer in them. */
function atOnce(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes)
      controller.close()
    },
  })
}

function inPieces(text: string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieceAt(text, at)
      at += piece.length
      controller.enqueue(encoder.encode(piece))
      if (at >= text.length) controller.close()
    },
  })
}

/** No piece ends between the two halves of a character. */
function pieceAt(text: string, start: number): string {
  const end = start + PIECE_LENGTH
  const splits = end < text.length && (text.codePointAt(end - 1) ?? 0) > 0xffff
  return text.slice(start, splits ? end - 1 : end)
}

interface StreamOptions {
  readonly isAccepted: boolean
  readonly size: number | StreamedSize
}

/** A stream that is known to be large. `isAccepted`: it goes out compressed. */
export function streamAnswer(
  body: ReadableStream<Uint8Array>,
  init: ReadInit,
  { isAccepted, size }: StreamOptions,
): Response {
  return sized(isAccepted ? compressedAnswer(compressed(body), init) : new Response(body, init), size)
}

/** The text after `opening`, a piece whenever there is room for one; undefined: there is no more. */
export type NextText = () => Promise<string | undefined>

/** A text that is made while it is sent, and is known to be large. */
export function textStreamAnswer(opening: string, nextText: NextText, init: ReadInit, isAccepted: boolean): Response {
  const encoder = new TextEncoder()
  const size = new StreamedSize()
  const bytesOf = (text: string): Uint8Array => {
    const bytes = encoder.encode(text)
    size.add(bytes.byteLength)
    return bytes
  }
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytesOf(opening))
    },
    async pull(controller) {
      const text = await nextText()
      if (text !== undefined) {
        controller.enqueue(bytesOf(text))
        return
      }
      size.end()
      controller.close()
    },
    cancel() {
      size.end()
    },
  })
  return streamAnswer(stream, init, { isAccepted, size })
}

/** A body that is compressed already. */
export function compressedAnswer(body: BodyInit, init: ReadInit): Response {
  init.headers.set('content-encoding', 'gzip')
  if (init.headers.get('vary')?.includes('Accept-Encoding') !== true) init.headers.append('vary', 'Accept-Encoding')
  // Left to itself the runtime would compress once more, because of the header.
  return new Response(body, { ...init, encodeBody: 'manual' })
}

export function compressed(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return body.pipeThrough(new CompressionStream('gzip'))
}
