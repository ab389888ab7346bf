/**
 * The keys that something is still to be done about: those that wait for their turn (in memory) and those that are due
 * later (durable). One that changes keep waking is spaced out, one that ended its object is left alone for a while.
 *
 * It must not know: what running a key means.
 */
import type { Clock } from '../lib/clock.ts'
import type { Progress } from './progress.ts'
import { identify } from './progress.ts'
import type { Wake } from './wake-ups.ts'
import { WorkList } from './work-list.ts'
import type { WorkMetrics } from './work-metrics.ts'
import type { QueueItem, RunningKey } from './work-queue.ts'
import { WorkQueue } from './work-queue.ts'

/** A key that changes keep waking runs at most this often, so that a burst is one run. */
export const SPACING_MS = 20

export interface PendingKeysOptions {
  readonly progress: Progress
  readonly clock: Clock
  /** Left out: SPACING_MS. */
  readonly spacingMs?: number
  readonly metrics?: WorkMetrics
}

/** A controller's name and one of its keys. */
type Named = Pick<QueueItem, 'controller' | 'key'>

export class PendingKeys {
  readonly #clock: Clock
  readonly #metrics: WorkMetrics | undefined
  readonly #spacingMs: number
  readonly #queue = new WorkQueue()
  readonly #work: WorkList
  /** By controller and key: when it ran last, for as long as that holds it back. */
  readonly #lastStartMs = new Map<string, number>()

  constructor({ progress, clock, spacingMs, metrics }: PendingKeysOptions) {
    this.#clock = clock
    this.#metrics = metrics
    this.#spacingMs = spacingMs ?? SPACING_MS
    this.#work = new WorkList(progress)
  }

  /** A change calls for a key, or a resync does (Infinity). */
  wake({ controller: { name }, key, revision }: Wake): void {
    // Being set aside stands whatever changes; a key that merely failed may succeed by the change.
    if (this.isLeftAlone({ controller: name, key })) return
    const now = this.#clock.now()
    const last = this.#lastStartMs.get(identify(name, key))
    this.#add(name, key, revision, last === undefined ? now : Math.max(now, last + this.#spacingMs))
  }

  /** What is due later and is due now waits for its turn, too. */
  promoteDue(): void {
    const now = this.#clock.now()
    for (const { controller, key } of this.#work.due(now)) this.#add(controller, key, Infinity, now)
  }

  /** The next key that may run now; it counts as running until `finish`. */
  take(): QueueItem | undefined {
    const now = this.#clock.now()
    const item = this.#queue.take(now)
    if (item === undefined) return undefined
    this.#metrics?.depth.of(item.controller).add(-1)
    this.#metrics?.waited.of(item.controller).observe((now - item.sinceMs) / 1_000)
    return item
  }

  /** A taken key begins to run; its next wakes are spaced out from here. */
  start({ controller, key }: QueueItem): void {
    this.#lastStartMs.set(identify(controller, key), this.#clock.now())
  }

  running(): RunningKey[] {
    return this.#queue.running()
  }

  finish(item: QueueItem): void {
    this.#queue.finish(item)
  }

  /** It has ended its object, and its time has not come. */
  isLeftAlone({ controller, key }: Named): boolean {
    const item = this.#work.get(controller, key)
    return item?.isSetAside === true && item.dueMs > this.#clock.now()
  }

  /** It has ended its object before, and was not reconciled since. */
  isSetAside({ controller, key }: Named): boolean {
    return this.#work.get(controller, key)?.isSetAside === true
  }

  /** Nothing is due later: it was reconciled, or its controller is no more. */
  settled({ controller, key }: Named): void {
    this.#work.remove(controller, key)
  }

  later({ controller, key }: Named, afterMs: number): void {
    this.#work.later(controller, key, this.#clock.now() + Math.max(0, afterMs))
  }

  failed({ controller, key }: Named): void {
    this.#work.failed(controller, key, this.#clock.now())
    this.#metrics?.retries.of(controller).add()
  }

  setAside({ controller, key }: Named): void {
    this.#work.setAside(controller, key, this.#clock.now())
  }

  /** When a waiting key may run next: now or earlier for a ready one, undefined when none waits. */
  nextReadyMs(): number | undefined {
    return this.#queue.nextReadyMs(this.#clock.now())
  }

  /** When there is anything to do next, waiting or due later. */
  nextDueMs(): number | undefined {
    const due = this.#work.nextDueMs(({ controller, key }) => this.#queue.has(controller, key))
    const ready = this.nextReadyMs()
    if (due === undefined || ready === undefined) return due ?? ready
    return Math.min(due, ready)
  }

  /** The oldest change that a waiting or running key stands for; undefined when there is none. */
  lowestRevision(): number | undefined {
    return this.#queue.lowestRevision()
  }

  /** Forgets runs that hold nothing back any more. */
  forgetStarts(): void {
    const past = this.#clock.now() - this.#spacingMs
    for (const [id, startMs] of this.#lastStartMs) if (startMs <= past) this.#lastStartMs.delete(id)
  }

  #add(controller: string, key: string, revision: number, readyMs: number): void {
    if (!this.#queue.add(controller, key, revision, this.#clock.now(), readyMs)) return
    this.#metrics?.adds.of(controller).add()
    this.#metrics?.depth.of(controller).add()
  }
}
