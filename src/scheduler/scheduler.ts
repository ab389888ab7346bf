/**
 * The scheduler of one logical cluster: takes changes of pods and nodes as they are served, and gives decisions to be
 * carried out: binds in batches per namespace, and the conditions and events of pods that fit nowhere. It remembers
 * nothing that it cannot be told again; a bind is conditional on the pod's uid and on being unbound, so that a repeated
 * or late decision changes nothing. Knows nothing of objects, hops and clients: `Binder` is its one port.
 */
import type { V1Node, V1Pod } from '../apis/generated/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { scheduleOne } from './cycle.ts'
import type { ClusterEvent, WeightedPlugin } from './framework.ts'
import { DEFAULT_SCHEDULER_NAME } from './profile.ts'
import type { QueuedPod } from './queue.ts'
import { SchedulingQueue } from './queue.ts'
import { Snapshot, podOnNode } from './snapshot.ts'

/** Pods decided before anything is bound: one hop and one commit per namespace. */
export const BATCH_PODS = 500

export interface PodRef {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

export interface Bind extends PodRef {
  readonly nodeName: string
}

/** `bound`: it is on that node now. `gone`: deleted, or bound by somebody else. `failed`: to be tried again. */
export type BindOutcome = 'bound' | 'gone' | 'failed'

export interface Binder {
  /** One namespace's binds; outcomes in their order. */
  bind(namespace: string, binds: readonly Bind[]): Promise<readonly BindOutcome[]>
  /** Sets the PodScheduled condition (reason Unschedulable) and records FailedScheduling, if that is news. */
  report(
    namespace: string,
    failures: readonly (PodRef & { readonly pod: V1Pod; readonly reason: string; readonly message: string })[],
  ): Promise<void>
}

export interface SchedulerOptions {
  readonly profile: readonly WeightedPlugin[]
  readonly binder: Binder
  readonly clock: Clock
  readonly random: Random
}

export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #snapshot = new Snapshot()
  readonly #queue = new SchedulingQueue()
  #running: Promise<void> | undefined

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  setNode(node: V1Node): void {
    const isNew = this.#snapshot.node(node.metadata.name ?? '') === undefined
    this.#snapshot.setNode(node)
    this.#happened(isNew ? 'nodeAdded' : 'nodeChanged')
  }

  removeNode(name: string): void {
    this.#snapshot.removeNode(name)
  }

  setPod(pod: V1Pod): void {
    const uid = pod.metadata.uid ?? ''
    if ((pod.spec?.nodeName ?? '') !== '') {
      this.#queue.remove(uid)
      this.#snapshot.setPod(pod)
      const { phase } = pod.status ?? {}
      this.#happened(phase === 'Succeeded' || phase === 'Failed' ? 'podRemoved' : 'podAdded')
      return
    }
    if (this.#isOurs(pod)) this.#queue.put(pod, this.#options.clock.now())
    else this.#queue.remove(uid)
  }

  removePod(uid: string): void {
    this.#queue.remove(uid)
    this.#snapshot.removePod(uid)
    this.#happened('podRemoved')
  }

  /** When `run` has something to do: for the alarm. */
  nextDueMs(): number | undefined {
    return this.#queue.nextDueMs()
  }

  /** Decides and binds until nothing is active. Calls while it runs join it. */
  run(): Promise<void> {
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #drain(): Promise<void> {
    const { clock } = this.#options
    for (
      let taken = this.#queue.take(BATCH_PODS, clock.now());
      taken.length > 0;
      taken = this.#queue.take(BATCH_PODS, clock.now())
    ) {
      await this.#decide(taken)
    }
  }

  /** Cycles for all of them first, each assuming the former, then one bind per namespace. */
  async #decide(taken: readonly QueuedPod[]): Promise<void> {
    const { profile, random, clock } = this.#options
    const binds: { readonly queued: QueuedPod; readonly bind: Bind }[] = []
    const failures: { readonly queued: QueuedPod; readonly reason: string; readonly message: string }[] = []
    for (const queued of taken) {
      const { pod } = queued
      const gate = this.#gate(pod)
      if (gate !== undefined) {
        this.#queue.setAside(queued, new Set(['podUpdated']), clock.now())
        failures.push({ queued, reason: 'SchedulingGated', message: gate })
        continue
      }
      const result = scheduleOne(profile, pod, this.#snapshot, random)
      if (result.isScheduled) {
        this.#snapshot.place(podOnNode(pod), result.node.name)
        binds.push({ queued, bind: { ...refOf(pod), nodeName: result.node.name } })
      } else {
        this.#queue.setAside(queued, result.events, clock.now())
        failures.push({ queued, reason: 'Unschedulable', message: result.message })
      }
    }
    await Promise.all([this.#bindAll(binds), this.#reportAll(failures)])
  }

  async #bindAll(binds: readonly { readonly queued: QueuedPod; readonly bind: Bind }[]): Promise<void> {
    const namespaces = Map.groupBy(binds, ({ bind }) => bind.namespace)
    await Promise.all(
      [...namespaces].map(async ([namespace, group]) => {
        const outcomes = await this.#bindGroup(
          namespace,
          group.map(({ bind }) => bind),
        )
        for (const [index, { queued, bind }] of group.entries()) {
          const outcome = outcomes[index] ?? 'failed'
          if (outcome === 'bound') continue
          this.#snapshot.removePod(bind.uid)
          if (outcome === 'failed') this.#queue.retry(queued, this.#options.clock.now())
        }
      }),
    )
  }

  async #bindGroup(namespace: string, binds: readonly Bind[]): Promise<readonly BindOutcome[]> {
    try {
      return await this.#options.binder.bind(namespace, binds)
    } catch (error) {
      console.warn(`binding ${String(binds.length)} pods of namespace ${namespace} failed, to be tried again`, error)
      return binds.map(() => 'failed')
    }
  }

  async #reportAll(
    failures: readonly { readonly queued: QueuedPod; readonly reason: string; readonly message: string }[],
  ): Promise<void> {
    const namespaces = Map.groupBy(failures, ({ queued }) => queued.pod.metadata.namespace ?? '')
    await Promise.all(
      [...namespaces].map(async ([namespace, group]) => {
        const reports = group.map(({ queued, reason, message }) => ({
          ...refOf(queued.pod),
          pod: queued.pod,
          reason,
          message,
        }))
        try {
          await this.#options.binder.report(namespace, reports)
        } catch (error) {
          // The pods stay set aside; their next attempt reports again.
          console.warn(`reporting unschedulable pods of namespace ${namespace} failed`, error)
        }
      }),
    )
  }

  #gate(pod: V1Pod): string | undefined {
    for (const { plugin } of this.#options.profile) {
      const why = plugin.preEnqueue?.(pod)
      if (why !== undefined) return why
    }
    return undefined
  }

  #isOurs({ spec, metadata }: V1Pod): boolean {
    const name = spec?.schedulerName ?? ''
    return (name === '' || name === DEFAULT_SCHEDULER_NAME) && metadata.deletionTimestamp === undefined
  }

  #happened(event: ClusterEvent): void {
    this.#queue.moveFor(event, this.#options.clock.now())
  }
}

function refOf(pod: V1Pod): PodRef {
  return { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name ?? '', uid: pod.metadata.uid ?? '' }
}
