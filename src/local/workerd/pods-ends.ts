/**
 * How the pods' process ended, and which pod was to blame. The process prints a line at each entry into a pod's code;
 * a pod that spins holds the only thread, so nobody enters after it: the last entry of a silence names it.
 */
import type { Clock } from '../../lib/clock.ts'
import { TRACE_PREFIX } from '../../kubelet/runtimes/isolates/entry-source.ts'
import type { PodsEnd, PodsFault } from '../engine.ts'

/**
 * Between the last answer to the watchdog and the entry of the pod that spins; more than the pause between questions.
 */
const SLACK_MS = 2_000

const OUT_OF_MEMORY = /out of memory|heap limit/i

export class PodsEnds {
  readonly #clock: Clock
  #lastEntry: { readonly uid: string; readonly atMs: number } | undefined
  #pending: PodsEnd | undefined
  #last: PodsEnd = { reason: 'Stopped' }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What the next process is told. At the start of the server its predecessor was stopped, with all pods. */
  get last(): PodsEnd {
    return this.#last
  }

  /** True for lines that are for us and nobody else. */
  isTrace(line: string): boolean {
    if (!line.startsWith(TRACE_PREFIX)) return false
    this.#lastEntry = { uid: line.slice(TRACE_PREFIX.length).trim(), atMs: this.#clock.now() }
    return true
  }

  /** We are about to kill it. */
  killedFor(fault: PodsFault): void {
    const withinMs = (fault.reason === 'Unresponsive' ? fault.silentMs : 0) + SLACK_MS
    this.#pending = this.#endFor(fault.reason, withinMs)
  }

  /** It ended; `said` has its last lines. */
  ended(said: string): void {
    const reason = OUT_OF_MEMORY.test(said) ? 'OutOfMemory' : 'Crashed'
    this.#last = this.#pending ?? this.#endFor(reason, SLACK_MS)
    this.#pending = undefined
    this.#lastEntry = undefined
  }

  /** Whoever was entered last is to blame, if it was lately: it held the thread, or what it left behind went on. */
  #endFor(reason: PodsEnd['reason'], withinMs: number): PodsEnd {
    const entry = this.#lastEntry
    const isRecent = entry !== undefined && this.#clock.now() - entry.atMs <= withinMs
    return isRecent ? { reason, suspects: [entry.uid] } : { reason }
  }
}
