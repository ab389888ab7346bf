/**
 * The entry: tells apart who is called (Service hosts, internal routes, the API), authenticates, and passes API
 * requests on to the one object that owns the data. Nothing is decided here that needs data; the object's stream is
 * returned unpumped, but for watches over WebSocket.
 */
import { Hono } from 'hono'
import type { Env } from './env.ts'
import { answerError } from './apiserver/answer.ts'
import { healthText } from './apiserver/operations/health.ts'
import { AUDIT_ID_HEADER, SOURCE_HEADER, answerUnasked } from './apiserver/operations/way.ts'
import type { UserInfo } from './auth/user.ts'
import { hasReason, unauthorizedError } from './apimachinery/status-error.ts'
import { parseRequest } from './apiserver/request-info.ts'
import type { KnownCluster } from './objects/clusters/cluster-word.ts'
import { knownCluster } from './objects/clusters/cluster-word.ts'
import { authenticateRequest } from './objects/worker/authenticate-request.ts'
import { auditFailedAuthentication } from './objects/worker/failed-authentication.ts'
import { answerInternal, isInternal, kubeletUser } from './objects/worker/internal-routes.ts'
import { ROOT_CLUSTER } from './apis/workernetes/root-cluster.ts'
import { askOwner, ownerOf } from './objects/worker/owner-of.ts'
import { recordsSources } from './objects/operations/operations-ports.ts'
import { answerProxied } from './objects/worker/proxy-routes.ts'
import { runScheduled } from './objects/worker/scheduled.ts'
import { answerServiceRequest, clientOf } from './objects/worker/service-routes.ts'
import { asksForSocket, keepOfferedProtocols } from './objects/worker/socket-protocols.ts'
import { statusPage } from './objects/worker/status-page.ts'
import { watchOverSocket } from './objects/worker/watch-socket.ts'
import { INTERNAL_HEADERS, USER_HEADER, printUser } from './objects/calls/user-header.ts'

export { CloudObject } from './objects/cloud-object.ts'
export { NamespaceObject } from './objects/namespace-object.ts'
export { SchedulerObject } from './objects/scheduler-object.ts'
export { SequencerObject } from './objects/sequencer-object.ts'

const app = new Hono<{ Bindings: Env }>()

app.get('/', ({ req, env }, next) => (asksForJson(req.raw) ? next() : Promise.resolve(statusPage(env))))
/** Plain, it is about this Worker alone and asks nobody; with anything more it is a request like others. */
app.get('/livez', ({ req }, next) => (req.url.includes('?') ? next() : Promise.resolve(healthText('ok', 200))))
/** Our own kubelets: known by the secret, they say themselves which node's user they are. */
app.all('/internal/clusters/:cluster/*', ({ env, req }) => {
  if (!isInternal(env, req.raw)) return answerError(unauthorizedError())
  const user = kubeletUser(req.raw)
  return answerApi(env, req.raw, req.param('cluster'), '/internal/clusters/', () => user)
})
app.all('/internal/*', (context) => answerInternal(context.env, context.req.raw))
app.all('/clusters/:cluster/*', ({ env, req }) =>
  answerApi(env, req.raw, req.param('cluster'), '/clusters/'),
)
app.all('*', (context) => answerApi(context.env, context.req.raw, ROOT_CLUSTER, ''))

/** How much of the path names the cluster, as it was written: the name itself may be encoded there. '' is of the root. */
function prefixLength({ pathname }: URL, before: string): number {
  if (before === '') return 0
  const end = pathname.indexOf('/', before.length)
  return end === -1 ? pathname.length : end
}

/** Hosts that a hop to an object takes. Whatever else a client calls us is for us alone: nobody decides by it. */
const PASSABLE_HOST = /^[\w.:[\]-]+$/
const NOWHERE = 'localhost'

/** Clients of the API name JSON, and get the list of paths; everybody else gets the page. */
function asksForJson({ headers }: Request): boolean {
  return headers.get('accept')?.includes('application/json') ?? false
}

async function answerApi(
  env: Env,
  request: Request,
  cluster: string,
  before: string,
  authenticate = (known: KnownCluster): UserInfo | Promise<UserInfo> => authenticateRequest(env, known, request),
): Promise<Response> {
  const url = new URL(request.url)
  if (!PASSABLE_HOST.test(url.host)) url.host = NOWHERE
  const prefix = prefixLength(url, before)
  try {
    const known = knownCluster(env, cluster)
    const user = await authenticate(known instanceof Promise ? await known : known)
    if (prefix > 0) url.pathname = url.pathname.slice(prefix)
    const headers = new Headers(request.headers)
    for (const name of INTERNAL_HEADERS) headers.delete(name)
    headers.delete('authorization')
    if (asksForSocket(headers)) keepOfferedProtocols(headers)
    headers.set(USER_HEADER, printUser(user))
    // Reading it costs as much as the rest of the hop's headers, so only where somebody writes it down.
    if (recordsSources(env)) headers.set(SOURCE_HEADER, clientOf(request))
    const { method } = request
    const info = parseRequest(method, url.pathname, url.searchParams)
    if (info.isResource && info.subresource === 'proxy') {
      const owner = ownerOf(env, cluster, info)
      return await answerProxied(env, request, headers, info, cluster, (withoutBody) =>
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
  } catch (error) {
    const auditId = request.headers.get(AUDIT_ID_HEADER) ?? crypto.randomUUID()
    if (hasReason(error, 'Unauthorized')) auditFailedAuthentication(env, cluster, request, { auditId, prefixLength: prefix })
    return answerUnasked(request, auditId, error)
  }
}

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> {
    const api = (forApi: Request) => app.fetch(forApi, env, context)
    return answerServiceRequest(env, request, api) ?? api(request)
  },
  scheduled: (_controller: ScheduledController, env: Env): Promise<void> => runScheduled(env),
} satisfies ExportedHandler<Env>
