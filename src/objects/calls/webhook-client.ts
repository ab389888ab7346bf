/**
 * Posts JSON to a webhook as upstream's REST client does (k8s.io/client-go rest): waits as long as a server that is
 * busy says, reads no more than fits, and words what went wrong as Go does. Why a connection failed is for the platform
 * to know: Workers are told that it did, or that it broke, and nothing of certificates (2026-11).
 */
import { quote } from '../../apimachinery/field-path.ts'
import { parseRequestUrl } from '../../cel/library/kubernetes/go-url.ts'
import type { Clock } from '../../lib/clock.ts'
import { mediaTypeProblem, refusal } from './webhook-refusal.ts'

/** As upstream gives a webhook, here with all that it asks to be waited for. */
export const TIMEOUT_SECONDS = 30

/** Requests after the first, to one that says when it can be asked again. */
const MAX_RETRIES = 10

/** Of an answer: the objects that a page of a list may have, and as much again. An isolate has 128 MiB for all. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024

export interface WebhookPorts {
  readonly clock: Clock
  /** Sends it where its address leads. @throws Error when nobody answers */
  send(request: Request): Promise<Response>
}

/** The body of the answer. @throws Error with what went wrong */
export async function postToWebhook({ clock, send }: WebhookPorts, address: URL, body: string): Promise<string> {
  const endsAtMs = clock.now() + TIMEOUT_SECONDS * 1_000
  const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1_000)
  for (let retries = 0; ; retries++) {
    const response = await askFollowing(address, { body, signal }, send)
    const waitMs = retryAfterMs(response)
    if (waitMs === undefined || retries >= MAX_RETRIES || clock.now() + waitMs >= endsAtMs) return textOf(response)
    await response.body?.cancel()
    await new Promise<void>((resolve) => void clock.after(waitMs, resolve))
  }
}

/** Goes where it is sent, as Go's client does: with the body only where the answer says that it should come along. */
async function askFollowing(
  address: URL,
  { body, signal }: { readonly body: string; readonly signal: AbortSignal },
  send: WebhookPorts['send'],
): Promise<Response> {
  const accept = 'application/json, */*'
  const post = { method: 'POST', body, headers: { 'content-type': 'application/json', accept } }
  let asking: { readonly url: URL; readonly init: RequestInit } = { url: address, init: post }
  for (let redirections = 0; ; redirections++) {
    const { url, init } = asking
    const response = await answerTo(new Request(url, { ...init, redirect: 'manual', signal }), send)
    const location = response.headers.get('location')
    if (location === null || !REDIRECTIONS.has(response.status)) return response
    await response.body?.cancel()
    if (redirections >= MAX_REDIRECTIONS) throw new Error(`Post ${JSON.stringify(location)}: stopped after 10 redirects`)
    const isKept = response.status >= 307
    asking = { url: whereTo(location, asking), init: isKept ? init : { method: 'GET', headers: { accept } } }
  }
}

function whereTo(location: string, { url, init }: { readonly url: URL; readonly init: RequestInit }): URL {
  const to = URL.parse(location, url.href)
  if (to !== null) return to
  const why = `failed to parse Location header ${quote(location)}: ${reasonOf(location)}`
  throw new Error(`${init.method === 'POST' ? 'Post' : 'Get'} ${JSON.stringify(url)}: ${why}`)
}

/** What Go finds in an address that is none. */
function reasonOf(address: string): string {
  try {
    parseRequestUrl(address)
    return 'invalid URL'
  } catch (error) {
    return (error as Error).message
  }
}

const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const MAX_REDIRECTIONS = 9

async function answerTo(request: Request, send: WebhookPorts['send']): Promise<Response> {
  try {
    return await send(request)
  } catch (error) {
    const why = failureOf(error, 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)')
    const verb = request.method === 'POST' ? 'Post' : 'Get'
    throw new Error(`${verb} ${JSON.stringify(request.url)}: ${why}`, { cause: error })
  }
}

/** Undefined: it is answered for good (k8s.io/client-go rest/with_retry.go, checkWait). */
function retryAfterMs({ status, headers }: Response): number | undefined {
  if (status !== 429 && status < 500) return undefined
  const said = headers.get('retry-after') ?? ''
  return /^[+-]?\d+$/.test(said) ? Math.max(0, Number(said)) * 1_000 : undefined
}

async function textOf(response: Response): Promise<string> {
  const { status, headers } = response
  const contentType = headers.get('content-type') ?? ''
  const text = await bodyOf(response)
  const problem = contentType === '' ? undefined : mediaTypeProblem(contentType)
  if (problem !== undefined) throw new Error(`Internal error occurred: ${problem}`)
  if (status < 200 || status > 206) throw new Error(refusal(status, text, contentType))
  if (text !== '') return text
  const type = contentType === '' ? 'application/json' : contentType
  throw new Error(`0-length response with status code: ${String(status)} and content type: ${type}`)
}

/** Read piece by piece, as nobody has to say how long an answer is. */
async function bodyOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader()
  if (reader === undefined) return ''
  let [text, bytes] = ['', 0]
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      bytes += piece.value.byteLength
      if (bytes > MAX_ANSWER_BYTES) break
      text += decoder.decode(piece.value, { stream: true })
    }
  } catch (error) {
    const why = failureOf(error, 'context deadline exceeded (Client.Timeout or context cancellation while reading body)')
    const told = why === 'EOF' ? 'unexpected EOF' : why
    throw new Error(`unexpected error when reading response body. Please retry. Original error: ${told}`, { cause: error })
  }
  if (bytes <= MAX_ANSWER_BYTES) return text + decoder.decode()
  await reader.cancel()
  throw new Error(`unexpected error when reading response body: it has more than ${String(MAX_ANSWER_BYTES)} bytes`)
}

/** What the platform says of a connection, in Go's words. `late`: what is said of one that took too long. */
export function failureOf(error: unknown, late = 'context deadline exceeded'): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return late
  if (/connection lost|disconnected|stream ended prematurely/i.test(error.message)) return 'EOF'
  // The platform has a number for the reason, which it tells its own log alone.
  return error.message.startsWith('internal error') ? 'the platform could not connect, and does not say why' : error.message
}
