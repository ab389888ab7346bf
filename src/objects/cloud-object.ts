/**
 * CloudObject: one per logical cluster; everything that waits on somebody else's API. Namespaces name the Services that
 * concern it; each is reconciled on its own, with back-off, by the provider of this deployment.
 */
import { DurableObject } from 'cloudflare:workers'
import type { V1Service } from '../apis/generated/types.ts'
import { AUTHENTICATED_GROUP } from '../auth/user.ts'
import { createEventsRecorder } from '../client/events-recorder.ts'
import type { CloudProvider } from '../cloud/provider.ts'
import { cloudProvider } from '../cloud/providers.ts'
import type { Env } from '../env.ts'
import { variablesOf } from '../env.ts'
import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { publicServiceHost } from '../proxy/service-host.ts'
import { listAllNamespaces } from './calls/list-all.ts'
import { scopeStub } from './calls/scope-stub.ts'
import { ROOT_CLUSTER } from '../apis/workernetes/root-cluster.ts'
import { RemoteClient } from './calls/remote-client.ts'
import { BalancerQueue } from './cloud/balancer-queue.ts'
import { CLOUD } from './due/due-work.ts'
import { destroyObject } from './storage/destroy.ts'
import { IndexEntry } from './due/index-entry.ts'

const IDENTITY = {
  username: 'system:serviceaccount:kube-system:service-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', AUTHENTICATED_GROUP],
}

export class CloudObject extends DurableObject<Env> {
  readonly #cluster: string
  readonly #provider: CloudProvider
  readonly #queue: BalancerQueue
  readonly #entry: IndexEntry

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
    this.#queue = new BalancerQueue({
      kv: ctx.storage.kv,
      clock: systemClock,
      random: systemRandom,
      cluster: this.#cluster,
      provider: this.#provider,
      ports: { client, events },
    })
  }

  /** These Services of a namespace changed. Durable when it resolves; the work goes on behind. */
  observe(namespace: string, names: readonly string[]): Promise<void> {
    return this.#entry.during(async () => {
      this.#queue.add(namespace, names)
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
    const next = await this.#queue.run()
    if (next !== undefined) await this.ctx.storage.setAlarm(next)
  }

  /** Cron: what alarms should have done; answers when there is something to do next. */
  async resync(): Promise<number | undefined> {
    return this.#entry.leave(systemClock.now(), await this.#queue.run())
  }
}
