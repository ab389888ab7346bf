/**
 * The entry: tells apart who is called (Service hosts, internal routes, the page, the API) and says who answers.
 * Nothing is decided here that needs data.
 */
import { Hono } from 'hono'
import type { Env } from './env.ts'
import { answerError } from './apiserver/answer.ts'
import { unauthorizedError } from './apimachinery/status-error.ts'
import { ROOT_CLUSTER } from './apis/workernetes/root-cluster.ts'
import { answerApi } from './objects/worker/api-requests.ts'
import { answerInternal, isInternal, kubeletUser } from './objects/worker/internal-routes.ts'
import { runScheduled } from './objects/worker/scheduled.ts'
import { answerServiceRequest } from './objects/worker/service-routes.ts'
import { statusPage } from './objects/worker/status-page.ts'

export { CloudObject } from './objects/cloud-object.ts'
export { NamespaceObject } from './objects/namespace-object.ts'
export { SchedulerObject } from './objects/scheduler-object.ts'
export { SequencerObject } from './objects/sequencer-object.ts'

const app = new Hono<{ Bindings: Env }>()

app.get('/', ({ req, env }, next) => (asksForPage(req.raw) ? Promise.resolve(statusPage(env)) : next()))
/** Our own kubelets: known by the secret, they say themselves which node's user they are. */
app.all('/internal/clusters/:cluster/*', ({ env, req }) => {
  if (!isInternal(env, req.raw)) return answerError(unauthorizedError())
  const user = kubeletUser(req.raw)
  return answerApi(env, req.raw, { cluster: req.param('cluster'), before: '/internal/clusters/' }, () => user)
})
app.all('/internal/*', (context) => answerInternal(context.env, context.req.raw))
app.all('/clusters/:cluster/*', ({ env, req }) =>
  answerApi(env, req.raw, { cluster: req.param('cluster'), before: '/clusters/' }),
)
app.all('*', ({ env, req }) => answerApi(env, req.raw, { cluster: ROOT_CLUSTER, before: '' }))

/** Browsers get the page; everybody else is a client of the API, and gets the list of paths. */
function asksForPage({ headers }: Request): boolean {
  return headers.get('accept')?.includes('text/html') ?? false
}

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> {
    const api = (forApi: Request) => app.fetch(forApi, env, context)
    return answerServiceRequest(env, request, api) ?? api(request)
  },
  scheduled: (_controller: ScheduledController, env: Env): Promise<void> => runScheduled(env),
} satisfies ExportedHandler<Env>
