/**
 * The scheduler of one logical cluster: takes changes of pods and nodes as they are served, and gives decisions to be
 * carried out: binds in batches per namespace, and the conditions and events of pods that fit nowhere. It remembers
 * nothing that it cannot be told again; a bind is conditional on the pod's uid and on being unbound, so that a repeated
 * or late decision changes nothing. Knows nothing of objects, hops and clients: `Binder` is its one port.
 */
import type { V1Node, V1Pod } from '../apis/generated/types.ts'
import { Burst } from '../lib/burst.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { scheduleOne } from './cycle.ts'
import type { ClusterEvent, WeightedPlugin } from './framework.ts'
import { DEFAULT_SCHEDULER_NAME } from './profile.ts'
import type { QueuedPod } from './queue.ts'
import { SchedulingQueue } from './queue.ts'
import type { SchedulerMetrics } from './scheduler-metrics.ts'
import { Snapshot, podOnNode, usesNode } from './snapshot.ts'

/**
 * An Event costs as much as a bind: where many pods come at once, they and what their nodes say of them go first. Up to
 * so many within that time are announced at once.
 */
export const ANNOUNCE_AFTER_MS = 1_000
export const ANNOUNCED_AT_ONCE = 8

/** Bound pods announced at a time, so that pods which come meanwhile do not wait for long. */
const ANNOUNCED_PODS = 100

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
  /** Records that these pods were given their nodes (Scheduled). They are bound whether it succeeds or not. */
  announce(namespace: string, bound: readonly Bind[]): Promise<void>
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
  readonly metrics?: SchedulerMetrics
}

interface Decided {
  readonly queued: QueuedPod
  readonly bind: Bind
  /** Gives back what plugins reserved. */
  readonly undo: () => void
}

interface Failed {
  readonly queued: QueuedPod
  readonly reason: string
  readonly message: string
}

