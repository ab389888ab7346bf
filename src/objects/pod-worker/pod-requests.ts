/** Requests into a pod: to the container that listens on the port, whose answer is held open as long as it lasts. */
import type { IsolateSandbox } from '../../kubelet/runtimes/isolates/isolates-runtime.ts'
import { NOT_TAKEN_HEADER, withoutHopHeaders } from '../calls/hop-headers.ts'
import { heldOpen } from './open-streams.ts'

export async function requestIntoPod(
  sandbox: IsolateSandbox | undefined,
  port: number,
  request: Request,
): Promise<Response> {
  const listener = sandbox?.listenerOn(port)
  if (listener === undefined) {
    const headers = { [NOT_TAKEN_HEADER]: '1' }
    return new Response(`nothing listens on port ${String(port)}\n`, { status: 502, headers })
  }
  try {
    const response = await listener.fetch(new Request(request, { headers: withoutHopHeaders(request.headers) }))
    return withoutClaim(await heldOpen(response, (cut) => listener.hold(cut)))
  } catch (error) {
    // The stack is in the pod's log; who asked learns that it failed.
    console.warn('a request into the pod failed', error instanceof Error ? error.message : error)
    return new Response('Internal Server Error\n', { status: 500 })
  }
}

/** Only we may say that a request was not taken, not the pod. */
function withoutClaim(response: Response): Response {
  if (!response.headers.has(NOT_TAKEN_HEADER)) return response
  const headers = new Headers(response.headers)
  headers.delete(NOT_TAKEN_HEADER)
  return new Response(response.body, { status: response.status, headers, webSocket: response.webSocket })
}
