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
import { storeResource } from '../apis/define-kind.ts'
import type { Client } from '../client/client.ts'
import { createEventsRecorder } from '../client/events-recorder.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { Change, StoreReader } from '../store/object-store.ts'
import { StoreError } from '../store/store-error.ts'
import type { Controller, ReconcileContext } from './define-controller.ts'
import { createLister } from './lister.ts'
import type { Progress } from './progress.ts'
import { concernsAny, wakesOf, wakingResources } from './wake-ups.ts'
import { WorkList } from './work-list.ts'
import type { WorkMetrics } from './work-metrics.ts'
import type { QueueItem, RunningKey } from './work-queue.ts'
import { WorkQueue } from './work-queue.ts'

/** The driver's name among the store's followers. */
export const CONTROLLERS_TARGET = 'controllers'

/** How long a slice runs before waiting requests get their turn. */
export const SLICE_MS = 5

/** At the edge the clock stands still while code computes, so a slice is bounded by keys as well. */
const MAX_KEYS_PER_SLICE = 32

/** Keys that wait for their commits at the same time: they share group commits. */
const KEYS_AT_ONCE = 8

/** Changes read from the log at a time. */
const CHANGES_PER_READ = 500

/** Another writer was faster: the key runs again at once this often before it counts as failed. */
const CONFLICT_RETRIES = 3

/** The cursor is moved over changes that concern nobody only when it lags by this much: such changes cost no write. */
const MAX_CURSOR_LAG = 1_000

/** A key that changes keep waking runs at most this often, so that a burst is one run. */
export const SPACING_MS = 20

export interface DriverOptions {
  /** Those of this object's scope. */
  readonly controllers: readonly Controller[]
  /** '' for the cluster scope. */
  readonly namespace: string
  readonly reader: StoreReader
  readonly progress: Progress
  /** The name of its cursor, where an object has more than one driver. Left out: CONTROLLERS_TARGET. */
  readonly target?: string
  /** The client that acts as the controller of this name (auth's `controllerUser`), in this scope and across. */
  clientFor(name: string): Client
  readonly clock: Clock
  readonly random: Random
  /** A key failed (it will be retried) or was set aside; for the log. */
  onError?(error: unknown, controller: string, key: string): void
  /** Lets other work of the object run: a macrotask. Left out: only promises run in between. */
  yield?(): Promise<void>
  /** Left out: SPACING_MS. */
  readonly spacingMs?: number
  readonly metrics?: WorkMetrics
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
  /** Whether a change can wake a controller: who commits one that does sets the alarm in the same transaction. */
  concerns(change: Change): boolean
  /** What runs at this moment. */
  running(): readonly RunningKey[]
}

export function createDriver(options: DriverOptions): Driver {
  return new ReconcileDriver(options)
}

class ReconcileDriver implements Driver {
  readonly #options: DriverOptions
  readonly #controllers: ReadonlyMap<string, Controller>
  readonly #contexts = new Map<string, ReconcileContext>()
  readonly #resources: readonly string[] | undefined
  readonly #queue = new WorkQueue()
  readonly #work: WorkList
  /** How far the log was read; the durable cursor follows when keys have finished. */
  #read: number
  /** Keys were woken since the durable cursor was last moved. */
  #isCursorOwed = false
  /** An unclean end was found: keys run one by one, each named in the marker. */
  #isCareful = false
  #isMarked = false
  readonly #spacingMs: number
  readonly #target: string
  readonly #lastStartMs = new Map<string, number>()
  readonly #lastResyncMs = new Map<string, number>()
  #slice: Promise<boolean> | undefined
  #drain: Promise<void> | undefined

