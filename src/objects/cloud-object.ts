/**
 * CloudObject: one per logical cluster; everything that waits on somebody else's API. Namespaces name the Services that
 * concern it; each is reconciled on its own, with back-off, by the provider of this deployment.
 */
import { DurableObject } from 'cloudflare:workers'
import { service as serviceKind } from '../apis/core/service/service.ts'
import { AUTHENTICATED_GROUP } from '../auth/user.ts'
import { createEventsRecorder } from '../client/events-recorder.ts'
import type { CloudProvider } from '../cloud/provider.ts'
import { RetryLater } from '../cloud/provider.ts'
import { cloudProvider } from '../cloud/providers.ts'
import type { ServiceControllerPorts } from '../cloud/service-controller.ts'
import { reconcileService } from '../cloud/service-controller.ts'
import type { Env } from '../env.ts'
import { variablesOf } from '../env.ts'
import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { publicServiceHost } from '../proxy/service-host.ts'
import { listAllNamespaces } from './calls/list-all.ts'
import { scopeStub } from './calls/scope-stub.ts'
import { ROOT_CLUSTER } from './object-names.ts'
import { RemoteClient } from './calls/remote-client.ts'

const IDENTITY = {
  username: 'system:serviceaccount:kube-system:service-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', AUTHENTICATED_GROUP],
}

/** Back-off of a Service whose provider failed: upstream's 5 s to 5 min. */
const MIN_RETRY_MS = 5_000
const MAX_RETRY_MS = 300_000

interface Due {
  readonly dueMs: number
  readonly attempts: number
}

export class CloudObject extends DurableObject<Env> {
  readonly #cluster: string
  readonly #provider: CloudProvider
  readonly #ports: ServiceControllerPorts

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#cluster = ctx.id.name ?? ROOT_CLUSTER
    const client = new RemoteClient({
      user: IDENTITY,
      stubOf: (scope) => scopeStub(env, this.#cluster, scope),
      listAll: (...list) => listAllNamespaces(env, this.#cluster, ...list),
    })
    const events = createEventsRecorder({
      client,
      clock: systemClock,
      random: systemRandom,
      component: 'service-controller',
      onError: (error) => console.warn('an Event of a load balancer could not be written', error),
    })
    this.#ports = { client, events }
    const { SERVICE_DOMAIN, CLOUD_PROVIDER, CLOUD_WEBHOOK_URL, CLOUD_WEBHOOK_SECRET } = variablesOf(env)
    const domains = { rootCluster: ROOT_CLUSTER, publicDomain: SERVICE_DOMAIN }
    this.#provider = cloudProvider({
      name: CLOUD_PROVIDER,
      url: CLOUD_WEBHOOK_URL,
      secret: CLOUD_WEBHOOK_SECRET,
      clock: systemClock,
      fetch: (input, init) => fetch(input, init),
      hostOf: (cluster, namespace, name) => publicServiceHost({ cluster, namespace, name }, domains),
    })
  }

  /** These Services of a namespace changed. Durable when it resolves; the work goes on behind. */
  async observe(namespace: string, names: readonly string[]): Promise<void> {
    for (const name of names) this.ctx.storage.kv.put(`${namespace}/${name}`, { dueMs: 0, attempts: 0 } satisfies Due)
    await this.ctx.storage.setAlarm(systemClock.now())
  }

  override async alarm(): Promise<void> {
    const nowMs = systemClock.now()
    let next: number | undefined
    for (const [key, due] of [...this.ctx.storage.kv.list<Due>()]) {
      const retryMs = due.dueMs <= nowMs ? await this.#reconcile(key, due) : due.dueMs
      if (retryMs !== undefined) next = Math.min(next ?? retryMs, retryMs)
    }
    if (next !== undefined) await this.ctx.storage.setAlarm(next)
  }

  /** When to try again; undefined: done with this Service. */
  async #reconcile(key: string, due: Due): Promise<number | undefined> {
    const [namespace = '', name = ''] = key.split('/')
    try {
      const service = await this.#ports.client.find(serviceKind, { namespace, name })
      if (service !== undefined)
        await reconcileService(this.#ports, this.#provider, { cluster: this.#cluster, service, nodes: [] })
      this.ctx.storage.kv.delete(key)
      return undefined
    } catch (error) {
      console.warn(`load balancer of ${key} failed, to be tried again`, error)
      const backoffMs = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** due.attempts)
      const dueMs = systemClock.now() + (error instanceof RetryLater ? error.afterMs : backoffMs)
      this.ctx.storage.kv.put(key, { dueMs, attempts: due.attempts + 1 } satisfies Due)
      return dueMs
    }
  }
}
