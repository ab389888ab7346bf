/**
 * Runs the actors that a scope's log wakes, with one alarm for all of them. The turn of a commit that concerns one of
 * them sets the alarm, in the same transaction; after the commit they run at once. So only an object that died in
 * between needs that alarm.
 *
 * It must not know: what the actors do.
 */
import type { Clock } from '../../../lib/clock.ts'
import type { Driver } from '../../../reconcile/driver.ts'
import type { Change } from '../../../store/object-store.ts'
import type { ObjectAlarm } from './object-alarm.ts'

/** The alarm that the turn of a commit sets. */
const BURST_ALARM_MS = 5_000

/** Whoever acts upon this log. */
export interface Actor {
  /** In the turn of a commit: takes note of what changed; true when that concerns it. */
  observe(changes: readonly Change[]): boolean
  /** Runs until nothing is left to do now. Never rejects. */
  run(): Promise<void>
  /** When there is something to do next; undefined: not before the next commit. */
  nextDueMs(): number | undefined
}

/** The controllers of a driver as one actor. */
export function drivenActor(driver: Driver): Actor {
  return {
    observe: (changes) => changes.some((change) => driver.concerns(change)),
    run: () => driver.wake(),
    nextDueMs: () => driver.nextDueMs(),
  }
}

export interface ActorLoopPorts {
  readonly actors: readonly Actor[]
  readonly alarm: ObjectAlarm
  readonly clock: Clock
  /** Whether there is anything here to act upon. */
  isServing(): Promise<boolean>
  /** Keeps the object awake until `work` has ended. */
  waitUntil(work: Promise<void>): void
}

export class ActorLoop {
  readonly #ports: ActorLoopPorts
  /** A commit that is not published yet concerns an actor. */
  #isConcerned = false

  constructor(ports: ActorLoopPorts) {
    this.#ports = ports
  }

  /** Every actor looks what there is to do. */
  async wake(): Promise<void> {
    const { actors, alarm, isServing } = this.#ports
    if (!(await isServing())) return
    // One that waits for somebody else's answer holds up no alarm of the others.
    await Promise.all(
      actors.map(async (actor) => {
        await actor.run()
        await alarm.atLatest(actor.nextDueMs())
      }),
    )
  }

  /** When one of them has something to do next. */
  nextDueMs(): number | undefined {
    return earliest(this.#ports.actors.map((actor) => actor.nextDueMs()))
  }

  /** Within the turn of the commit. */
  onCommitted(changes: readonly Change[]): void {
    const { actors, alarm, clock } = this.#ports
    // Each of them has to hear of it.
    if (!actors.map((actor) => actor.observe(changes)).includes(true)) return
    this.#isConcerned = true
    void alarm.atLatest(clock.now() + BURST_ALARM_MS)
  }

  /** What was committed is durable, and shown. */
  onPublished(): void {
    if (!this.#isConcerned) return
    this.#isConcerned = false
    this.#wakeSoon()
  }

  /** A macrotask later: whoever wrote is answered before anybody acts upon it. */
  #wakeSoon(): void {
    const { clock, waitUntil } = this.#ports
    const soon = new Promise<void>((resolve) => {
      clock.after(0, resolve)
    })
    waitUntil(soon.then(() => this.wake()))
  }
}

/** Undefined: none of them. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
