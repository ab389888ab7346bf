/**
 * Provider `webhook`: any cloud behind signed HTTP calls. Each capability is one POST of JSON; the answer's JSON is
 * the result. The body is signed with HMAC-SHA256 over `timestamp.body`, so that the other side can tell who calls
 * and when. docs/cloud-webhook.md describes the calls for those who implement them.
 */
import type { V1LoadBalancerStatus } from '../../apis/generated/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { hexOf } from '../../lib/crypto/hex.ts'
import type { CloudProvider, LoadBalancerRequest } from '../provider.ts'
import { RetryLater } from '../provider.ts'

/** A cloud may think this long before the call counts as failed. */
const TIMEOUT_MS = 30_000

export interface WebhookOptions {
  readonly url: string
  readonly secret: string
  readonly clock: Clock
  readonly fetch: typeof fetch
}

export function webhookProvider(options: WebhookOptions): CloudProvider {
  const call = (path: string, request: LoadBalancerRequest): Promise<unknown> => callCloud(options, path, request)
  return {
    name: 'webhook',
    loadBalancers: {
      ensureLoadBalancer: async (request) => statusOf(await call('/load-balancers/ensure', request)),
      ensureLoadBalancerDeleted: async (request) => {
        await call('/load-balancers/delete', request)
      },
    },
  }
}

async function callCloud(
  { url, secret, clock, fetch }: WebhookOptions,
  path: string,
  request: unknown,
): Promise<unknown> {
  const body = JSON.stringify(request)
  const timestamp = String(Math.floor(clock.now() / 1_000))
  const response = await fetch(url.replace(/\/$/, '') + path, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-workernetes-timestamp': timestamp,
      'x-workernetes-signature': `sha256=${await sign(secret, `${timestamp}.${body}`)}`,
    },
    // A redirection would take the signed body elsewhere.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (response.ok) {
    // A deletion has nothing to say, often with 204.
    const text = await response.text()
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
  const message = `the cloud answered ${String(response.status)} to ${path}: ${(await response.text()).slice(0, 500)}`
  const retryAfterSeconds = Number(response.headers.get('retry-after') ?? 'NaN')
  if (Number.isFinite(retryAfterSeconds)) throw new RetryLater(message, retryAfterSeconds * 1_000)
  throw new Error(message)
}

/** Only what a Service's status may hold is taken from an answer. */
function statusOf(answer: unknown): V1LoadBalancerStatus {
  const { ingress } = (answer ?? {}) as { ingress?: unknown }
  if (!Array.isArray(ingress)) throw new Error('the cloud answered without `ingress`')
  return { ingress: ingress.map(ingressOf) }
}

function ingressOf(entry: unknown): { ip?: string; hostname?: string; ipMode?: string } {
  const { ip, hostname, ipMode } = (entry ?? {}) as { ip?: unknown; hostname?: unknown; ipMode?: unknown }
  const address = {
    ...(typeof ip === 'string' && ip !== '' ? { ip } : {}),
    ...(typeof hostname === 'string' && hostname !== '' ? { hostname } : {}),
    ...(ipMode === 'VIP' || ipMode === 'Proxy' ? { ipMode } : {}),
  }
  if (address.ip === undefined && address.hostname === undefined) {
    throw new Error('the cloud answered with an ingress that has neither `ip` nor `hostname`')
  }
  return address
}

async function sign(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  return hexOf(new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text))))
}
