/**
 * Requests through `pods/proxy` and `services/proxy`: the object that owns the name says whether and where, without the
 * body; then the Worker carries the request there by the same ways as any request to a Service, and what comes back is
 * made to lead through the proxy again (k8s.io/apimachinery pkg/util/proxy).
 */
import { answerError } from '../../apiserver/answer.ts'
import type { ResourceRequest } from '../../apiserver/request-info.ts'
import { ApiStatusError, unclassifiedError } from '../../apimachinery/status-error.ts'
import type { Env } from '../../env.ts'
import { CORS_HEADERS } from '../../lib/cors-headers.ts'
import { ADDRESS_ATTRIBUTES, proxiedPath, rewrittenAddress } from '../../proxy/rewriting.ts'
import { PROXY_TO_HEADER } from '../calls/hop-headers.ts'
import type { ProxiedTo } from '../nodes/proxied.ts'
import { clientOf, requestToPod, requestToService } from './service-routes.ts'

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
  const verdict = await ask(asking)
  const to = verdict.headers.get(PROXY_TO_HEADER)
  if (to === null) return verdict
  const url = new URL(request.url)
  const { path, prefix } = proxiedPath(url.pathname, info.rest)
  const isUpgrade = headers.has('upgrade')
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (path === '' && isRead && !isUpgrade) {
    return new Response(null, { status: 301, headers: { location: `${url.pathname}/${url.search}` } })
  }
  try {
    const target = JSON.parse(to) as ProxiedTo
    const onward = onwardRequest(request, headers, url, target.scheme, path, prefix)
    const answer = await send(env, cluster, target, onward)
    if (isUpgrade) return upgraded(answer)
    return rewritten(answer, prefix, url.host)
  } catch (error) {
    return answerError(error)
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
  onward.pathname = path.replaceAll('%', '%25')
  const headers = new Headers(all)
  for (const name of Array.from(headers.keys())) if (name.startsWith('impersonate-')) headers.delete(name)
  headers.set('x-forwarded-uri', `${prefix}${onward.pathname}`)
  const before = headers.get('x-forwarded-for')
  const client = clientOf(request)
  if (client !== '') headers.set('x-forwarded-for', before === null ? client : `${before}, ${client}`)
  const { method, body } = request
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(onward, { method, headers, body: hasBody ? body : null, redirect: 'manual' })
}

async function send(env: Env, cluster: string, target: ProxiedTo, request: Request): Promise<Response> {
  if (target.kind === 'service') {
    const { namespace, name, port } = target
    return requestToService(env, request, { cluster, namespace, name, port })
  }
  const answer = await requestToPod(env, request, target.pod, target.port)
  if (answer !== undefined) return answer
  const where = `${target.address}:${String(target.port)}`
  const why = `error trying to reach service: dial tcp ${where}: connect: connection refused`
  throw new ApiStatusError('ServiceUnavailable', why)
}

/** A backend that goes on without a stream has not understood; one that refuses is heard. */
function upgraded(answer: Response): Response {
  if (answer.status === 101 || answer.status >= 400) return answer
  throw unclassifiedError(`invalid upgrade response: status code ${String(answer.status)}`)
}

function rewritten(answer: Response, prefix: string, host: string): Response {
  const headers = new Headers(answer.headers)
  for (const name of CORS_HEADERS) headers.delete(name)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache, private')
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
