/**
 * A follower of a scope's log outside of it that wants the changes themselves, in order (the scheduler): served at once
 * after commits, from a durable cursor, at least once. When it cannot be reached the cursor stays and the alarm tries
 * again; Cron is the last resort. When the log no longer reaches back to the cursor it is given everything as it is now
 * and goes on from there; nothing is ever passed over.
 */
import type { Change, StoreReader } from '../../store/object-store.ts'

/** Changes handed over in one call. */
const CHANGES_PER_CALL = 500

/** How long after a failed call it is tried again: doubled up to the limit. */
const RETRY_MS = 250
const MAX_RETRY_MS = 30_000

/** The cursor is moved over changes that concern nobody only when it lags by this much: such changes cost no write. */
const MAX_CURSOR_LAG = 1_000

export interface FollowerOptions {
  readonly target: string
  readonly resources: readonly string[]
  readonly reader: StoreReader
  /** Whether the follower needs to hear of it. */
  concerns(change: Change): boolean
  /** All concerning changes with `after < revision <= upTo`, in order. */
  serve(changes: readonly Change[], after: number, upTo: number): Promise<void>
  /** Everything as it is now, at the reader's revision: it replaces whatever the follower was told before. */
  replace(): Promise<void>
  cursor(): number
  advance(revision: number): void
  now(): number
}

export class Follower {
  readonly #options: FollowerOptions
  #running: Promise<void> | undefined
  #failures = 0
  #dueMs: number | undefined
  #isBehind: boolean
  /** Served up to here; the durable cursor may lag behind by changes that concern nobody. */
  #served: number

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#served = options.cursor()
    this.#isBehind = this.#served < options.reader.revision
  }

  /** Says that a commit was made; whether it concerns the follower decides if anything is to be done. */
  observe(changes: readonly Change[]): boolean {
    if (!changes.some((change) => this.#isConcerned(change))) return false
    this.#isBehind = true
    return true
  }

  /** Serves what is there. Never rejects; calls while it runs join it. */
  run(): Promise<void> {
    this.#running ??= this.#serveAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Before compaction: a cursor left behind by it would mean serving everything anew after a restart. */
  keepCursor(): void {
    const { cursor, advance } = this.#options
    if (cursor() < this.#served) advance(this.#served)
  }

  /** When `run` should be called again: 0 for now, undefined for not before the next commit. */
  nextDueMs(): number | undefined {
    return this.#isBehind ? (this.#dueMs ?? 0) : undefined
  }

  async #serveAll(): Promise<void> {
    try {
      while (this.#isBehind) {
        this.#isBehind = false
        await this.#serveOnce()
      }
      this.#failures = 0
      this.#dueMs = undefined
    } catch (error) {
      this.#isBehind = true
      this.#dueMs = this.#options.now() + Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** this.#failures)
      this.#failures += 1
      console.warn(`follower ${this.#options.target} cannot be served, to be tried again`, error)
    }
  }

  async #serveOnce(): Promise<void> {
    const { reader, resources, serve } = this.#options
    const after = this.#served
    if (after < reader.compactedRevision) return this.#replace()
    const changes = reader.changes({ after, limit: CHANGES_PER_CALL, resources })
    const isAll = changes.length < CHANGES_PER_CALL
    const upTo = isAll ? reader.revision : (changes.at(-1)?.revision ?? after)
    const concerning = changes.filter((change) => this.#isConcerned(change))
    if (concerning.length > 0) await serve(concerning, after, upTo)
    this.#reached(upTo, concerning.length > 0)
    if (!isAll || reader.revision > upTo) this.#isBehind = true
  }

  async #replace(): Promise<void> {
    const upTo = this.#options.reader.revision
    await this.#options.replace()
    this.#reached(upTo, true)
    if (this.#options.reader.revision > upTo) this.#isBehind = true
  }

  #reached(revision: number, hasServed: boolean): void {
    this.#served = revision
    const { cursor, advance } = this.#options
    if (hasServed || revision - cursor() >= MAX_CURSOR_LAG) advance(revision)
  }

  #isConcerned(change: Change): boolean {
    return this.#options.resources.includes(change.resource) && this.#options.concerns(change)
  }
}
