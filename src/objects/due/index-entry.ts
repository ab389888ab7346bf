/**
 * An object's own side of its cluster's index of due work (due-index.ts): it enters before it does anything that may
 * leave work behind, stays through a burst, and leaves only when Cron asks and nothing is under way. So entering costs
 * one call a burst, and work is never outside of the index.
 */
export class IndexEntry {
  readonly #enter: () => Promise<void>
  #isEntered = false
  #underWay = 0

  /** `enter` resolves when the object is in the index, durably. */
  constructor(enter: () => Promise<void>) {
    this.#enter = enter
  }

  /** Runs what may leave work behind. Rejects, with nothing done, when the index cannot be reached. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1
    try {
      if (!this.#isEntered) {
        await this.#enter()
        this.#isEntered = true
      }
      return await work()
    } finally {
      this.#underWay -= 1
    }
  }

  /** Cron's question, once everything due is done: the time to be visited next, now while anything is under way. */
  leave(nowMs: number, dueMs: number | undefined): number | undefined {
    if (this.#underWay > 0) return nowMs
    this.#isEntered = false
    return dueMs
  }
}
