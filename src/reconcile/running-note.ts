/**
 * The durable note that keys are running. One that is found at the start was left by a run that ended the object: from
 * then on keys run one by one, each named in the note, until all are done. So next time it is known which one it was.
 */
import type { Progress, RunningMarker } from './progress.ts'
import type { QueueItem } from './work-queue.ts'

export class RunningNote {
  readonly #progress: Progress
  #isThere: boolean
  #isCareful: boolean

  /** The key that ran alone when the object ended. */
  readonly suspect: RunningMarker['suspect']

  constructor(progress: Progress) {
    this.#progress = progress
    const found = progress.marker()
    this.#isThere = found !== undefined
    this.#isCareful = this.#isThere
    this.suspect = found?.suspect
  }

  /** Keys must run one by one. */
  get isCareful(): boolean {
    return this.#isCareful
  }

  /** Before a key runs; it is named where it is known, or has to be found out, that it may end the object. */
  write({ controller, key }: QueueItem, isSuspect: boolean): void {
    if (this.#isCareful || isSuspect) this.#progress.setMarker({ suspect: { controller, key } })
    else if (!this.#isThere) this.#progress.setMarker({})
    this.#isThere = true
  }

  /** The suspect has been set aside, and is suspected no more. */
  clearSuspect(): void {
    this.#progress.setMarker({})
  }

  /** Everything that was running is done. False: there was no note. */
  erase(): boolean {
    if (!this.#isThere) return false
    this.#progress.clearMarker()
    this.#isThere = false
    this.#isCareful = false
    return true
  }
}
