/**
 * The loop of one object's controllers: follows the log from a cursor, keeps due times, runs keys in slices so that API
 * requests are served in between, retries what failed. Wakes (commits, alarm, Cron) only say "look again": each of them
 * may be lost, repeated or late.
 *
 * Invariant: the durable cursor stands before every change whose key is neither reconciled nor in `work`; so whatever
 * ends the object, no wake is lost.
 * It must not know: what controllers do, what sets the alarm, what a Durable Object is.
 */
import { formatGroupVersion } from '../apimachinery/meta.ts'
import type { KubeObject } from '../apimachinery/meta.ts'
import { hasReason } from '../apimachinery/status-error.ts'
import type { MetricSnapshot } from '../lib/metrics.ts'
import type { Change } from '../store/object-store.ts'
import type { ControllerSetOptions } from './controller-set.ts'
import { ControllerSet } from './controller-set.ts'
import type { Controller } from './define-controller.ts'
import { LogFollower } from './log-follower.ts'
import type { PendingKeysOptions } from './pending-keys.ts'
import { PendingKeys } from './pending-keys.ts'
import { RunningNote } from './running-note.ts'
import { concernsAny } from './wake-ups.ts'
import { runningWork } from './work-metrics.ts'
import type { QueueItem } from './work-queue.ts'

/** The driver's name among the store's followers. */
export const CONTROLLERS_TARGET = 'controllers'

/** How long a slice runs before waiting requests get their turn. */
const SLICE_MS = 5

/** At the edge the clock stands still while code computes, so a slice is bounded by keys as well. */
const MAX_KEYS_PER_SLICE = 32

/** Keys that wait for their commits at the same time: they share group commits. */
const KEYS_AT_ONCE = 8

/** Another writer was faster: the key runs again at once this often before it counts as failed. */
const CONFLICT_RETRIES = 3

/** The cursor is moved over changes that concern nobody only when it lags by this much: such changes cost no write. */
const MAX_CURSOR_LAG = 1_000

export interface DriverOptions extends ControllerSetOptions, PendingKeysOptions {
  /** The name of its cursor, where an object has more than one driver. Left out: CONTROLLERS_TARGET. */
  readonly target?: string
  /** Lets other work of the object run: a macrotask. Left out: only promises run in between. */
  yield?(): Promise<void>
}

export interface Driver {
  /** The log may have grown, or time has passed: runs slices until nothing is ready. Never rejects. */
  wake(): Promise<void>
  /** Runs one slice; true when more is ready. */
  run(sliceMs?: number): Promise<boolean>
  /** When `run` has something to do next: for the one alarm. Undefined: nothing is due, ever. */
  nextDueMs(): number | undefined
  /** From Cron: runs the keys of the controllers whose resync is due (all of them, if `isForced`). */
  resync(isForced?: boolean): void
  /** Somebody outside of the log has reason to have this key looked at. `wake` runs it. */
  look(controller: string, key: string): void
  /** Whether a change can wake a controller: who commits one that does sets the alarm in the same transaction. */
  concerns(change: Change): boolean
  /** How long what runs at this moment has been running. */
  runningWork(): MetricSnapshot[]
}

export function createDriver(options: DriverOptions): Driver {
  return new ReconcileDriver(options)
}

class ReconcileDriver implements Driver {
  readonly #options: DriverOptions
  readonly #target: string
  readonly #controllers: ControllerSet
  /** How far the log was read; the durable cursor follows when keys have finished. */
  readonly #log: LogFollower
  readonly #keys: PendingKeys
  readonly #note: RunningNote
  /** Keys were woken since the durable cursor was last moved. */
  #isCursorOwed = false
  readonly #lastResyncMs = new Map<string, number>()
  #slice: Promise<boolean> | undefined
  #drain: Promise<void> | undefined

