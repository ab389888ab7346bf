/**
 * Answers that go on after their head, as long as the pod does: bodies that are streamed, and WebSockets. The container
 * is told of each, so that it is not at rest meanwhile, and cuts them off when it ends: an isolate cannot be stopped
 * from outside, and would go on speaking to clients of a pod that is gone.
 */

/** Tells the container of something open; it calls `cut` when it ends. Call the function returned when it is over. */
export type Hold = (cut: () => void) => () => void

/** As RFC 6455 has it: the other side goes away. */
const GOING_AWAY = 1001

/** Codes that only a connection's end without one may show; they cannot be sent. */
const UNSENDABLE: ReadonlySet<number> = new Set([1005, 1006, 1015])

/** How long the rest of a body is waited for, and how much of it, before it counts as one that is streamed. */
const PEEK_MS = 5
const MAX_PEEKED_BYTES = 65_536

/**
 * The same answer, held open. What is all there at once is over, and keeps a length: the platform does not tell a text
 * from a stream.
 */
export async function heldOpen(response: Response, hold: Hold): Promise<Response> {
  if (response.webSocket !== null) return heldSocket(response.webSocket, response.headers, hold)
  if (response.body === null || response.headers.has('content-length')) return response
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader()
  const chunks: Uint8Array[] = []
  const { promise: soon, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => resolve(undefined), PEEK_MS)
  for (let sizeBytes = 0; ;) {
    const reading = reader.read()
    const chunk = sizeBytes > MAX_PEEKED_BYTES ? undefined : await Promise.race([reading, soon])
    if (chunk?.done === false) {
      chunks.push(chunk.value)
      sizeBytes += chunk.value.byteLength
      continue
    }
    clearTimeout(timer)
    if (chunk === undefined) return heldBody(response, { chunks, reader, reading }, hold)
    const [first, second] = chunks
    return new Response(second === undefined ? first : await new Blob(chunks).arrayBuffer(), response)
  }
}

interface Begun {
  readonly chunks: readonly Uint8Array[]
  readonly reader: ReadableStreamDefaultReader<Uint8Array>
  readonly reading: Promise<ReadableStreamReadResult<Uint8Array>>
}

function heldBody(response: Response, { chunks, reader, reading }: Begun, hold: Hold): Response {
  const abort = new AbortController()
  const { readable, writable } = new IdentityTransformStream()
  const release = hold(() => abort.abort())
  const pump = async (): Promise<void> => {
    const writer = writable.getWriter()
    const cut = new Promise<never>((_resolve, reject) => {
      abort.signal.addEventListener('abort', () => reject(new Error('the pod has ended')))
    })
    try {
      for (const chunk of chunks) await writer.write(chunk)
      const next = await Promise.race([reading, cut])
      if (next.done) return await writer.close()
      await writer.write(next.value)
    } catch (error) {
      await Promise.all([writer.abort(error), reader.cancel(error)])
      return
    }
    writer.releaseLock()
    reader.releaseLock()
    await response.body?.pipeTo(writable, { signal: abort.signal })
  }
  // However it ends, by the pod, by the client or by us, whoever reads has seen it.
  pump().then(release, release)
  return new Response(readable, response)
}

function heldSocket(inner: WebSocket, headers: Headers, hold: Hold): Response {
  const { 0: client, 1: outer } = new WebSocketPair()
  const ends = [inner, outer] as const
  const closeAll = (code: number, reason: string): void => {
    for (const end of ends) if (end.readyState < WebSocket.READY_STATE_CLOSING) close(end, code, reason)
  }
  const release = hold(() => closeAll(GOING_AWAY, 'the pod has ended'))
  for (const [from, to] of [ends, ends.toReversed()] as [WebSocket, WebSocket][]) {
    from.accept()
    from.binaryType = 'arraybuffer'
    from.addEventListener('message', ({ data }) => {
      if (to.readyState === WebSocket.READY_STATE_OPEN) to.send(data as string | ArrayBuffer)
    })
    from.addEventListener('close', ({ code, reason }) => {
      release()
      closeAll(code, reason)
      // Its own half, too: workerd closes none by itself.
      if (from.readyState < WebSocket.READY_STATE_CLOSED) close(from, code, reason)
    })
    from.addEventListener('error', () => {
      release()
      closeAll(GOING_AWAY, 'the connection was lost')
    })
  }
  return new Response(null, { status: 101, webSocket: client, headers })
}

function close(socket: WebSocket, code: number, reason: string): void {
  if (UNSENDABLE.has(code)) socket.close()
  else socket.close(code, reason)
}
