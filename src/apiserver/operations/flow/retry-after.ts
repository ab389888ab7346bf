/**
 * When a refused client is told to come back: doubled while many are refused, a second less while few are
 * (k8s.io/apiserver pkg/util/flowcontrol/dropped_requests_tracker.go).
 */
const MAX_RETRY_AFTER_SECONDS = 32

export class RetryAfter {
  #seconds = 1
  #raisedAt = 0
  /** Refusals by second, oldest first; at most what is looked back at. */
  #history: { readonly at: number; count: number }[] = []

  get seconds(): number {
    return this.#seconds
  }

  refused(nowMs: number): void {
    const now = Math.floor(nowMs / 1000)
    const last = this.#history.at(-1)
    if (last?.at === now) {
      last.count += 1
      return
    }
    this.#history.push({ at: now, count: 1 })
    this.#history = this.#history.filter(({ at }) => now - at <= MAX_RETRY_AFTER_SECONDS)
    const recent = this.#history.filter(({ at }) => at < now && now - at <= this.#seconds)
    this.#adjust(
      now,
      recent.reduce((sum, { count }) => sum + count, 0),
    )
  }

  #adjust(now: number, refusals: number): void {
    if (now - this.#raisedAt >= this.#seconds && refusals >= 3 * this.#seconds) {
      this.#seconds = Math.min(MAX_RETRY_AFTER_SECONDS, 2 * this.#seconds)
      this.#raisedAt = now
    } else if (refusals < this.#seconds && this.#seconds > 1) {
      this.#seconds -= 1
    }
  }
}
