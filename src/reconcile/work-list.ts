/**
 * What is due later, mirrored in memory from `Progress.work`, with the delays of retries. A row is written only when
 * it says something new, so keys at rest cost nothing.
 */
import type { Progress, WorkItem } from './progress.ts'
import { identify } from './progress.ts'

/** Retries wait 5 ms, doubling up to 1,000 s: client-go's DefaultTypedControllerRateLimiter, per key. */
export const RETRY_BASE_MS = 5
export const RETRY_MAX_MS = 1_000_000

/** How long a key that ended its object is left alone; doubles with each time, up to a day. */
export const SET_ASIDE_MS = 600_000
const SET_ASIDE_MAX_MS = 86_400_000

/** The delay before the retry that follows the `attempts`th failure in a row. */
export function retryDelayMs(attempts: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** Math.min(attempts - 1, 30))
}

export class WorkList {
  readonly #progress: Progress
  readonly #items = new Map<string, WorkItem>()

  constructor(progress: Progress) {
    this.#progress = progress
    for (const item of progress.work()) this.#items.set(identify(item.controller, item.key), item)
  }

  get(controller: string, key: string): WorkItem | undefined {
    return this.#items.get(identify(controller, key))
  }

  /** When the earliest item is due that is not in `isQueued` already. */
  nextDueMs(isQueued: (item: WorkItem) => boolean): number | undefined {
    let next: number | undefined
    for (const item of this.#items.values()) {
      if ((next === undefined || item.dueMs < next) && !isQueued(item)) next = item.dueMs
    }
    return next
  }

  due(nowMs: number): WorkItem[] {
    return [...this.#items.values()].filter((item) => item.dueMs <= nowMs)
  }

  later(controller: string, key: string, dueMs: number): void {
    this.#put({ controller, key, dueMs, attempts: 0, isSetAside: false })
  }

  /** Returns when it will be tried again. */
  failed(controller: string, key: string, nowMs: number): WorkItem {
    const attempts = (this.get(controller, key)?.attempts ?? 0) + 1
    return this.#put({ controller, key, dueMs: nowMs + retryDelayMs(attempts), attempts, isSetAside: false })
  }

  setAside(controller: string, key: string, nowMs: number): WorkItem {
    const before = this.get(controller, key)
    const attempts = (before?.isSetAside === true ? before.attempts : 0) + 1
    const delayMs = Math.min(SET_ASIDE_MAX_MS, SET_ASIDE_MS * 2 ** Math.min(attempts - 1, 30))
    return this.#put({ controller, key, dueMs: nowMs + delayMs, attempts, isSetAside: true })
  }

  remove(controller: string, key: string): void {
    if (this.#items.delete(identify(controller, key))) this.#progress.removeWork(controller, key)
  }

  #put(item: WorkItem): WorkItem {
    const id = identify(item.controller, item.key)
    const before = this.#items.get(id)
    if (before?.dueMs !== item.dueMs || before.attempts !== item.attempts || before.isSetAside !== item.isSetAside) {
      this.#items.set(id, item)
      this.#progress.putWork(item)
    }
    return item
  }
}
