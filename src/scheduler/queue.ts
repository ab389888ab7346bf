/**
 * The scheduling queue: active pods by priority and age, pods in back-off, and pods that did not fit until something
 * changes (upstream: backend/queue/scheduling_queue.go). Time is an argument; nothing here waits. Invariant: a pod is
 * in one part only.
 */
import type { V1Pod } from '../apis/generated/types.ts'
import type { ClusterEvent } from './framework.ts'

/** Back-off of a pod that did not fit: doubled per attempt. */
const INITIAL_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 10_000

/** However unlikely an event was to help, an unschedulable pod is tried again after this long. */
const MAX_UNSCHEDULABLE_MS = 300_000

export interface QueuedPod {
  readonly uid: string
  readonly pod: V1Pod
  /** Since when it is in its part of the queue: its age among equals, and where its back-off starts. */
  readonly sinceMs: number
  readonly attempts: number
}

interface Waiting extends QueuedPod {
  /** Back in the active part at this time. */
  readonly dueMs: number
  /** Sooner, when one of these happens. */
  readonly events: ReadonlySet<ClusterEvent>
}

export class SchedulingQueue {
  readonly #active = new Map<string, QueuedPod>()
  readonly #waiting = new Map<string, Waiting>()

  /** A pending pod was seen, or changed. One that is queued keeps its age and attempts. */
  put(pod: V1Pod, nowMs: number): void {
    const uid = pod.metadata.uid ?? ''
    const waiting = this.#waiting.get(uid)
    if (waiting !== undefined) {
      this.#waiting.set(uid, { ...waiting, pod })
      // Its own status (the condition that says why it waits) does not make it fit.
      const isChanged = pod.metadata.generation !== waiting.pod.metadata.generation
      if (isChanged && waiting.events.has('podUpdated')) this.#hasten({ ...waiting, pod }, nowMs)
      return
    }
    const known = this.#active.get(uid)
    this.#active.set(uid, { uid, pod, sinceMs: known?.sinceMs ?? nowMs, attempts: known?.attempts ?? 0 })
  }

  remove(uid: string): void {
    this.#active.delete(uid)
    this.#waiting.delete(uid)
  }

  /** At most `limit` pods, the most important first; they leave the queue and come back by `put` or `setAside`. */
  take(limit: number, nowMs: number): readonly QueuedPod[] {
    for (const waiting of this.#waiting.values()) if (waiting.dueMs <= nowMs) this.#activate(waiting)
    const taken = [...this.#active.values()].sort(byImportance).slice(0, limit)
    for (const { uid } of taken) this.#active.delete(uid)
    return taken
  }

  /** The pod did not fit: it waits for one of `events`, in back-off. */
  setAside(queued: QueuedPod, events: ReadonlySet<ClusterEvent>, nowMs: number): void {
    const attempts = queued.attempts + 1
    this.#waiting.set(queued.uid, { ...queued, attempts, events, sinceMs: nowMs, dueMs: nowMs + MAX_UNSCHEDULABLE_MS })
  }

  /** The pod may not be tried before it is changed: no attempt, no back-off, no time at which it is due. */
  hold(queued: QueuedPod, nowMs: number): void {
    this.#waiting.set(queued.uid, { ...queued, events: new Set(['podUpdated']), sinceMs: nowMs, dueMs: Infinity })
  }

  /** Binding failed for a passing reason: tried again after its back-off. */
  retry(queued: QueuedPod, nowMs: number): void {
    const attempts = queued.attempts + 1
    const dueMs = nowMs + backoffMs(attempts)
    this.#waiting.set(queued.uid, { ...queued, attempts, events: new Set(), sinceMs: nowMs, dueMs })
  }

  /** Something changed: pods that it may help leave the unschedulable part once their back-off is over. */
  moveFor(event: ClusterEvent, nowMs: number): void {
    for (const waiting of this.#waiting.values()) {
      if (waiting.events.has(event)) this.#hasten(waiting, nowMs)
    }
  }

  /** When `take` has something to give: now (0), a time, or never. */
  nextDueMs(): number | undefined {
    if (this.#active.size > 0) return 0
    let due: number | undefined
    for (const { dueMs } of this.#waiting.values()) if (due === undefined || dueMs < due) due = dueMs
    return due === Infinity ? undefined : due
  }

  /** Since when the pod that waits longest for its turn could have had it. */
  waitingSinceMs(): number | undefined {
    const times = [...this.#active.values()].map(({ sinceMs }) => sinceMs)
    for (const { dueMs } of this.#waiting.values()) times.push(dueMs)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  get size(): number {
    return this.#active.size + this.#waiting.size
  }

  /** How many are in each part, under upstream's names of its queues. */
  pending(nowMs: number): Readonly<Record<'active' | 'backoff' | 'unschedulable' | 'gated', number>> {
    const counts = { active: this.#active.size, backoff: 0, unschedulable: 0, gated: 0 }
    for (const { dueMs, sinceMs, attempts } of this.#waiting.values()) {
      if (dueMs === Infinity) counts.gated += 1
      else if (dueMs <= Math.max(nowMs, sinceMs + backoffMs(attempts))) counts.backoff += 1
      else counts.unschedulable += 1
    }
    return counts
  }

  /** Due as soon as its back-off allows. */
  #hasten(waiting: Waiting, nowMs: number): void {
    const dueMs = Math.min(waiting.dueMs, Math.max(nowMs, waiting.sinceMs + backoffMs(waiting.attempts)))
    this.#waiting.set(waiting.uid, { ...waiting, dueMs })
  }

  #activate({ uid, pod, dueMs, attempts }: Waiting): void {
    this.#waiting.delete(uid)
    this.#active.set(uid, { uid, pod, sinceMs: dueMs, attempts })
  }
}

function backoffMs(attempts: number): number {
  return attempts === 0 ? 0 : Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** (attempts - 1))
}

/** Higher priority first, then the older (upstream: plugins/queuesort). */
function byImportance(one: QueuedPod, other: QueuedPod): number {
  const priority = (other.pod.spec?.priority ?? 0) - (one.pod.spec?.priority ?? 0)
  return priority === 0 ? one.sinceMs - other.sinceMs : priority
}
