/**
 * The kubelet of simulated nodes. It follows the store of a namespace's object: it is given pods that changed, and
 * told when time has come; it answers with when to be woken. Pods given together are reported together: one batch of
 * statuses, one batch of last DELETEs.
 *
 * Invariant: it keeps nothing that cannot be rebuilt from the pods, so it may be forgotten at any time.
 */
import type { V1Pod, V1PodStatus } from '../../../apis/generated/types.ts'
import { equalJson } from '../../../apimachinery/patch/json-value.ts'
import { statusErrorFrom } from '../../../apimachinery/status-error.ts'
import type { Client, Operation } from '../../../client/client.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { LogOptions } from '../../logs/log-options.ts'
import type { PodEvents } from '../../pod-events.ts'
import { recordEvent } from '../../pod-events.ts'
import { POD } from '../../pod-kind.ts'
import { simulatedLog } from './simulated-log.ts'
import type { EventAction } from './simulated-pod.ts'
import { SimulatedPod } from './simulated-pod.ts'

/** Writes per batch: one commit of some 500 KB, well within a turn of the object. */
const BATCH_SIZE = 500

export interface SimulatedKubeletOptions {
  /** Acts as the node: writes pods' status and deletes pods. */
  readonly client: Client
  readonly clock: Clock
  readonly events: PodEvents
  /** The node's own addresses; a node nobody knows has none. */
  hostIPs?(nodeName: string): readonly string[]
  /** An Event, or one pod's report, failed; the others went on. */
  onError?(error: unknown): void
}

export interface SimulatedKubelet {
  /**
   * Pods of simulated nodes as they are now: new, changed or seen again. Resolves when their status is written. A pod
   * that changed meanwhile (409) is looked at again with what the API has.
   */
  observe(pods: readonly V1Pod[]): Promise<void>
  /** Pods that are no more. */
  forget(uids: readonly string[]): void
  /** Runs what is due by the clock; call it at `wakeAtMs`. */
  wake(): Promise<void>
  /** When `wake` has something to do; Infinity: never. */
  readonly wakeAtMs: number
  /** `kubectl logs`: says that the container is simulated. */
  logs(pod: V1Pod, options: LogOptions): ReadableStream<Uint8Array>
}

interface Kept {
  pod: V1Pod
  readonly simulated: SimulatedPod
  /** The status last written, to write only what changed. */
  sent: V1PodStatus | undefined
}

export function createSimulatedKubelet(options: SimulatedKubeletOptions): SimulatedKubelet {
  return new BatchingKubelet(options)
}

class BatchingKubelet implements SimulatedKubelet {
  readonly #options: SimulatedKubeletOptions
  readonly #kept = new Map<string, Kept>()
  /** One round at a time: rounds that overlap would write from what the other has just replaced. */
  #round: Promise<void> = Promise.resolve()

  constructor(options: SimulatedKubeletOptions) {
    this.#options = options
  }

