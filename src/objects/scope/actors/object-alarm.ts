/**
 * The one alarm of an object: set to the earliest time that anybody names, and never later than it already is. Setting
 * it in the turn of a commit makes it part of that transaction, so that an object that dies at once is brought back.
 */
import type { Clock } from '../../../lib/clock.ts'

export interface AlarmPort {
  set(timeMs: number): Promise<void>
}

/** An alarm that is overdue by this much is not coming any more: it is set anew. */
const LOST_AFTER_MS = 10_000

export class ObjectAlarm {
  readonly #port: AlarmPort
  readonly #clock: Clock
  #setMs: number | undefined

  constructor(port: AlarmPort, clock: Clock) {
    this.#port = port
    this.#clock = clock
  }

  /** It fired: none is set any more. */
  fired(): void {
    this.#setMs = undefined
  }

  /** At this time at the latest; undefined: there is nothing to wait for. */
  async atLatest(timeMs: number | undefined): Promise<void> {
    if (timeMs === undefined) return
    const isLost = this.#setMs !== undefined && this.#setMs < this.#clock.now() - LOST_AFTER_MS
    if (this.#setMs !== undefined && this.#setMs <= timeMs && !isLost) return
    const dueMs = Math.max(timeMs, this.#clock.now() + 1)
    this.#setMs = dueMs
    await this.#port.set(dueMs)
  }
}