  constructor(options: DriverOptions) {
    const { reader, progress } = options
    this.#options = options
    this.#target = options.target ?? CONTROLLERS_TARGET
    this.#controllers = new ControllerSet(options)
    this.#log = new LogFollower(reader, this.#controllers, progress.cursor(this.#target))
    this.#keys = new PendingKeys(options)
    this.#note = new RunningNote(progress)
    if (this.#log.position === 0) for (const wake of this.#controllers.startWakes()) this.#keys.wake(wake)
    this.#setSuspectAside()
  }

  wake(): Promise<void> {
    this.#drain ??= this.#drainAll().finally(() => {
      this.#drain = undefined
    })
    return this.#drain
  }

  run(sliceMs = SLICE_MS): Promise<boolean> {
    this.#slice ??= this.#runSlice(sliceMs).finally(() => {
      this.#slice = undefined
    })
    return this.#slice
  }

  runningWork(): MetricSnapshot[] {
    const names = this.#controllers.all.map(({ name }) => name)
    return runningWork(names, this.#keys.running(), this.#options.clock.now())
  }

  nextDueMs(): number | undefined {
    return this.#log.hasUnread() ? this.#options.clock.now() : this.#keys.nextDueMs()
  }

  resync(isForced = false): void {
    const now = this.#options.clock.now()
    // Compaction comes next: a cursor left behind by it would mean looking at every key after a restart.
    this.#isCursorOwed = true
    for (const controller of this.#controllers.all) {
      const last = this.#lastResyncMs.get(controller.name)
      const isDue = last === undefined || now - last >= controller.resyncSeconds * 1_000
      if (controller.resyncSeconds === 0 || !(isForced || isDue)) continue
      this.#lastResyncMs.set(controller.name, now)
      for (const key of this.#controllers.keysOf(controller)) this.#keys.wake({ controller, key, revision: Infinity })
    }
  }

  look(name: string, key: string): void {
    const controller = this.#controllers.named(name)
    if (controller !== undefined) this.#keys.wake({ controller, key, revision: Infinity })
  }

  concerns(change: Change): boolean {
    return concernsAny(this.#controllers.all, change)
  }

  async #drainAll(): Promise<void> {
    try {
      for (;;) {
        const hasMore = await this.run()
        if (hasMore) await this.#options.yield?.()
        else if (!(await this.#waitOutSpacing())) return
      }
    } catch (error) {
      // What failed here is the store or the log itself; the alarm and Cron come back to it.
      this.#options.onError?.(error, this.#target, '')
    }
  }

  /** Waits here for keys that are held back for a moment: an alarm would cost a write. False: there are none. */
  async #waitOutSpacing(): Promise<boolean> {
    const { clock } = this.#options
    const ready = this.#keys.nextReadyMs()
    if (ready === undefined) return false
    await new Promise<void>((resolve) => {
      clock.after(ready - clock.now(), resolve)
    })
    return true
  }

  async #runSlice(sliceMs: number): Promise<boolean> {
    const { clock } = this.#options
    if (await this.#log.read((wake) => this.#keys.wake(wake))) this.#isCursorOwed = true
    this.#keys.promoteDue()
    const end = clock.now() + sliceMs
    let budget = MAX_KEYS_PER_SLICE
    const worker = async (): Promise<void> => {
      for (let isFirst = true; budget > 0 && (isFirst || clock.now() < end); isFirst = false) {
        const item = this.#keys.take()
        if (item === undefined) return
        budget -= 1
        await this.#runKey(item)
      }
    }
    const workers = this.#note.isCareful ? 1 : KEYS_AT_ONCE
    await Promise.all(Array.from({ length: workers }, worker))
    const next = this.nextDueMs()
    const hasMore = next !== undefined && next <= clock.now()
    this.#moveCursor(hasMore)
    if (!hasMore && this.#note.erase()) this.#keys.forgetStarts()
    return hasMore
  }

  async #runKey(item: QueueItem): Promise<void> {
    const { metrics, clock } = this.#options
    const startMs = clock.now()
    const controller = this.#controllers.named(item.controller)
    try {
      if (controller === undefined) {
        this.#keys.settled(item)
      } else if (!this.#keys.isLeftAlone(item)) {
        this.#keys.start(item)
        this.#note.write(item, this.#keys.isSetAside(item))
        await this.#reconcile(controller, item)
      }
    } finally {
      this.#keys.finish(item)
    }
    metrics?.worked.of(item.controller).observe((clock.now() - startMs) / 1_000)
  }

  async #reconcile(controller: Controller, item: QueueItem): Promise<void> {
    try {
      const result = await this.#withConflictRetries(controller, item.key)
      if (result.kind === 'done') this.#keys.settled(item)
      else this.#keys.later(item, result.afterMs)
    } catch (error) {
      this.#options.onError?.(error, controller.name, item.key)
      this.#keys.failed(item)
    }
  }

  async #withConflictRetries(controller: Controller, key: string): ReturnType<Controller['reconcile']> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await controller.reconcile(this.#controllers.contextOf(controller), key)
      } catch (error) {
        if (attempt >= CONFLICT_RETRIES || !hasReason(error, 'Conflict')) throw error
      }
    }
  }

  /** After a slice: moves the durable cursor as far as the finished keys allow. */
  #moveCursor(hasMore: boolean): void {
    const { progress } = this.#options
    const lowest = this.#keys.lowestRevision()
    const reached = Math.min(this.#log.position, lowest === undefined ? Infinity : lowest - 1)
    const lag = reached - progress.cursor(this.#target)
    if (lag <= 0 || !((this.#isCursorOwed && !hasMore) || lag >= MAX_CURSOR_LAG)) return
    progress.advance(this.#target, reached)
    this.#isCursorOwed = lowest !== undefined
  }

  /** The key that ran when the object ended is left alone for a while, and its object's owner is told. */
  #setSuspectAside(): void {
    const { suspect } = this.#note
    const controller = suspect === undefined ? undefined : this.#controllers.named(suspect.controller)
    if (suspect === undefined || controller === undefined) return
    const { name } = controller
    const { key } = suspect
    this.#keys.setAside(suspect)
    this.#note.clearSuspect()
    this.#options.onError?.(new Error(`reconciling ${name} ${key} ended its object; set aside`), name, key)
    void this.#reportSetAside(controller, key)
  }

  async #reportSetAside(controller: Controller, key: string): Promise<void> {
    const { name } = controller
    const subject: KubeObject = subjectOf(controller, key, this.#options.namespace)
    const message = `Reconciling ${key} ended the object that runs its controllers; ${name} leaves it alone for a while`
    try {
      await this.#controllers.contextOf(controller).events.record(subject, 'Warning', 'ReconcileSetAside', message)
    } catch (error) {
      this.#options.onError?.(error, name, key)
    }
  }
}

/** What an Event about a key is about: the object of that name, or the namespace where keys are no names. */
function subjectOf({ for: { group, version, kind }, ignoresFor }: Controller, key: string, namespace: string) {
  if (ignoresFor === true) {
    const name = namespace === '' ? 'kube-system' : namespace
    return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  }
  const metadata = { name: key, ...(namespace === '' ? {} : { namespace }) }
  return { apiVersion: formatGroupVersion({ group, version }), kind, metadata }
}
