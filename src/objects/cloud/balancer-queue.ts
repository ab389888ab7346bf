/**
 * The Services that wait for their load balancers: durable, each reconciled on its own and tried again with back-off.
 * Invariant: a Service told of again while it is being reconciled stays due. It must not know: which cloud it is, nor
 * what wakes this up.
 */
import { service as serviceKind } from '../../apis/core/service/service.ts'
import type { CloudProvider } from '../../cloud/provider.ts'
import { RetryLater } from '../../cloud/provider.ts'
import type { ServiceControllerPorts } from '../../cloud/service-controller.ts'
import { reconcileService } from '../../cloud/service-controller.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'

/** Back-off of a Service whose provider failed: upstream's 5 s to 5 min. */
const MIN_RETRY_MS = 5_000
const MAX_RETRY_MS = 300_000

/** Keys of the storage: one a Service that waits for its balancer. */
const SERVICE = 'service/'

interface Due {
  /** Changes with every telling. */
  readonly told: string
  readonly dueMs: number
  readonly attempts: number
}

export interface BalancerQueueOptions {
  readonly kv: SyncKvStorage
  readonly clock: Clock
  readonly random: Random
  readonly cluster: string
  readonly provider: CloudProvider
  readonly ports: ServiceControllerPorts
}

export class BalancerQueue {
  readonly #options: BalancerQueueOptions
  #running: Promise<number | undefined> | undefined

  constructor(options: BalancerQueueOptions) {
    this.#options = options
  }

  /** These Services changed; they are due now. */
  add(namespace: string, names: readonly string[]): void {
    const { kv, random } = this.#options
    for (const name of names) {
      kv.put(`${SERVICE}${namespace}/${name}`, { told: random.uuid(), dueMs: 0, attempts: 0 } satisfies Due)
    }
  }

  /** Does what is due, once at a time; answers when something is due next. */
  run(): Promise<number | undefined> {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #runAll(): Promise<number | undefined> {
    const nowMs = this.#options.clock.now()
    for (const [key, due] of this.#waiting()) if (due.dueMs <= nowMs) await this.#reconcile(key, due)
    const times = this.#waiting().map(([, { dueMs }]) => dueMs)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  #waiting(): (readonly [key: string, due: Due])[] {
    return [...this.#options.kv.list<Due>({ prefix: SERVICE })]
  }

  #settle(key: string, { told }: Due, next: Due | undefined): void {
    const { kv } = this.#options
    if (kv.get<Due>(key)?.told !== told) return
    if (next === undefined) kv.delete(key)
    else kv.put(key, next)
  }

  async #reconcile(key: string, due: Due): Promise<void> {
    const { ports, provider, cluster, clock } = this.#options
    const [namespace = '', name = ''] = key.slice(SERVICE.length).split('/')
    try {
      const service = await ports.client.find(serviceKind, { namespace, name })
      if (service !== undefined) await reconcileService(ports, provider, { cluster, service, nodes: [] })
      this.#settle(key, due, undefined)
    } catch (error) {
      console.warn(`load balancer of ${namespace}/${name} failed, to be tried again`, error)
      const backoffMs = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** due.attempts)
      const dueMs = clock.now() + (error instanceof RetryLater ? error.afterMs : backoffMs)
      this.#settle(key, due, { ...due, dueMs, attempts: due.attempts + 1 })
    }
  }
}