  constructor(options: DriverOptions) {
    this.#options = options
    this.#target = options.target ?? CONTROLLERS_TARGET
    this.#controllers = new Map(options.controllers.map((controller) => [controller.name, controller]))
    this.#spacingMs = options.spacingMs ?? SPACING_MS
    this.#resources = wakingResources(options.controllers)
    this.#work = new WorkList(options.progress)
    this.#read = options.progress.cursor(this.#target)
    const lister = createLister(options.reader)
    const { clock, random, reader, namespace } = options
    for (const controller of options.controllers) {
      const client = options.clientFor(controller.actsAs ?? controller.name)
      const events = createEventsRecorder({
        client,
        clock,
        random,
        component: controller.eventSource ?? `${controller.name}-controller`,
        onError: (error) => this.#options.onError?.(error, controller.name, ''),
      })
      this.#contexts.set(controller.name, { client, lister, reader, namespace, clock, random, events })
    }
    if (this.#read === 0) this.#enqueueStartKeys()
    this.#recover()
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

  running(): readonly RunningKey[] {
    return this.#queue.running()
  }

  nextDueMs(): number | undefined {
    const now = this.#options.clock.now()
    if (this.#hasUnread()) return now
    const due = this.#work.nextDueMs(({ controller, key }) => this.#queue.has(controller, key))
    const ready = this.#queue.nextReadyMs(now)
    if (due === undefined || ready === undefined) return due ?? ready
    return Math.min(due, ready)
  }

  resync(isForced = false): void {
    const now = this.#options.clock.now()
    // Compaction comes next: a cursor left behind by it would mean looking at every key after a restart.
    this.#isCursorOwed = true
    for (const controller of this.#options.controllers) {
      const last = this.#lastResyncMs.get(controller.name)
      const isDue = last === undefined || now - last >= controller.resyncSeconds * 1_000
      if (controller.resyncSeconds === 0 || !(isForced || isDue)) continue
      this.#lastResyncMs.set(controller.name, now)
      for (const key of this.#keysOf(controller)) this.#enqueue(controller.name, key, Infinity)
    }
  }

  concerns(change: Change): boolean {
    return concernsAny(this.#options.controllers, change)
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
    const ready = this.#queue.nextReadyMs(clock.now())
    if (ready === undefined) return false
    await new Promise<void>((resolve) => {
      clock.after(ready - clock.now(), resolve)
    })
    return true
  }

  async #runSlice(sliceMs: number): Promise<boolean> {
    const { clock } = this.#options
    await this.#readLog()
    this.#promoteDue()
    const end = clock.now() + sliceMs
    let budget = MAX_KEYS_PER_SLICE
    const worker = async (): Promise<void> => {
      for (let isFirst = true; budget > 0 && (isFirst || clock.now() < end); isFirst = false) {
        const item = this.#queue.take(clock.now())
        if (item === undefined) return
        budget -= 1
        await this.#counted(item)
      }
    }
    const workers = this.#isCareful ? 1 : KEYS_AT_ONCE
    await Promise.all(Array.from({ length: workers }, worker))
    const next = this.nextDueMs()
    const hasMore = next !== undefined && next <= clock.now()
    this.#settle(hasMore)
    return hasMore
  }

  /** Turns what the log has brought since into keys. */
  async #readLog(): Promise<void> {
    const { reader } = this.#options
    const end = reader.revision
    while (this.#read < end) {
      const changes = this.#changes(end)
      if (changes === undefined) return
      const wakes = await wakesOf(changes, this.#options.controllers, ({ name }) => this.#contextOf(name))
      for (const { controller, key, revision } of wakes) this.#enqueue(controller.name, key, revision)
      if (wakes.length > 0) this.#isCursorOwed = true
      const last = changes.at(-1)
      this.#read = changes.length < CHANGES_PER_READ || last === undefined ? end : last.revision
    }
  }

  #changes(end: number): readonly Change[] | undefined {
    const resources = this.#resources
    try {
      const changes = this.#options.reader.changes({
        after: this.#read,
        limit: CHANGES_PER_READ,
        ...(resources === undefined ? {} : { resources }),
      })
      return changes.filter((change) => change.revision <= end)
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'compacted') throw error
      // The log no longer reaches back to the cursor: every key is looked at instead.
      for (const controller of this.#options.controllers) {
        for (const key of this.#keysOf(controller)) this.#enqueue(controller.name, key, end)
      }
      this.#enqueueStartKeys()
      this.#read = end
      this.#isCursorOwed = true
      return undefined
    }
  }

  async #counted(item: QueueItem): Promise<void> {
    const { metrics, clock } = this.#options
    const { controller, sinceMs } = item
    const startMs = clock.now()
    metrics?.depth.of(controller).add(-1)
    metrics?.waited.of(controller).observe((startMs - sinceMs) / 1_000)
    await this.#runKey(item)
    metrics?.worked.of(controller).observe((clock.now() - startMs) / 1_000)
  }

