/**
 * Whether much comes at once: few things are done as they come, so that whoever looks finds them; of many, what is less
 * urgent lets the rest go first.
 */
import type { Clock } from './clock.ts'

export class Burst {
  readonly #clock: Pick<Clock, 'now'>
  readonly #few: number
  readonly #withinMs: number
  #sinceMs = Number.NEGATIVE_INFINITY
  #count = 0

  /** More than `few` within `withinMs` milliseconds are many. */
  constructor(clock: Pick<Clock, 'now'>, few: number, withinMs: number) {
    this.#clock = clock
    this.#few = few
    this.#withinMs = withinMs
  }

  /** Counts `more`; milliseconds after which they are to be done: 0 while they are few. */
  delayMs(more = 1): number {
    const nowMs = this.#clock.now()
    if (nowMs - this.#sinceMs >= this.#withinMs) {
      this.#sinceMs = nowMs
      this.#count = 0
    }
    this.#count += more
    return this.#count > this.#few ? this.#withinMs : 0
  }
}
