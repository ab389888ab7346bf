/**
 * Posts a review to a conversion webhook: at an address, or at a Service by way of the router. The platform verifies
 * servers by the public certificate authorities alone (Workers' fetch takes no others, 2026-11), so a private
 * `caBundle` cannot make a server trusted; what a Service sends to is inside of the cluster and is not asked for one.
 */
import type { ApiextensionsV1WebhookClientConfig } from '../../apis/generated/types.ts'
import type { Env } from '../../env.ts'
import { requestToService } from '../worker/service-routes.ts'

/** As upstream gives a conversion. */
const TIMEOUT_SECONDS = 30

/** What of a refusal is told. */
const MAX_TOLD = 500

/** With these the router says why a Service cannot be reached, which upstream would not know. */
const ROUTER_CODES: ReadonlySet<number> = new Set([404, 502, 503, 504])

export async function callWebhook(
  env: Env,
  cluster: string,
  { url, service }: ApiextensionsV1WebhookClientConfig,
  body: string,
): Promise<string> {
  const { name = '', namespace = '', port = 443, path = '/' } = service ?? {}
  const address = new URL(url ?? `https://${name}.${namespace}.svc:${String(port)}${path}`)
  address.searchParams.set('timeout', `${String(TIMEOUT_SECONDS)}s`)
  const request = new Request(address, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', accept: 'application/json, */*' },
    // A redirection would take the objects elsewhere.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1_000),
  })
  const response = await answerTo(request, () =>
    service === undefined ? fetch(request) : requestToService(env, request, { cluster, namespace, name, port }),
  )
  const text = await response.text()
  const { status, headers } = response
  const contentType = headers.get('content-type') ?? ''
  if (!response.ok) {
    const isRouters = service !== undefined && ROUTER_CODES.has(status)
    const told = text.slice(0, MAX_TOLD)
    throw new Error(isRouters ? `the server answered ${String(status)}: ${told}` : refusal(status, told, contentType))
  }
  if (text !== '') return text
  const type = contentType === '' ? 'application/json' : contentType
  throw new Error(`0-length response with status code: ${String(status)} and content type: ${type}`)
}

async function answerTo({ url }: Request, send: () => Promise<Response>): Promise<Response> {
  try {
    return await send()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`Post ${JSON.stringify(url)}: ${why}`, { cause: error })
  }
}

/** What is left untold of an answer, by its code (k8s.io/apimachinery pkg/api/errors, NewGenericServerResponse). */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [400, 'the server rejected our request for an unknown reason'],
  [401, 'the server has asked for the client to provide credentials'],
  [404, 'the server could not find the requested resource'],
  [405, 'the server does not allow this method on the requested resource'],
  [409, 'the server reported a conflict'],
  [422, 'the server rejected our request due to an error in our request'],
  [429, 'the server has received too many requests and has asked us to try again later'],
  [503, 'the server is currently unable to handle the request'],
  [504, 'the server was unable to return a response in the time allotted, but may still be processing the request'],
])

/** As upstream's client words it. */
function refusal(httpCode: number, text: string, contentType: string): string {
  const said = statusMessage(text)
  if (said !== undefined) return said
  const known = REFUSALS.get(httpCode)
  if (known !== undefined) return known
  const told = contentType === '' || contentType.startsWith('text/') ? text.trim() : 'unknown'
  if (httpCode === 403 || httpCode === 406 || httpCode === 415) return told
  if (httpCode >= 500) {
    return `an error on the server (${JSON.stringify(told)}) has prevented the request from succeeding`
  }
  return `the server responded with the status code ${String(httpCode)} but did not return more information`
}

/** The message of a Status. */
function statusMessage(text: string): string | undefined {
  try {
    const { kind, apiVersion, message } = JSON.parse(text) as Record<string, unknown>
    return kind === 'Status' && apiVersion === 'v1' && typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
