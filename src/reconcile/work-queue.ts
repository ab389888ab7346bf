/**
 * The keys that wait for their turn, in memory. A key waits at most once however often it is woken, and never runs
 * twice at the same time: woken while it runs, it waits again until that run has ended
 * (the meaning of k8s.io/client-go util/workqueue/queue.go).
 *
 * Invariant: `lowestRevision` is at or below every change whose key has not finished; the cursor stays before it.
 */
import { identify } from './progress.ts'

export interface QueueItem {
  readonly controller: string
  readonly key: string
  /** The oldest change that called for it; Infinity when time did. */
  readonly revision: number
  /** When it was first called for, for measuring how long keys wait. */
  readonly sinceMs: number
}

/** A key whose run has begun and not ended. */
export interface RunningKey {
  readonly controller: string
  readonly sinceMs: number
}

interface Entry {
  controller: string
  key: string
  revision: number
  sinceMs: number
  readyMs: number
}

export class WorkQueue {
  /** Ready to run, in the order of their wakes. */
  readonly #ready = new Map<string, Entry>()
  /** Held back for a few milliseconds, so that a burst of changes is one run. */
  readonly #held = new Map<string, Entry>()
  readonly #running = new Map<string, Entry & { readonly startMs: number }>()

  get size(): number {
    return this.#ready.size + this.#held.size + this.#running.size
  }

  has(controller: string, key: string): boolean {
    const id = identify(controller, key)
    return this.#ready.has(id) || this.#held.has(id)
  }

  /**
   * `readyMs` is when it may run at the earliest; a key that already waits keeps its place and its older revision.
   * False: it did.
   */
  add(controller: string, key: string, revision: number, nowMs: number, readyMs = nowMs): boolean {
    const id = identify(controller, key)
    const waiting = this.#ready.get(id) ?? this.#held.get(id)
    if (waiting !== undefined) {
      waiting.revision = Math.min(waiting.revision, revision)
      return false
    }
    const entry: Entry = { controller, key, revision, sinceMs: nowMs, readyMs }
    if (readyMs > nowMs) this.#held.set(id, entry)
    else this.#ready.set(id, entry)
    return true
  }

  /** The next key that may run now; it counts as running until `finish`. */
  take(nowMs: number): QueueItem | undefined {
    this.#release(nowMs)
    for (const [id, entry] of this.#ready) {
      if (this.#running.has(id)) continue
      this.#ready.delete(id)
      this.#running.set(id, { ...entry, startMs: nowMs })
      return entry
    }
    return undefined
  }

  running(): RunningKey[] {
    return [...this.#running.values()].map(({ controller, startMs }) => ({ controller, sinceMs: startMs }))
  }

  finish(item: QueueItem): void {
    this.#running.delete(identify(item.controller, item.key))
  }

  /** When the next waiting key may run: now or earlier for a ready one, undefined when none waits. */
  nextReadyMs(nowMs: number): number | undefined {
    for (const id of this.#ready.keys()) if (!this.#running.has(id)) return nowMs
    let next: number | undefined
    for (const entry of this.#held.values()) next = Math.min(next ?? Infinity, entry.readyMs)
    return next
  }

  /** The oldest change that a waiting or running key stands for; undefined when there is none. */
  lowestRevision(): number | undefined {
    let lowest = Infinity
    for (const entries of [this.#ready, this.#held, this.#running]) {
      for (const { revision } of entries.values()) lowest = Math.min(lowest, revision)
    }
    return lowest === Infinity ? undefined : lowest
  }

  #release(nowMs: number): void {
    for (const [id, entry] of this.#held) {
      if (entry.readyMs > nowMs) continue
      this.#held.delete(id)
      this.#ready.set(id, entry)
    }
  }
}
