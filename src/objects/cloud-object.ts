/**
 * CloudObject: one per logical cluster; everything that waits on somebody else's API. Namespaces name the Services that
 * concern it; each is reconciled on its own, with back-off, by the provider of this deployment.
 */
import { DurableObject } from 'cloudflare:workers'
import type { V1Service } from '../apis/generated/types.ts'
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
import { ROOT_CLUSTER } from '../apis/workernetes/root-cluster.ts'
import { RemoteClient } from './calls/remote-client.ts'
import { CLOUD } from './due/due-work.ts'
import { destroyObject } from './storage/destroy.ts'
import { IndexEntry } from './due/index-entry.ts'

const IDENTITY = {
  username: 'system:serviceaccount:kube-system:service-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', AUTHENTICATED_GROUP],
}

/** Back-off of a Service whose provider failed: upstream's 5 s to 5 min. */
const MIN_RETRY_MS = 5_000
const MAX_RETRY_MS = 300_000

/** Keys of the storage: one a Service that waits for its balancer. */
const SERVICE = 'service/'

interface Due {
  /** Changes with every telling: a Service told of again while it is reconciled stays due. */
  readonly told: string
  readonly dueMs: number
  readonly attempts: number
}

export class CloudObject extends DurableObject<Env> {
  readonly #cluster: string
  readonly #provider: CloudProvider
  readonly #ports: ServiceControllerPorts
  readonly #entry: IndexEntry
  #running: Promise<number | undefined> | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#cluster = ctx.id.name ?? ROOT_CLUSTER
    this.#entry = new IndexEntry(async () => env.SEQUENCER_OBJECTS.getByName(this.#cluster).enterIndex(CLOUD))
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
  observe(namespace: string, names: readonly string[]): Promise<void> {
    return this.#entry.during(async () => {
      for (const name of names) {
        this.ctx.storage.kv.put(SERVICE + `${namespace}/${name}`, {
          told: systemRandom.uuid(),
          dueMs: 0,
          attempts: 0,
        } satisfies Due)
      }
      await this.ctx.storage.setAlarm(systemClock.now())
    })
  }

  /** Gives back what these Services have in the cloud: their logical cluster is being deleted. */
  async release(services: readonly string[]): Promise<void> {
    for (const text of services) {
      const service = JSON.parse(text) as V1Service
      const request = { cluster: this.#cluster, service, nodes: [] }
      await this.#provider.loadBalancers?.ensureLoadBalancerDeleted(request)
    }
  }

  /** The logical cluster was deleted. True: nothing is left here. */
  destroy(): Promise<boolean> {
    return destroyObject(this.ctx)
  }

  override async alarm(): Promise<void> {
    const next = await this.#run()
    if (next !== undefined) await this.ctx.storage.setAlarm(next)
  }

  /** Cron: what alarms should have done; answers when there is something to do next. */
  async resync(): Promise<number | undefined> {
    return this.#entry.leave(systemClock.now(), await this.#run())
  }

  /** Does what is due, once at a time; answers when something is due next. */
  #run(): Promise<number | undefined> {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #runAll(): Promise<number | undefined> {
    const nowMs = systemClock.now()
    for (const [key, due] of this.#waiting()) if (due.dueMs <= nowMs) await this.#reconcile(key, due)
    const times = this.#waiting().map(([, { dueMs }]) => dueMs)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  #waiting(): (readonly [key: string, due: Due])[] {
    return [...this.ctx.storage.kv.list<Due>({ prefix: SERVICE })]
  }

  #settle(key: string, { told }: Due, next: Due | undefined): void {
    const { kv } = this.ctx.storage
    if (kv.get<Due>(key)?.told !== told) return
    if (next === undefined) kv.delete(key)
    else kv.put(key, next)
  }

  async #reconcile(key: string, due: Due): Promise<void> {
    const [namespace = '', name = ''] = key.slice(SERVICE.length).split('/')
    try {
      const service = await this.#ports.client.find(serviceKind, { namespace, name })
      if (service !== undefined)
        await reconcileService(this.#ports, this.#provider, { cluster: this.#cluster, service, nodes: [] })
      this.#settle(key, due, undefined)
    } catch (error) {
      console.warn(`load balancer of ${namespace}/${name} failed, to be tried again`, error)
      const backoffMs = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** due.attempts)
      const dueMs = systemClock.now() + (error instanceof RetryLater ? error.afterMs : backoffMs)
      this.#settle(key, due, { ...due, dueMs, attempts: due.attempts + 1 })
    }
  }
}
