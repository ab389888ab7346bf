/**
 * The way of an API request through the Worker: which logical cluster its address names, who makes it, and on to the
 * one object that owns the data. What that object streams is returned unpumped, but for watches over WebSocket. What no
 * object ever sees (nobody's requests, unknown clusters) is refused here.
 */
import { AUDIT_ID_HEADER, SOURCE_HEADER, answerUnasked } from '../../apiserver/operations/way.ts'
import { hasStrayEscape, parseRequest } from '../../apiserver/request-info.ts'
import { asksForSocket } from '../../apiserver/subresources/connect/upgrades.ts'
import { addWarnings } from '../../apiserver/warning-headers.ts'
import { queryOf } from '../../apimachinery/query-values.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import { warningOfToken } from '../../auth/authenticate.ts'
import type { UserInfo } from '../../auth/user.ts'
import type { Env } from '../../env.ts'
import { INTERNAL_HEADERS, USER_HEADER, printUser } from '../calls/user-header.ts'
import type { KnownCluster } from '../clusters/cluster-word.ts'
import { knownCluster } from '../clusters/cluster-word.ts'
import { recordsSources } from '../operations/operations-ports.ts'
import { authenticateRequest } from './authenticate-request.ts'
import { auditFailedAuthentication } from './failed-authentication.ts'
import { builtInScheme } from '../scope/scope.ts'
import { askOwner, ownerOf } from './owner-of.ts'
import { answerProxied } from './proxy-routes.ts'
import { clientOf } from './service-routes.ts'
import { keepOfferedProtocols } from './socket-protocols.ts'
import { watchOverSocket } from './watch-socket.ts'

/** How an address names its logical cluster. */
export interface ClusterAddress {
  readonly cluster: string
  /** The path up to the name; '' where the root cluster is meant by naming none. */
  readonly before: string
}

/** Throws ApiStatusError 401. Left out: by the token that the request carries. */
type Authenticate = (cluster: KnownCluster) => UserInfo | Promise<UserInfo>

/** Hosts that a hop to an object takes. Whatever else a client calls us is for us alone: nobody decides by it. */
const PASSABLE_HOST = /^[\w.:[\]-]+$/
const NOWHERE = 'localhost'

/** As Go's server has it, before anybody has seen the request. */
function answerStrayEscape(): Response {
  return new Response('400 Bad Request', { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

/** Never rejects: errors become Statuses. */
export async function answerApi(
  env: Env,
  request: Request,
  { cluster, before }: ClusterAddress,
  authenticate: Authenticate = (known) => authenticateRequest(env, known, request),
): Promise<Response> {
  const url = new URL(request.url)
  if (hasStrayEscape(url.pathname)) return answerStrayEscape()
  if (!PASSABLE_HOST.test(url.host)) url.host = NOWHERE
  const prefix = prefixLength(url, before)
  try {
    const known = knownCluster(env, cluster)
    const user = await authenticate(known instanceof Promise ? await known : known)
    if (prefix > 0) url.pathname = url.pathname.slice(prefix)
    const answer = await passOn(env, request, cluster, url, onwardHeaders(env, request, user, url))
    const warning = warningOfToken(request.headers.get('authorization'))
    return warning === undefined || answer.status === 101 ? answer : warned(answer, warning)
  } catch (error) {
    const auditId = request.headers.get(AUDIT_ID_HEADER) || crypto.randomUUID()
    if (hasReason(error, 'Unauthorized')) {
      await auditFailedAuthentication(env, cluster, request, { auditId, prefixLength: prefix })
    }
    return answerUnasked(request, auditId, error)
  }
}

/** Of what is wrong with how the client shows who it is: first, before anything that its request is warned of. */
function warned(answer: Response, warning: string): Response {
  const headers = new Headers(answer.headers)
  headers.delete('warning')
  addWarnings(headers, [warning])
  const others = answer.headers.get('warning')
  if (others !== null) headers.append('warning', others)
  return new Response(answer.body, { status: answer.status, headers })
}

/** How much of the path names the cluster, as it was written: the name itself may be encoded there. */
function prefixLength({ pathname }: URL, before: string): number {
  if (before === '') return 0
  const end = pathname.indexOf('/', before.length)
  return end === -1 ? pathname.length : end
}

/** What the owner gets of the client's headers: who it is instead of how that was shown, and nothing in our name. */
function onwardHeaders(env: Env, request: Request, user: UserInfo, { pathname }: URL): Headers {
  const headers = new Headers(request.headers)
  for (const name of INTERNAL_HEADERS) headers.delete(name)
  headers.delete('authorization')
  if (asksForSocket(headers)) keepOfferedProtocols(headers)
  headers.set(USER_HEADER, printUser(user))
  // Reading it costs as much as the rest of the hop's headers, so only where somebody writes it down, or is told.
  if (recordsSources(env) || isOfOthers(pathname)) headers.set(SOURCE_HEADER, clientOf(request))
  return headers
}

/** The API of another server, perhaps, which hears whom it answers in the end. */
function isOfOthers(pathname: string): boolean {
  const [, root, group = '', version = ''] = pathname.split('/', 4)
  return root === 'apis' && version !== '' && !builtInScheme.hasGroupVersion({ group, version })
}

/** `url` is without the cluster's prefix. */
async function passOn(
  env: Env,
  request: Request,
  cluster: string,
  url: URL,
  headers: Headers,
): Promise<Response> {
  const { method } = request
  const info = parseRequest(method, url.pathname, queryOf(url))
  if (info.isResource && info.subresource === 'proxy') {
    const owner = ownerOf(env, cluster, info)
    return answerProxied(env, request, headers, info, cluster, (withoutBody) =>
      owner.fetch(url, { method, headers: withoutBody, redirect: 'manual' }),
    )
  }
  const isSocketWatch = info.verb === 'watch' && asksForSocket(headers)
  // The owner answers a plain stream.
  if (isSocketWatch) for (const name of ['upgrade', 'sec-websocket-protocol']) headers.delete(name)
  // A GET of some clients says `content-length: 0`, which reads as an empty body and may not be passed on as one.
  const body = method === 'GET' || method === 'HEAD' ? null : request.body
  const answer = await askOwner(env, cluster, info, (owner) =>
    owner.fetch(url, { method, headers, body, redirect: 'manual' }),
  )
  return isSocketWatch ? watchOverSocket(request, answer) : answer
}
