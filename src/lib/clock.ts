/**
 * Time as a parameter. Everything that asks what time it is, or waits, asks a Clock, so that tests move time by hand.
 * Invariant: no other file below the composition floor calls Date.now, setTimeout or setInterval.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Calls `callback` once, `delayMs` from now; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

interface Waiter {
  readonly due: number
  readonly order: number
  readonly callback: () => void
}

/** A clock that stands still until a test moves it. Timers fire in order of their due time, then of their setting. */
export class ManualClock implements Clock {
  #now: number
  #order = 0
  readonly #waiters = new Set<Waiter>()

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const waiter: Waiter = { due: this.#now + Math.max(0, delayMs), order: this.#order++, callback }
    this.#waiters.add(waiter)
    return () => {
      this.#waiters.delete(waiter)
    }
  }

  /** When the next timer is due, or undefined when none is set. */
  nextDue(): number | undefined {
    return this.#next()?.due
  }

  /** Moves time forward, firing each timer at its own due time. */
  advance(durationMs: number): void {
    const end = this.#now + durationMs
    for (let waiter = this.#next(); waiter !== undefined && waiter.due <= end; waiter = this.#next()) {
      this.#waiters.delete(waiter)
      this.#now = Math.max(this.#now, waiter.due)
      waiter.callback()
    }
    this.#now = end
  }

  #next(): Waiter | undefined {
    let first: Waiter | undefined
    for (const waiter of this.#waiters) {
      if (first === undefined || waiter.due < first.due || (waiter.due === first.due && waiter.order < first.order)) {
        first = waiter
      }
    }
    return first
  }
}
