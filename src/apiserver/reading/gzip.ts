/**
 * Large answers of GET and LIST, compressed for those who ask (k8s.io/apiserver pkg/endpoints/handlers/
 * responsewriters/writers.go). What streams in streams out: nothing is gathered to be compressed. Watches never come
 * here: each of their events must arrive when it is sent.
 */

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
  if (!isAccepted || body.length <= GZIP_MIN_LENGTH) return new Response(body, init)
  return streamAnswer(new Blob([body]).stream(), init, true)
}

/** A stream that is known to be large. */
export function streamAnswer(body: ReadableStream<Uint8Array>, init: ReadInit, isAccepted: boolean): Response {
  return isAccepted ? compressedAnswer(compressed(body), init) : new Response(body, init)
}

/** A body that is compressed already. */
export function compressedAnswer(body: BodyInit, init: ReadInit): Response {
  init.headers.set('content-encoding', 'gzip')
  init.headers.append('vary', 'Accept-Encoding')
  // Left to itself the runtime would compress once more, because of the header.
  return new Response(body, { ...init, encodeBody: 'manual' })
}

export function compressed(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return body.pipeThrough(new CompressionStream('gzip'))
}