  async #runKey(item: QueueItem): Promise<void> {
    const { progress, clock } = this.#options
    const { controller: name, key } = item
    const controller = this.#controllers.get(name)
    try {
      if (controller === undefined) {
        this.#work.remove(name, key)
        return
      }
      const aside = this.#work.get(name, key)
      if (aside?.isSetAside === true && aside.dueMs > clock.now()) return
      this.#lastStartMs.set(`${name}\n${key}`, clock.now())
      if (this.#isCareful || aside?.isSetAside === true) {
        progress.setMarker({ suspect: { controller: name, key } })
      } else if (!this.#isMarked) {
        progress.setMarker({})
      }
      this.#isMarked = true
      await this.#reconcile(controller, key)
    } finally {
      this.#queue.finish(item)
    }
  }

  async #reconcile(controller: Controller, key: string): Promise<void> {
    const { clock } = this.#options
    try {
      const result = await this.#withConflictRetries(controller, key)
      if (result.kind === 'done') this.#work.remove(controller.name, key)
      else this.#work.later(controller.name, key, clock.now() + Math.max(0, result.afterMs))
    } catch (error) {
      this.#options.onError?.(error, controller.name, key)
      this.#work.failed(controller.name, key, clock.now())
      this.#options.metrics?.retries.of(controller.name).add()
    }
  }

  async #withConflictRetries(controller: Controller, key: string): ReturnType<Controller['reconcile']> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await controller.reconcile(this.#contextOf(controller.name), key)
      } catch (error) {
        if (attempt >= CONFLICT_RETRIES || !hasReason(error, 'Conflict')) throw error
      }
    }
  }

  /** After a slice: moves the cursor as far as the finished keys allow, and takes the marker away when all is done. */
  #settle(hasMore: boolean): void {
    const { progress } = this.#options
    const lowest = this.#queue.lowestRevision()
    const reached = Math.min(this.#read, lowest === undefined ? Infinity : lowest - 1)
    const lag = reached - progress.cursor(this.#target)
    if (lag > 0 && ((this.#isCursorOwed && !hasMore) || lag >= MAX_CURSOR_LAG)) {
      progress.advance(this.#target, reached)
      this.#isCursorOwed = lowest !== undefined
    }
    if (hasMore || !this.#isMarked) return
    progress.clearMarker()
    this.#isMarked = false
    this.#isCareful = false
    const past = this.#options.clock.now() - this.#spacingMs
    for (const [id, startMs] of this.#lastStartMs) if (startMs <= past) this.#lastStartMs.delete(id)
  }

  #promoteDue(): void {
    const now = this.#options.clock.now()
    for (const { controller, key } of this.#work.due(now)) this.#add(controller, key, Infinity, now)
  }

  #enqueue(controller: string, key: string, revision: number): void {
    const now = this.#options.clock.now()
    const waiting = this.#work.get(controller, key)
    // Being set aside stands whatever changes; a key that merely failed may succeed by the change.
    if (waiting?.isSetAside === true && waiting.dueMs > now) return
    const last = this.#lastStartMs.get(`${controller}\n${key}`)
    this.#add(controller, key, revision, last === undefined ? now : Math.max(now, last + this.#spacingMs))
  }

  #add(controller: string, key: string, revision: number, readyMs: number): void {
    if (!this.#queue.add(controller, key, revision, this.#options.clock.now(), readyMs)) return
    this.#options.metrics?.adds.of(controller).add()
    this.#options.metrics?.depth.of(controller).add()
  }

  /** As if the first change of all had woken them: the cursor stays before it until they are done. */
  #enqueueStartKeys(): void {
    for (const { name, startKeys = [] } of this.#options.controllers) {
      for (const key of startKeys) this.#enqueue(name, key, 1)
    }
  }

  #keysOf(controller: Controller): string[] {
    const { startKeys, allKeys } = controller
    if (allKeys !== undefined) return [...allKeys(this.#contextOf(controller.name))]
    if (startKeys !== undefined) return [...startKeys]
    const keys: string[] = []
    const resource = storeResource(controller.for)
    for (let after: string | undefined, hasMore = true; hasMore;) {
      const page = this.#options.reader.list({
        resource,
        limit: CHANGES_PER_READ,
        ...(after === undefined ? {} : { after }),
      })
      keys.push(...page.objects.map(({ name }) => name))
      after = page.objects.at(-1)?.name
      hasMore = page.hasMore && after !== undefined
    }
    return keys
  }

  /** A marker that nobody cleared: whatever ran then may have ended the object. */
  #recover(): void {
    const marker = this.#options.progress.marker()
    if (marker === undefined) return
    this.#isCareful = true
    this.#isMarked = true
    const controller = marker.suspect === undefined ? undefined : this.#controllers.get(marker.suspect.controller)
    if (controller === undefined || marker.suspect === undefined) return
    const { key } = marker.suspect
    this.#work.setAside(controller.name, key, this.#options.clock.now())
    // The suspect is named only until it has been set aside.
    this.#options.progress.setMarker({})
    const error = new Error(`reconciling ${controller.name} ${key} ended its object; set aside`)
    this.#options.onError?.(error, controller.name, key)
    void this.#reportSetAside(controller, key)
  }

  async #reportSetAside(controller: Controller, key: string): Promise<void> {
    const { name } = controller
    const subject: KubeObject = subjectOf(controller, key, this.#options.namespace)
    const message = `Reconciling ${key} ended the object that runs its controllers; ${name} leaves it alone for a while`
    try {
      await this.#contextOf(controller.name).events.record(subject, 'Warning', 'ReconcileSetAside', message)
    } catch (error) {
      this.#options.onError?.(error, controller.name, key)
    }
  }

  #hasUnread(): boolean {
    const { reader } = this.#options
    if (this.#read >= reader.revision) return false
    if (this.#resources === undefined) return true
    const [next] = reader.changes({ after: this.#read, limit: 1, resources: this.#resources })
    return next !== undefined
  }

  #contextOf(name: string): ReconcileContext {
    const context = this.#contexts.get(name)
    if (context === undefined) throw new Error(`no controller is named ${name}`)
    return context
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
