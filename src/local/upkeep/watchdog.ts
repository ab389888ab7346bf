/**
 * Asks the pods' process again and again whether it still answers. workerd does not enforce CPU limits locally, and one
 * pod that spins stops all others in its process: so a process that stays silent is reported, to be killed and started
 * again. Knows nothing of processes: only a question and a verdict.
 */
import type { Clock } from '../../lib/clock.ts'

export interface WatchdogOptions {
  readonly clock: Clock
  /** Resolves when the process answered; may stay open as long as it likes. */
  readonly ask: () => Promise<void>
  /** Called once per silence; asking goes on afterwards, as if the process were new. */
  readonly onSilent: (silentMs: number) => void
}

const ASK_EVERY_MS = 500

/** With the pause between two questions this keeps "ends it within 5 s". */
const SILENT_LIMIT_MS = 4_000

export class Watchdog {
  readonly #options: WatchdogOptions
  #isStopped = false
  #cancel: () => void = () => undefined
  #answeredAt: number

  constructor(options: WatchdogOptions) {
    this.#options = options
    this.#answeredAt = options.clock.now()
  }

  start(): void {
    this.#isStopped = false
    this.#answeredAt = this.#options.clock.now()
    this.#askOnce()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  #askOnce(): void {
    const { clock, ask } = this.#options
    let isOver = false
    const cancelLimit = clock.after(SILENT_LIMIT_MS, () => {
      isOver = true
      this.#report()
    })
    this.#cancel = cancelLimit
    const end = (hasAnswered: boolean): void => {
      if (isOver || this.#isStopped) return
      isOver = true
      cancelLimit()
      if (hasAnswered) this.#answeredAt = clock.now()
      // A refused connection is no answer either, but a fast one: the silence is counted from the last answer.
      if (clock.now() - this.#answeredAt >= SILENT_LIMIT_MS) this.#report()
      else this.#askLater()
    }
    ask().then(
      () => end(true),
      () => end(false),
    )
  }

  #askLater(): void {
    this.#cancel = this.#options.clock.after(ASK_EVERY_MS, () => this.#askOnce())
  }

  #report(): void {
    if (this.#isStopped) return
    const { clock, onSilent } = this.#options
    onSilent(clock.now() - this.#answeredAt)
    this.#answeredAt = clock.now()
    this.#askLater()
  }
}
