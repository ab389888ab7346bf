/**
 * Watches over WebSocket, which fabric8 and browsers ask for: the watch of the owner's object, each event a text
 * message. Clients only listen; what they send is not read. The stream's own bounds end a watch that falls behind,
 * here it is the socket's queue.
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
  void sendEvents(watch.body, server)
  const [protocol] = readSocketProtocols(request.headers).offered
  const headers = protocol === undefined ? {} : { 'sec-websocket-protocol': protocol }
  return new Response(null, { status: 101, webSocket: client, headers })
}

/** Never rejects: what goes wrong closes the socket, and clients start anew. */
async function sendEvents(body: ReadableStream<Uint8Array>, socket: WebSocket): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  const stop = (): void => void reader.cancel().catch(() => undefined)
  socket.addEventListener('close', stop)
  socket.addEventListener('error', stop)
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      const lines = (rest + value).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) socket.send(`${line}\n`)
      if (socket.bufferedAmount > MAX_QUEUED_BYTES) throw new Error('the client does not read')
    }
    socket.close(DONE)
  } catch (error) {
    stop()
    socket.close(BROKEN, String(error).slice(0, 100))
  }
}