  get wakeAtMs(): number {
    let earliest = Infinity
    for (const { simulated } of this.#kept.values()) earliest = Math.min(earliest, simulated.wakeAtMs)
    return earliest
  }

  observe(pods: readonly V1Pod[]): Promise<void> {
    return this.#queue(() => this.#report(pods.map((pod) => this.#keep(pod))))
  }

  forget(uids: readonly string[]): void {
    for (const uid of uids) this.#kept.delete(uid)
  }

  wake(): Promise<void> {
    return this.#queue(() => {
      const nowMs = this.#options.clock.now()
      return this.#report([...this.#kept.values()].filter(({ simulated }) => simulated.wakeAtMs <= nowMs))
    })
  }

  logs(pod: V1Pod, options: LogOptions): ReadableStream<Uint8Array> {
    return simulatedLog(pod, options)
  }

  #queue(round: () => Promise<void>): Promise<void> {
    const next = this.#round.then(round)
    this.#round = next.catch(() => undefined)
    return next
  }

  #keep(pod: V1Pod): Kept {
    const uid = pod.metadata.uid ?? ''
    const known = this.#kept.get(uid)
    if (known !== undefined) {
      known.pod = pod
      known.simulated.replace(pod)
      return known
    }
    const { clock, hostIPs } = this.#options
    const hosts = hostIPs?.(pod.spec?.nodeName ?? '') ?? []
    const kept = { pod, simulated: new SimulatedPod(pod, hosts, clock.now()), sent: pod.status }
    this.#kept.set(uid, kept)
    return kept
  }

  async #report(pods: readonly Kept[]): Promise<void> {
    const nowMs = this.#options.clock.now()
    const changed: Kept[] = []
    const ended: Kept[] = []
    const said: { readonly pod: V1Pod; readonly event: EventAction }[] = []
    for (const kept of pods) {
      const { events, isDeleted } = kept.simulated.run(nowMs)
      for (const event of events) said.push({ pod: kept.pod, event })
      const status = kept.simulated.status(nowMs)
      if (!equalJson(status, kept.sent)) changed.push(kept)
      kept.pod = { ...kept.pod, status }
      if (isDeleted) ended.push(kept)
    }
    await this.#writeStatuses(changed)
    await this.#writeDeletes(ended)
    // Events come after what they are about, and hold nobody up.
    for (const { pod, event } of said) {
      recordEvent(this.#options.events, pod, event).catch((error: unknown) => this.#options.onError?.(error))
    }
  }

  async #writeStatuses(changed: readonly Kept[]): Promise<void> {
    const stale: Kept[] = []
    await this.#batches(changed, statusWrite, (kept, object, reason) => {
      if (reason === 'Conflict') stale.push(kept)
      if (object === undefined) return
      // What was sent, not what came back: the server's own additions are no news.
      kept.sent = kept.pod.status
      // The object is a pod, as the write was one.
      kept.pod = object as V1Pod
    })
    if (stale.length > 0) await this.#retry(stale)
  }

  /** Somebody else wrote the pod first: run on with what the API has now. */
  async #retry(stale: readonly Kept[]): Promise<void> {
    const found: Kept[] = []
    for (const { pod } of stale) {
      const { name = '', namespace = '', uid = '' } = pod.metadata
      const current = await this.#options.client.find(POD, { namespace, name })
      if (current === undefined || current.metadata.uid !== uid) this.#kept.delete(uid)
      else found.push(this.#keep(current))
    }
    if (found.length > 0) await this.#report(found)
  }

  async #writeDeletes(ended: readonly Kept[]): Promise<void> {
    await this.#batches(ended, lastDelete, ({ pod }, _object, reason) => {
      const isGone = reason === undefined || reason === 'NotFound' || reason === 'Conflict'
      const isHeld = (pod.metadata.finalizers ?? []).length > 0
      if (isGone && !isHeld) this.#kept.delete(pod.metadata.uid ?? '')
    })
  }

  async #batches(
    pods: readonly Kept[],
    write: (pod: V1Pod) => Operation,
    answered: (kept: Kept, object: unknown, errorReason: string | undefined) => void,
  ): Promise<void> {
    for (const [namespace, group] of Map.groupBy(pods, ({ pod }) => pod.metadata.namespace ?? '')) {
      for (let start = 0; start < group.length; start += BATCH_SIZE) {
        const part = group.slice(start, start + BATCH_SIZE)
        const results = await this.#options.client.batch(
          namespace,
          part.map(({ pod }) => write(pod)),
        )
        for (const [index, kept] of part.entries()) {
          const { object, error } = results[index] ?? {}
          if (error !== undefined && !['Conflict', 'NotFound'].includes(error.reason ?? '')) {
            this.#options.onError?.(statusErrorFrom(error))
          }
          if (error?.reason === 'NotFound') this.#kept.delete(kept.pod.metadata.uid ?? '')
          answered(kept, object, error?.reason)
        }
      }
    }
  }
}

function statusWrite(pod: V1Pod): Operation {
  return { verb: 'update', kind: POD, object: pod, options: { subresource: 'status', fieldManager: 'kubelet' } }
}

function lastDelete({ metadata }: V1Pod): Operation {
  const preconditions = metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } }
  return { verb: 'delete', kind: POD, name: metadata.name ?? '', options: { gracePeriodSeconds: 0, ...preconditions } }
}
