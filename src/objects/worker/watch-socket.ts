/**
 * Watches over WebSocket, which fabric8 and browsers ask for: the watch of the owner's object, each event a message;
 * of text for JSON, of bytes for protobuf, without the length that stands before it in a stream. Clients only
 * listen; what they send is not read. The stream's own bounds end a watch that falls behind, here it is the socket's
 * queue.
 */
import { readSocketProtocols } from './socket-protocols.ts'

/** What may wait for a client that does not read: as much as a watch over HTTP may fall behind. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024

/** Close codes of RFC 6455: all was said; the server cannot go on. */
const DONE = 1000
const BROKEN = 1011

/** A refused watch is answered as it is: clients read its Status. */
export function watchOverSocket(request: Request, watch: Response): Response {
  if (watch.status !== 200 || watch.body === null) return watch
  const { 0: client, 1: server } = new WebSocketPair()
  server.accept()
  const isText = watch.headers.get('content-type') === 'application/json'
  void sendEvents(watch.body, isText ? lineSplitter() : frameSplitter(), server)
  const [protocol] = readSocketProtocols(request.headers).offered
  const headers = protocol === undefined ? {} : { 'sec-websocket-protocol': protocol }
  return new Response(null, { status: 101, webSocket: client, headers })
}

/** Takes the stream's bytes as they come and gives the events that are complete. */
type Split = (bytes: Uint8Array) => (string | Uint8Array)[]

/** Never rejects: what goes wrong closes the socket, and clients start anew. */
async function sendEvents(body: ReadableStream<Uint8Array>, split: Split, socket: WebSocket): Promise<void> {
  const reader = body.getReader()
  const stop = (): void => void reader.cancel().catch(() => undefined)
  socket.addEventListener('close', stop)
  socket.addEventListener('error', stop)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      for (const event of split(value)) socket.send(event)
      if (socket.bufferedAmount > MAX_QUEUED_BYTES) throw new Error('the client does not read')
    }
    socket.close(DONE)
  } catch (error) {
    stop()
    socket.close(BROKEN, String(error).slice(0, 100))
  }
}

function lineSplitter(): Split {
  const decoder = new TextDecoder()
  let rest = ''
  return (bytes) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    return lines.map((line) => `${line}\n`)
  }
}

const LENGTH_BYTES = 4

/** Events behind their length, four bytes with the highest first. */
export function frameSplitter(): Split {
  let rest = new Uint8Array()
  return (bytes) => {
    const joined = new Uint8Array(rest.length + bytes.length)
    joined.set(rest)
    joined.set(bytes, rest.length)
    const view = new DataView(joined.buffer)
    const events: Uint8Array[] = []
    let at = 0
    while (joined.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + view.getUint32(at)
      if (end > joined.length) break
      events.push(joined.slice(at + LENGTH_BYTES, end))
      at = end
    }
    rest = joined.slice(at)
    return events
  }
}
