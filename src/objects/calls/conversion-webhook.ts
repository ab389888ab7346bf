/**
 * Posts a review to a conversion webhook: at an address, or at a Service by way of the router, which leaves those alone
 * that are another name for an outside host (ExternalName). The platform verifies servers by the public certificate
 * authorities alone (Workers' fetch takes no others, 2026-11; the local server's own besides), so a private `caBundle`
 * cannot make a server trusted; what a Service sends to is inside of the cluster and is not asked for one.
 */
import type { ApiextensionsV1WebhookClientConfig } from '../../apis/generated/types.ts'
import type { Env } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { isRefusal } from '../../proxy/refusals.ts'
import { requestToService } from '../worker/service-routes.ts'
import { serviceOf } from './aggregation.ts'
import { TIMEOUT_SECONDS, postToWebhook } from './webhook-client.ts'

export async function callWebhook(
  env: Env,
  cluster: string,
  { url, service }: ApiextensionsV1WebhookClientConfig,
  body: string,
): Promise<string> {
  const { name = '', namespace = '', port = 443, path = '/' } = service ?? {}
  const address = new URL(url ?? `https://${name}.${namespace}.svc:${String(port)}${path}`)
  address.searchParams.set('timeout', `${String(TIMEOUT_SECONDS)}s`)
  const outside = env.WEBHOOKS ?? globalThis
  return postToWebhook(
    {
      clock: systemClock,
      async send(request) {
        // The Service may have sent it elsewhere.
        if (service === undefined || new URL(request.url).host !== address.host) return outside.fetch(request)
        const answer = await requestToService(env, request, { cluster, namespace, name, port })
        if (!isRefusal(answer)) return answer
        const { spec } = (await serviceOf(env, cluster, { namespace, name })) ?? {}
        // What the router says itself is no answer of the webhook.
        if (spec?.type !== 'ExternalName') throw new Error((await answer.text()).trim())
        const elsewhere = new URL(request.url)
        elsewhere.hostname = spec.externalName ?? ''
        const { method, headers, signal } = request
        const sent = method === 'POST' ? body : null
        return outside.fetch(new Request(elsewhere, { method, headers, body: sent, signal, redirect: 'manual' }))
      },
    },
    address,
    body,
  )
}
