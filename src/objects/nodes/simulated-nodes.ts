/**
 * The kubelet of simulated nodes, in the namespace's own object: follows the pods of this store that are on such a
 * node and writes their status in batches. It keeps nothing durable: what a pod's life has come to is in its status.
 */
import type { V1Pod } from '../../apis/generated/types.ts'
import type { Client } from '../../client/client.ts'
import { createEventsRecorder } from '../../client/events-recorder.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import type { LogOptions } from '../../kubelet/logs/log-options.ts'
import type { SimulatedKubelet } from '../../kubelet/runtimes/simulated/simulated-kubelet.ts'
import { createSimulatedKubelet } from '../../kubelet/runtimes/simulated/simulated-kubelet.ts'
import { parseWithoutManagedFields } from '../../registry/object-text.ts'
import type { Change, StoreReader } from '../../store/object-store.ts'
import type { NodeRuntimes } from './node-runtimes.ts'

/** Three Events a pod are twice the work of its status: many pods that start together are Running first. */
const EVENTS_LINGER_MS = 1_000

export class SimulatedNodes {
  readonly #reader: StoreReader
  readonly #runtimes: NodeRuntimes
  readonly #kubelet: SimulatedKubelet
  #isLoaded = false
  #changed = new Map<string, string>()
  #gone: string[] = []

  constructor(reader: StoreReader, runtimes: NodeRuntimes, client: Client) {
    this.#reader = reader
    this.#runtimes = runtimes
    const onError = (error: unknown): void => console.warn('a simulated pod could not be reported', error)
    const events = createEventsRecorder({
      client,
      clock: systemClock,
      random: systemRandom,
      component: 'kubelet',
      host: (pod) => (pod as V1Pod).spec?.nodeName ?? '',
      lingerMs: EVENTS_LINGER_MS,
      onError,
    })
    this.#kubelet = createSimulatedKubelet({
      client,
      clock: systemClock,
      events,
      hostIPs: (node) => runtimes.hostIPsOf(node),
      onError,
    })
  }

  /** Takes note of pods with a node; true when there is something to do. */
  observe(changes: readonly Change[]): boolean {
    for (const { resource, type, name, text, selectable } of changes) {
      if (resource !== 'pods') continue
      if (type === 'DELETED') this.#gone.push(parseWithoutManagedFields(text).metadata.uid ?? '')
      else if ((selectable.fields['spec.nodeName'] ?? '') !== '') this.#changed.set(name, text)
    }
    return this.#changed.size > 0 || this.#gone.length > 0
  }

  async run(): Promise<void> {
    if (!this.#isLoaded) this.#loadAll()
    while (this.#changed.size > 0 || this.#gone.length > 0) {
      const changed = this.#changed
      this.#kubelet.forget(this.#gone)
      this.#changed = new Map()
      this.#gone = []
      await this.#kubelet.observe(await this.#simulated([...changed.values()]))
    }
    await this.#kubelet.wake()
  }

  nextDueMs(): number | undefined {
    return Number.isFinite(this.#kubelet.wakeAtMs) ? this.#kubelet.wakeAtMs : undefined
  }

  logs(pod: V1Pod, options: LogOptions): ReadableStream<Uint8Array> {
    return this.#kubelet.logs(pod, options)
  }

  /** After an eviction: every pod that is on a node. */
  #loadAll(): void {
    this.#isLoaded = true
    const { objects } = this.#reader.list({
      resource: 'pods',
      limit: Number.MAX_SAFE_INTEGER,
      matches: ({ fields }) => (fields['spec.nodeName'] ?? '') !== '',
    })
    for (const { name, text } of objects) if (!this.#changed.has(name)) this.#changed.set(name, text)
  }

  async #simulated(texts: readonly string[]): Promise<V1Pod[]> {
    const pods: V1Pod[] = []
    for (const text of texts) {
      const pod = parseWithoutManagedFields(text) as V1Pod
      if ((await this.#runtimes.runtimeOf(pod.spec?.nodeName ?? '')) === 'simulated') pods.push(pod)
    }
    return pods
  }
}
