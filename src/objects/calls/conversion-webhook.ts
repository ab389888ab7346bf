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
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    // A redirection would take the objects elsewhere.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1_000),
  })
  const response = await answerTo(request, () =>
    service === undefined ? fetch(request) : requestToService(env, request, { cluster, namespace, name, port }),
  )
  const text = await response.text()
  if (response.ok) return text
  throw new Error(refusal(response.status, text.slice(0, MAX_TOLD)))
}

async function answerTo({ url }: Request, send: () => Promise<Response>): Promise<Response> {
  try {
    return await send()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`Post ${JSON.stringify(url)}: ${why}`, { cause: error })
  }
}

/** As upstream's client words it (k8s.io/apimachinery pkg/api/errors), but for what the router says of a Service. */
function refusal(httpCode: number, text: string): string {
  if (httpCode >= 500 && httpCode !== 503 && httpCode !== 504) {
    return `an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding`
  }
  return `the server answered ${String(httpCode)}: ${text}`
}
