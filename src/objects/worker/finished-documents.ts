/**
 * Bodies of documents as they were sent before, compressed ones too: building the largest takes tens of milliseconds,
 * compressing it as many again, and every client asks for the same. One instance a list of kinds, since a document's
 * ETag tells it from others of the same list only: clusters whose definitions have the same names share nothing. The
 * room for all of them is the isolate's.
 */
import { GZIP_MIN_LENGTH, compressed, compressedAnswer } from '../../apiserver/reading/gzip.ts'
import { RecentlyUsed } from '../../lib/recently-used.ts'

/**
 * Bytes of all of them. Compressed, all built-in groups' documents are 0.6 MB, and the one of version 2 is 0.2; as they
 * are, which hardly anybody asks for, six and two.
 */
const MAX_BYTES = 4 * 1024 * 1024

interface Finished {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly isCompressed: boolean
}

interface Unfinished {
  /** Of the body and its form, whatever it is encoded in. */
  readonly etag: string
  readonly headers: Headers
  body(): Promise<string | Uint8Array<ArrayBuffer>>
}

const kept = new RecentlyUsed<Finished>(MAX_BYTES, ({ bytes }) => bytes.byteLength)
let instances = 0

export class FinishedDocuments {
  readonly #instance = (instances += 1)
  readonly #underWay = new Map<string, Promise<Finished>>()

  async answer({ etag, headers, body }: Unfinished, isGzipAccepted: boolean): Promise<Response> {
    const key = `${String(this.#instance)} ${String(isGzipAccepted)} ${etag}`
    const { bytes, isCompressed } = kept.get(key) ?? (await this.#make(key, body, isGzipAccepted))
    const sent = sentBytes(bytes)
    return isCompressed ? compressedAnswer(sent, { headers }) : new Response(sent, { headers })
  }

  /** Who asks while it is being made gets the same. What could not be made is made anew for who asks next. */
  #make(key: string, body: Unfinished['body'], isGzipAccepted: boolean): Promise<Finished> {
    const making = this.#underWay.get(key) ?? finish(body, isGzipAccepted).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, making)
    return making.then((finished) => {
      kept.keep(key, finished)
      return finished
    })
  }
}

async function finish(body: Unfinished['body'], isGzipAccepted: boolean): Promise<Finished> {
  const whole = await body()
  const isCompressed = isGzipAccepted && whole.length > GZIP_MIN_LENGTH
  const sent = isCompressed ? compressed(new Blob([whole]).stream()) : whole
  return { bytes: new Uint8Array(await new Response(sent).arrayBuffer()), isCompressed }
}

/** Longer ones go through a pipe of the runtime's own, which takes the bytes that are kept as they lie there. */
const WHOLE_LENGTH = 32 * 1024

/**
 * As a Response takes them best. 1.4 MB were at the client after 1.6 ms so, after 1.9 by a stream that a script feeds,
 * and after 2.5 handed over as bytes, of which the runtime makes a copy (2026-11).
 */
function sentBytes(bytes: Uint8Array<ArrayBuffer>): BodyInit {
  if (bytes.byteLength <= WHOLE_LENGTH) return bytes
  const { readable, writable } = new FixedLengthStream(bytes.byteLength)
  const writer = writable.getWriter()
  // Rejected when the client leaves before the last byte: there is nobody to tell, and nothing is held open.
  Promise.all([writer.write(bytes), writer.close()]).catch(() => undefined)
  return readable
}
