/**
 * The one alarm of a pod's object, for two who need it: the kubelet, which says when it has something to do, and the
 * guard over code that is being run. Should the process end within that code, nobody would come back to the pod; so
 * before code is entered an alarm is set, and whoever is woken by it finds out. It is left to run out rather than taken
 * back, so that steady traffic costs one write in a while.
 */
import type { Clock } from '../../lib/clock.ts'

/** How long after its entry code is looked at: a little more than a watchdog needs to end what does not yield. */
export const GUARD_MS = 5_000

/** Code that runs on is looked at ever less often, up to this. */
export const MAX_GUARD_MS = 60_000

export interface AlarmStorage {
  setAlarm(timeMs: number): void
  deleteAlarm(): void
}

export class PodAlarm {
  readonly #storage: AlarmStorage
  readonly #clock: Clock
  #setMs: number | undefined
  #wakeMs: number | undefined
  #guardMs: number | undefined
  #guardDelayMs = GUARD_MS

  constructor(storage: AlarmStorage, clock: Clock) {
    this.#storage = storage
    this.#clock = clock
  }

  /** The kubelet's time; undefined: it waits for nothing. */
  wakeAt(timeMs: number | undefined): void {
    this.#wakeMs = timeMs
    this.#set()
  }

  /** Code is about to be entered. */
  guard(): void {
    if (this.#guardMs !== undefined) return
    this.#guardDelayMs = GUARD_MS
    this.#guardMs = this.#clock.now() + GUARD_MS
    this.#set()
  }

  /** It went off. `isBusy`: code is still being run. */
  wentOff(isBusy: boolean): void {
    const nowMs = this.#clock.now()
    this.#setMs = undefined
    if (this.#wakeMs !== undefined && this.#wakeMs <= nowMs) this.#wakeMs = undefined
    if (this.#guardMs !== undefined && this.#guardMs <= nowMs) {
      this.#guardDelayMs = Math.min(MAX_GUARD_MS, this.#guardDelayMs * 2)
      this.#guardMs = isBusy ? nowMs + this.#guardDelayMs : undefined
    }
    this.#set()
  }

  #set(): void {
    const earliest = Math.min(this.#wakeMs ?? Infinity, this.#guardMs ?? Infinity)
    const timeMs = Number.isFinite(earliest) ? earliest : undefined
    if (timeMs === this.#setMs) return
    this.#setMs = timeMs
    if (timeMs === undefined) this.#storage.deleteAlarm()
    else this.#storage.setAlarm(timeMs)
  }
}
