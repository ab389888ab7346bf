/**
 * Requests for another server's API: sent on to its Service with who asks in headers, and its answer as it is
 * (k8s.io/kube-aggregator pkg/apiserver/handler_proxy.go). Authorized here before, as upstream does it; the server asks
 * again by its own reviews.
 */
import type { UserInfo } from '../../../auth/user.ts'
import { CORS_HEADERS } from '../../../lib/cors-headers.ts'
import { ownHeaderNames } from '../../operations/own-headers.ts'
import { SOURCE_HEADER } from '../../operations/way.ts'
import type { Way } from '../../operations/way.ts'
import { onwardPath, onwardQuery } from '../../subresources/connect/go-address.ts'
import { passedHeaders } from '../../subresources/connect/passed-headers.ts'
import { asksForUpgrade } from '../../subresources/connect/upgrades.ts'
import type { RemoteApi } from './remote-api.ts'

/** Carries requests to the servers of other APIs. */
export interface Aggregation {
  /** Rejects when the server cannot be reached; with NowhereError where there is none. */
  send(service: RemoteApi['service'], request: Request): Promise<Response>
  /** There is reason to think that nobody answers for it any more: whoever keeps its condition should look. */
  suspect(api: Pick<RemoteApi, 'group' | 'version'>): void
}

/** There is no such Service, or nobody behind it: nothing was sent. */
export class NowhereError extends Error {}

/** What gateways say of servers that do not answer. */
const OF_GATEWAYS: ReadonlySet<number> = new Set([502, 503, 504])

/** Whether an answer gives reason to suspect the server. */
export const isSuspicious = ({ status }: Response): boolean => OF_GATEWAYS.has(status)

export async function answerByRemote(aggregation: Aggregation, way: Way, api: RemoteApi): Promise<Response> {
  const { service, isAvailable } = api
  way.isServed = true
  way.trail?.relayed()
  if (!isAvailable) return way.url.pathname.startsWith(OPENAPI_V3) ? undocumented() : unavailable('service unavailable')
  const { request, user } = way
  const url = new URL(way.url)
  url.pathname = onwardPath(url.pathname)
  url.search = onwardQuery(url.search)
  const isUpgrade = asksForUpgrade(request.headers)
  const headers = passedHeaders(request.headers, isUpgrade)
  addForwarded(headers, request, url, service)
  addUser(headers, user)
  headers.set('audit-id', way.auditId)
  const onward = new Request(url, new Request(request, { headers, redirect: 'manual' }))
  try {
    const answer = await aggregation.send(service, onward)
    if (isSuspicious(answer)) aggregation.suspect(api)
    if (answer.status === 404 && way.url.pathname.startsWith(OPENAPI_V3)) {
      void answer.body?.cancel()
      return undocumented()
    }
    for (const header of way.headers) {
      // What it says of its own turns stands behind what is said of ours.
      const own = header[0].startsWith('x-kubernetes-pf-') ? answer.headers.get(header[0]) : null
      if (own !== null) header[1] += `, ${own}`
    }
    return heard(answer, isUpgrade)
  } catch (error) {
    aggregation.suspect(api)
    if (error instanceof NowhereError) return unavailable('service unavailable')
    return unavailable(`error trying to reach service: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Who sends clients elsewhere is not followed, nor is one heard who was asked for a stream and gives none. */
function heard(answer: Response, isUpgrade: boolean): Response {
  const { status } = answer
  if (status >= 300 && status <= 399 && answer.headers.has('location')) {
    void answer.body?.cancel()
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': UNCACHED }
    return new Response(
      'the backend attempted to redirect this request, which is not permitted',
      { status: 502, headers },
    )
  }
  if (isUpgrade && status !== 101 && status < 400) {
    void answer.body?.cancel()
    return unavailable(`invalid upgrade response: status code ${String(status)}`)
  }
  if (status === 101) return answer
  const passed = new Response(answer.body, answer)
  const { headers } = passed
  for (const name of [...ownHeaderNames(headers), ...NOT_PASSED]) headers.delete(name)
  const said = headers.get('cache-control')
  headers.set('cache-control', said === null ? UNCACHED : `${UNCACHED}, ${said}`)
  return passed
}

/**
 * Of an answer: what is between that server and us alone. Besides what is in our name: by that it could send the
 * client's request on to wherever it likes.
 */
const NOT_PASSED = [
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'upgrade',
  ...CORS_HEADERS,
]

/** Whatever says nothing else of itself. */
const UNCACHED = 'no-cache, private'

/** The host is the one that the request goes to, its path a clean one (k8s.io/apimachinery pkg/util/proxy/transport.go). */
function addForwarded(headers: Headers, request: Request, url: URL, service: RemoteApi['service']): void {
  const source = request.headers.get(SOURCE_HEADER) ?? ''
  const before = headers.get('x-forwarded-for')
  if (source !== '') headers.set('x-forwarded-for', before === null ? source : `${before}, ${source}`)
  headers.set('x-forwarded-host', `${service.name}.${service.namespace}.svc:${String(service.port)}`)
  headers.set('x-forwarded-uri', url.pathname.replaceAll(/\/{2,}/g, '/'))
  headers.set('x-forwarded-proto', url.protocol.replace(':', ''))
}

/** The request headers of a front proxy (k8s.io/client-go transport, SetAuthProxyHeaders). */
export function addUser(headers: Headers, { username, uid = '', groups, extra = {} }: UserInfo): void {
  headers.set('x-remote-user', username)
  if (uid !== '') headers.set('x-remote-uid', uid)
  for (const group of groups) headers.append('x-remote-group', group)
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values) headers.append(`x-remote-extra-${escapeKey(key)}`, value)
  }
}

/** What a header's name cannot hold, and the sign that escapes it. */
function escapeKey(key: string): string {
  return [...new TextEncoder().encode(key.toLowerCase())]
    .map((byte) => String.fromCharCode(byte))
    .map((char) => (/[a-z\d!#$&'*+.^_`|~-]/.test(char) ? char : `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`))
    .join('')
}

const OPENAPI_V3 = '/openapi/v3/'

/** What an API that is down would say of itself, or one does not, is none of the documents that there are. */
function undocumented(): Response {
  return new Response(null, { status: 404, headers: { 'cache-control': UNCACHED } })
}

/** Plain text, as upstream's. */
function unavailable(why: string): Response {
  return new Response(`${why}\n`, {
    status: 503,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': UNCACHED,
    },
  })
}