export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #snapshot = new Snapshot()
  readonly #queue = new SchedulingQueue()
  /** Pods given a node whose own change has not confirmed it yet: uid → the newest state without a node. */
  readonly #assumed = new Map<string, V1Pod>()
  /** Bound, and not announced yet. */
  #unannounced: Bind[] = []
  readonly #burst: Burst
  #running: Promise<void> | undefined

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#burst = new Burst(options.clock, ANNOUNCED_AT_ONCE, ANNOUNCE_AFTER_MS)
  }

  setNode(node: V1Node): void {
    const known = this.#snapshot.node(node.metadata.name ?? '')?.node
    this.#snapshot.setNode(node)
    // A node says every few minutes that it is alive; only what plugins look at can make a pod fit.
    if (known === undefined) this.#happened('nodeAdded')
    else if (roomOf(known) !== roomOf(node)) this.#happened('nodeChanged')
  }

  removeNode(name: string): void {
    this.#snapshot.removeNode(name)
  }

  setPod(pod: V1Pod): void {
    const uid = pod.metadata.uid ?? ''
    if ((pod.spec?.nodeName ?? '') !== '') {
      this.#queue.remove(uid)
      this.#assumed.delete(uid)
      const isFreeing = this.#snapshot.has(uid) && !usesNode(pod)
      this.#snapshot.setPod(pod)
      this.#happened(isFreeing ? 'podRemoved' : 'podAdded')
      return
    }
    // An older state of a pod whose bind is under way, or done but not seen yet: kept for the case that it fails.
    if (this.#assumed.has(uid)) this.#assumed.set(uid, pod)
    else if (this.#isOurs(pod)) this.#queue.put(pod, this.#options.clock.now())
    else this.#queue.remove(uid)
  }

  removePod(uid: string): void {
    this.#queue.remove(uid)
    this.#assumed.delete(uid)
    if (!this.#snapshot.has(uid)) return
    this.#snapshot.removePod(uid)
    this.#happened('podRemoved')
  }

  /** When `run` has something to do: for the alarm. */
  nextDueMs(): number | undefined {
    return this.#queue.nextDueMs()
  }

  /** Since when there is something to do that is not done; in the future: nothing is. */
  waitingSinceMs(): number | undefined {
    return this.#queue.waitingSinceMs()
  }

  /** How many pods wait for a node, by what they wait for. */
  pending(): ReturnType<SchedulingQueue['pending']> {
    return this.#queue.pending(this.#options.clock.now())
  }

  /** Decides and binds until nothing is active. Calls while it runs join it. */
  run(): Promise<void> {
    this.#running ??= this.#drain()
    return this.#running
  }

  async #drain(): Promise<void> {
    const { clock } = this.#options
    // One turn later: `run` has stored the promise by the time that it ends, and changes told together count together.
    await Promise.resolve()
    try {
      for (;;) {
        const taken = this.#queue.take(BATCH_PODS, clock.now())
        if (taken.length === 0) return
        await this.#decide(taken)
      }
    } finally {
      this.#running = undefined
    }
  }

  /** Cycles for all of them first, each assuming the former, then one bind per namespace. */
  async #decide(taken: readonly QueuedPod[]): Promise<void> {
    const startMs = this.#options.clock.now()
    const decided: Decided[] = []
    const failures: Failed[] = []
    for (const queued of taken) {
      try {
        const decision = this.#decideOne(queued)
        if ('bind' in decision) decided.push(decision)
        else failures.push(decision)
      } catch (error) {
        // One pod that no plugin can read must not take the others along.
        console.warn(`deciding on pod ${queued.uid} failed, to be tried again`, error)
        this.#queue.retry(queued, this.#options.clock.now())
        this.#count('error', startMs)
      }
    }
    for (const { reason } of failures) if (reason === 'Unschedulable') this.#count('unschedulable', startMs)
    await Promise.all([this.#bindAll(decided, startMs), this.#reportAll(failures)])
  }

  #count(result: 'scheduled' | 'unschedulable' | 'error', startMs: number): void {
    const { metrics, clock } = this.#options
    metrics?.attempts.of(DEFAULT_SCHEDULER_NAME, result).add()
    metrics?.duration.of(DEFAULT_SCHEDULER_NAME, result).observe((clock.now() - startMs) / 1_000)
  }

  #decideOne(queued: QueuedPod): Decided | Failed {
    const { profile, random, clock } = this.#options
    const { pod, uid } = queued
    for (const { plugin } of profile) {
      const message = plugin.preEnqueue?.(pod)
      if (message === undefined) continue
      this.#queue.hold(queued, clock.now())
      return { queued, reason: 'SchedulingGated', message }
    }
    const result = scheduleOne(profile, pod, this.#snapshot, random)
    if (!result.isScheduled) {
      this.#queue.setAside(queued, result.events, clock.now())
      return { queued, reason: 'Unschedulable', message: result.message }
    }
    const { node, state } = result
    const undo = (): void => {
      for (const { plugin } of profile.toReversed()) plugin.unreserve?.(state, pod, node)
    }
    for (const { plugin } of profile) {
      const message = plugin.permit?.(state, pod, node)
      if (message === undefined) continue
      undo()
      this.#queue.setAside(queued, new Set(plugin.events), clock.now())
      return { queued, reason: 'Unschedulable', message }
    }
    this.#snapshot.place(podOnNode(pod), node.name)
    this.#assumed.set(uid, pod)
    return { queued, bind: { ...refOf(pod), nodeName: node.name }, undo }
  }

  async #bindAll(decided: readonly Decided[], startMs: number): Promise<void> {
    const namespaces = Map.groupBy(decided, ({ bind }) => bind.namespace)
    await Promise.all(
      [...namespaces].map(async ([namespace, group]) => {
        const outcomes = await this.#bindGroup(namespace, group.map(({ bind }) => bind))
        const bound: Bind[] = []
        for (const [index, one] of group.entries()) {
          const outcome = outcomes[index] ?? 'failed'
          this.#count(outcome === 'bound' ? 'scheduled' : 'error', startMs)
          if (outcome === 'bound') bound.push(one.bind)
          else this.#forget(one, outcome)
        }
        this.#announceSoon(bound)
      }),
    )
  }

  /** Takes back what was assumed, unless the pod's own change told the truth in the meantime. */
  #forget({ queued, bind: { uid }, undo }: Decided, outcome: 'gone' | 'failed'): void {
    undo()
    const latest = this.#assumed.get(uid)
    if (latest === undefined) return
    this.#assumed.delete(uid)
    this.#snapshot.removePod(uid)
    if (outcome === 'failed' && this.#isOurs(latest)) {
      this.#queue.retry({ ...queued, pod: latest }, this.#options.clock.now())
    }
    // Others may have been turned away because of it.
    this.#happened('podRemoved')
  }

  async #bindGroup(namespace: string, binds: readonly Bind[]): Promise<readonly BindOutcome[]> {
    try {
      return await this.#options.binder.bind(namespace, binds)
    } catch (error) {
      console.warn(`binding ${String(binds.length)} pods of namespace ${namespace} failed, to be tried again`, error)
      return binds.map(() => 'failed')
    }
  }

  #announceSoon(bound: readonly Bind[]): void {
    const delayMs = this.#burst.delayMs(bound.length)
    const isAwaited = this.#unannounced.length > 0
    this.#unannounced.push(...bound)
    if (isAwaited || this.#unannounced.length === 0) return
    this.#options.clock.after(delayMs, () => void this.#announceAll())
  }

  async #announceAll(): Promise<void> {
    const bound = this.#unannounced
    this.#unannounced = []
    for (const [namespace, group] of Map.groupBy(bound, (one) => one.namespace)) {
      for (let from = 0; from < group.length; from += ANNOUNCED_PODS) {
        const some = group.slice(from, from + ANNOUNCED_PODS)
        try {
          await this.#options.binder.announce(namespace, some)
        } catch (error) {
          console.warn(`announcing ${String(some.length)} bound pods of namespace ${namespace} failed`, error)
        }
      }
    }
  }

  async #reportAll(failures: readonly Failed[]): Promise<void> {
    const namespaces = Map.groupBy(failures, ({ queued }) => queued.pod.metadata.namespace ?? '')
    await Promise.all(
      [...namespaces].map(async ([namespace, group]) => {
        const reports = group.map(({ queued: { pod }, reason, message }) => ({ ...refOf(pod), pod, reason, message }))
        try {
          await this.#options.binder.report(namespace, reports)
        } catch (error) {
          // The pods stay set aside; their next attempt reports again.
          console.warn(`reporting unschedulable pods of namespace ${namespace} failed`, error)
        }
      }),
    )
  }

  #isOurs({ spec, metadata, status }: V1Pod): boolean {
    const name = spec?.schedulerName ?? ''
    if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return false
    return (name === '' || name === DEFAULT_SCHEDULER_NAME) && metadata.deletionTimestamp === undefined
  }

  #happened(event: ClusterEvent): void {
    this.#queue.moveFor(event, this.#options.clock.now())
  }
}

function refOf(pod: V1Pod): PodRef {
  return { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name ?? '', uid: pod.metadata.uid ?? '' }
}

/** All of a node that plugins look at, as text to compare. */
function roomOf({ metadata, spec, status }: V1Node): string {
  const { allocatable, capacity } = status ?? {}
  return JSON.stringify([metadata.labels, spec?.taints, spec?.unschedulable, allocatable ?? capacity])
}
