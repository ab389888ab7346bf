/**
 * How many requests a level has, or would like to have, running: the average over time, how far it strays, and the
 * highest (k8s.io/apiserver pkg/util/flowcontrol/fairqueuing/integrator.go). Read seldom, changed with every request.
 */
import type { Demand } from './concurrency.ts'

/** Half of a demand that is over is forgotten within five minutes. */
const HALF_LIFE_MS = 300_000

export class SeatDemand {
  #current = 0
  #sinceMs: number
  #startMs: number
  #area = 0
  #squares = 0
  #highest = 0
  #smoothed = 0

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
    this.#startMs = nowMs
  }

  get current(): number {
    return this.#current
  }

  add(change: number, nowMs: number): void {
    this.#integrate(nowMs)
    this.#current += change
    if (this.#current > this.#highest) this.#highest = this.#current
  }

  /** What there was since the last look; begins anew. */
  look(nowMs: number): Demand {
    this.#integrate(nowMs)
    const durationMs = nowMs - this.#startMs
    const highest = this.#highest
    let [average, deviation] = [0, 0]
    if (durationMs > 0) {
      average = this.#area / durationMs
      deviation = Math.sqrt(Math.max(0, this.#squares / durationMs - average * average))
      const envelope = average + deviation
      const kept = 2 ** (-durationMs / HALF_LIFE_MS)
      this.#smoothed = Math.max(envelope, kept * this.#smoothed + (1 - kept) * envelope)
    }
    this.#startMs = nowMs
    this.#area = 0
    this.#squares = 0
    this.#highest = this.#current
    return { highest, average, deviation, smoothed: this.#smoothed }
  }

  #integrate(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#sinceMs)
    this.#sinceMs = nowMs
    this.#area += elapsedMs * this.#current
    this.#squares += elapsedMs * this.#current * this.#current
  }
}
