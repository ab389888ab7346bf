/**
 * Requests through `pods/proxy` and `services/proxy`: the object that owns the name says whether and where, without the
 * body; then the Worker carries the request there by the same ways as any request to a Service, and what comes back is
 * made to lead through the proxy again (k8s.io/apimachinery pkg/util/proxy).
 */
import { answerError } from '../../apiserver/answer.ts'
import { negotiateError } from '../../apiserver/negotiate.ts'
import type { ResourceRequest } from '../../apiserver/request-info.ts'
import { cleanPath, encodedPath } from '../../apiserver/subresources/connect/go-address.ts'
import { slashed } from '../../apiserver/subresources/connect/proxy.ts'
import { unavailable } from '../../apiserver/subresources/connect/proxy-location.ts'
import { passedHeaders } from '../../apiserver/subresources/connect/passed-headers.ts'
import { UPGRADE_HEADER, asksForUpgrade } from '../../apiserver/subresources/connect/upgrades.ts'
import type { ApiStatusError } from '../../apimachinery/status-error.ts'
import { unclassifiedError } from '../../apimachinery/status-error.ts'
import type { Env } from '../../env.ts'
import { CORS_HEADERS } from '../../lib/cors-headers.ts'
import { isRefusal } from '../../proxy/refusals.ts'
import { ADDRESS_ATTRIBUTES, proxiedPath, rewrittenAddress } from '../../proxy/rewriting.ts'
import { PROXY_TO_HEADER } from '../calls/hop-headers.ts'
import type { ProxiedTo } from '../nodes/proxied.ts'
import { clientOf, requestToPod, requestToService } from './service-routes.ts'

const UNCACHED = 'no-cache, private'

/** What speaks of a body or a stream, for a question that has neither. */
const BODY_HEADERS = ['content-length', 'transfer-encoding', 'upgrade', 'connection', 'sec-websocket-protocol']

/** `ask`: the owner's answer to the request without its body. */
export async function answerProxied(
  env: Env,
  request: Request,
  headers: Headers,
  info: ResourceRequest,
  cluster: string,
  ask: (headers: Headers) => Promise<Response>,
): Promise<Response> {
  const asking = new Headers(headers)
  for (const name of BODY_HEADERS) asking.delete(name)
  const isUpgrade = asksForUpgrade(headers)
  if (isUpgrade) asking.set(UPGRADE_HEADER, '1')
  const verdict = await ask(asking)
  const url = new URL(request.url)
  if (verdict.status === 301) return slashed(url, verdict.headers)
  const to = verdict.headers.get(PROXY_TO_HEADER)
  if (to === null) return verdict
  const { path, prefix } = proxiedPath(url.pathname, info.rest)
  try {
    const target = JSON.parse(to) as ProxiedTo
    const onward = onwardRequest(request, headers, url, target.scheme, path, prefix)
    const answer = await send(env, cluster, target, onward, isUpgrade ? notDialed : notReached)
    if (isUpgrade) return upgraded(answer)
    return rewritten(answer, verdict.headers, prefix, url.host)
  } catch (error) {
    const refusal = answerError(error, negotiateError({ headers, pretty: url.searchParams.get('pretty') }))
    addOurWord(refusal.headers, verdict.headers)
    return refusal
  }
}

/** What is said of the request itself stands before what the backend says under the same names. */
function addOurWord(headers: Headers, ours: Headers): void {
  for (const [name, value] of ours) {
    if (name !== 'audit-id' && !name.startsWith('x-kubernetes-pf-')) continue
    const said = headers.get(name)
    headers.set(name, said === null ? value : `${value}, ${said}`)
  }
}

/** The request as the backend gets it: its own path, and what a reverse proxy adds. */
function onwardRequest(
  request: Request,
  all: Headers,
  url: URL,
  scheme: string,
  path: string,
  prefix: string,
): Request {
  const onward = new URL(url)
  onward.protocol = `${scheme}:`
  // What was decoded to be taken apart is encoded again.
  onward.pathname = encodedPath(path)
  const headers = passedHeaders(all, asksForUpgrade(all))
  headers.set('x-forwarded-uri', `${cleanPath(`${prefix}${onward.pathname}`)}${onward.pathname.endsWith('/') ? '/' : ''}`)
  const before = headers.get('x-forwarded-for')
  const client = clientOf(request)
  if (client !== '') headers.set('x-forwarded-for', before === null ? client : `${before}, ${client}`)
  const { method, body } = request
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(onward, { method, headers, body: hasBody ? body : null, redirect: 'manual' })
}

/** What is said of a backend that cannot be reached. */
type Failed = (why: string) => ApiStatusError

const notReached: Failed = (why) => unavailable(`error trying to reach service: ${why}`)
/** For streams the connection is made by another part of upstream's proxy. */
const notDialed: Failed = (why) => unclassifiedError(`error dialing backend: ${why}`)

async function send(
  env: Env,
  cluster: string,
  target: ProxiedTo,
  request: Request,
  failed: Failed,
): Promise<Response> {
  if (target.kind === 'service') {
    const { namespace, name, port } = target
    return notRefused(await requestToService(env, request, { cluster, namespace, name, port }), failed)
  }
  const answer = await requestToPod(env, request, target.pod, target.port)
  if (answer !== undefined) return answer
  const where = `${target.address}:${String(target.port)}`
  throw failed(`dial tcp ${where}: connect: connection refused`)
}

/** What the router says itself is for people who ask for a Service. */
async function notRefused(answer: Response, failed: Failed): Promise<Response> {
  if (!isRefusal(answer)) return answer
  throw failed(answer.status === 502 ? 'EOF' : (await answer.text()).trim())
}

/** A backend that goes on without a stream has not understood; one that refuses is heard. */
function upgraded(answer: Response): Response {
  if (answer.status === 101 || answer.status >= 400) return answer
  throw unclassifiedError(`invalid upgrade response: status code ${String(answer.status)}`)
}

function rewritten(answer: Response, ours: Headers, prefix: string, host: string): Response {
  const headers = new Headers(answer.headers)
  for (const name of CORS_HEADERS) headers.delete(name)
  addOurWord(headers, ours)
  const said = headers.get('cache-control')
  headers.set('cache-control', said === null ? UNCACHED : `${UNCACHED}, ${said}`)
  const response = new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers })
  const redirect = headers.get('location')
  if (redirect !== null) {
    response.headers.set('location', rewrittenAddress(redirect, prefix, [host]))
    return response
  }
  const isHtml = headers.get('content-type')?.split(';')[0]?.trim() === 'text/html'
  // What is encoded passes as it is.
  return isHtml && !headers.has('content-encoding') ? withRewrittenLinks(response, prefix, host) : response
}

function withRewrittenLinks(response: Response, prefix: string, host: string): Response {
  response.headers.delete('content-length')
  const rewriter = new HTMLRewriter()
  for (const [name, attributes] of Object.entries(ADDRESS_ATTRIBUTES)) {
    rewriter.on(name, {
      element(element) {
        for (const attribute of attributes) {
          const address = element.getAttribute(attribute)
          if (address !== null) element.setAttribute(attribute, rewrittenAddress(address, prefix, [host]))
        }
      },
    })
  }
  return rewriter.transform(response)
}
