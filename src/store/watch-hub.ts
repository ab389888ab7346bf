/**
 * Watches of one store: positions in the log. A watcher that keeps up is given changes as they are published, all
 * watchers the same Change objects; one that starts in the past, or whose sink was full, is fed slices of the log
 * until it has caught up. So backlogs are bytes in sinks and rows on disk, never copies here.
 *
 * Guarantees, each a test (test/store/watch-guarantees.test.ts): Ordered, Unique, Reliable, Atomic, Resumable,
 * Bookmarkable. Invariant: nothing above `shownRevision` is delivered, and that moves only when a commit is durable.
 * Selectors are the sink's business: a Change carries its previousSelectable, so that whoever encodes it can tell a
 * transition.
 */
import type { Clock } from '../lib/clock.ts'
import type { Slice, SliceQuery } from './log-store.ts'
import type { Change } from './object-store.ts'
import { RecentChanges } from './watch/recent-changes.ts'
import { StoreError } from './store-error.ts'

/** Watches of one store at a time: 9 KB each, and 70 µs for each event (measured on workerd, 2026-11). */
export const MAX_WATCHERS = 2_000

/** Rows of the log looked at in one go for a watcher that catches up, before others get their turn. */
const SLICE_ROWS = 1_000

/** Characters given to a sink in one go while catching up: a quarter of what a stream buffers. */
const SLICE_CHARACTERS = 256 * 1024

/**
 * A sink that takes nothing while this much of its resource is published is cut off: its client is gone, or never
 * keeps up.
 */
export const MAX_LAG_CHARACTERS = 16 * 1024 * 1024

/** What the hub needs of the store (log-store.ts). */
export interface WatchLog {
  readonly revision: number
  readonly compactedRevision: number
  readonly clock: Clock
  slice(query: SliceQuery): Slice
}

export interface WatchSink {
  /** Takes changes of the watched resource, in order. False: full; the hub waits for `resume`. Must not throw. */
  deliver(changes: readonly Change[]): boolean
  /** Nothing more comes. StoreError `laggard`, `compacted`; undefined: the hub was closed. */
  end(error: StoreError | undefined): void
}

export interface Watch {
  /** Everything up to this revision has been delivered: what a bookmark may say. */
  readonly position: number
  /** The sink has room again. */
  resume(): void
  close(): void
}

export interface WatchHubOptions {
  readonly maxWatchers?: number
  readonly maxLagCharacters?: number
  readonly sliceRows?: number
  readonly sliceCharacters?: number
  readonly recentCharacters?: number
}

interface Group {
  readonly watchers: Set<Watcher>
  /** Characters published so far while somebody watched. */
  published: number
}

interface Watcher {
  readonly resource: string
  readonly group: Group
  readonly sink: WatchSink
  position: number
  /** live: has everything shown; reading: its next slice is due; full: waits for its sink. */
  state: 'live' | 'reading' | 'full' | 'ended'
  /** `group.published` when its sink last took something. */
  takenAt: number
  isDelivering: boolean
}

export class WatchHub {
  readonly #log: WatchLog
  readonly #maxWatchers: number
  readonly #maxLagCharacters: number
  readonly #sliceLimits: { readonly maxRows: number; readonly maxCharacters: number }
  readonly #groups = new Map<string, Group>()
  readonly #recent: RecentChanges
  #count = 0
  #shown: number

  constructor(log: WatchLog, options: WatchHubOptions = {}) {
    this.#log = log
    this.#maxWatchers = options.maxWatchers ?? MAX_WATCHERS
    this.#maxLagCharacters = options.maxLagCharacters ?? MAX_LAG_CHARACTERS
    this.#sliceLimits = {
      maxRows: options.sliceRows ?? SLICE_ROWS,
      maxCharacters: options.sliceCharacters ?? SLICE_CHARACTERS,
    }
    this.#shown = log.revision
    this.#recent = new RecentChanges(this.#shown, options.recentCharacters)
  }

  get watcherCount(): number {
    return this.#count
  }

  watchersOf(resource: string): number {
    return this.#groups.get(resource)?.watchers.size ?? 0
  }

  /** The newest revision that watchers may see. */
  get shownRevision(): number {
    return this.#shown
  }

  /** Throws StoreError tooManyWatchers when there is no room for one more. */
  checkRoom(): void {
    if (this.#count < this.#maxWatchers) return
    const limit = String(this.#maxWatchers)
    const message = `too many watches are open in this namespace (${limit}), please try again later`
    throw new StoreError('tooManyWatchers', message)
  }

  /** Delivers what was logged after `after`, then what is published. Throws StoreError tooManyWatchers or compacted. */
  watch({ resource, after, sink }: { resource: string; after: number; sink: WatchSink }): Watch {
    this.checkRoom()
    const { compactedRevision } = this.#log
    if (after < compactedRevision) {
      throw new StoreError('compacted', `${String(after)} (${String(compactedRevision)})`, {
        revision: compactedRevision,
      })
    }
    const watcher = this.#join(resource, after, sink)
    this.#readOn(watcher)
    return {
      get position() {
        return watcher.position
      },
      resume: () => {
        if (watcher.state === 'full' && !watcher.isDelivering) this.#readOn(watcher)
      },
      close: () => this.#leave(watcher),
    }
  }

  /** Shows the changes of a durable commit. In order of revisions, each commit once. */
  publish(changes: readonly Change[]): void {
    const last = changes.at(-1)
    if (last === undefined) return
    this.#shown = last.revision
    if (this.#count === 0) {
      this.#recent.clear(last.revision)
      return
    }
    this.#recent.add(changes)
    const byResource = Map.groupBy(changes, ({ resource }) => resource)
    for (const [resource, group] of this.#groups) {
      const news = byResource.get(resource) ?? []
      for (const { text } of news) group.published += text.length
      for (const watcher of group.watchers) this.#show(watcher, news)
    }
  }

  /** Ends every watch: the store is being wiped or closed. */
  closeAll(error?: StoreError): void {
    for (const { watchers } of this.#groups.values()) for (const watcher of watchers) this.#end(watcher, error)
  }

  #show(watcher: Watcher, changes: readonly Change[]): void {
    if (watcher.state === 'live') {
      // A watch may start from a revision of another namespace that is ahead of this store.
      const { position } = watcher
      const news =
        (changes[0]?.revision ?? 0) > position ? changes : changes.filter(({ revision }) => revision > position)
      watcher.position = Math.max(position, this.#shown)
      if (!this.#deliver(watcher, news)) this.#enter(watcher, 'full')
    } else if (watcher.state === 'full' && watcher.group.published - watcher.takenAt > this.#maxLagCharacters) {
      this.#end(
        watcher,
        new StoreError('laggard', `the watch fell too far behind at revision ${String(watcher.position)}`),
      )
    }
  }

  /** The next slice for a watcher that is behind; then others get their turn. */
  #readOn(watcher: Watcher): void {
    if (watcher.state === 'ended') return
    let slice: Slice
    try {
      slice = this.#slice(watcher)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#end(watcher, error)
      return
    }
    watcher.position = slice.through
    if (!this.#deliver(watcher, slice.changes)) {
      this.#enter(watcher, 'full')
    } else if (watcher.position >= this.#shown) {
      this.#enter(watcher, 'live')
    } else {
      this.#enter(watcher, 'reading')
      this.#log.clock.after(0, () => this.#readOn(watcher))
    }
  }

  /** A sink may have closed its watch while it took changes; that is final. */
  #enter(watcher: Watcher, state: 'live' | 'reading' | 'full'): void {
    if (watcher.state !== 'ended') watcher.state = state
  }

  #slice({ resource, position: after }: Watcher): Slice {
    if (after >= this.#shown) return { changes: [], through: after }
    const query = { resource, after, through: this.#shown, ...this.#sliceLimits }
    return this.#recent.slice(query) ?? this.#log.slice(query)
  }

  /** Whether the sink has room for more. */
  #deliver(watcher: Watcher, changes: readonly Change[]): boolean {
    if (changes.length === 0) return true
    watcher.isDelivering = true
    watcher.takenAt = watcher.group.published
    try {
      return watcher.sink.deliver(changes)
    } catch (error) {
      // A broken sink must not fail a commit that is durable, nor other watchers: it leaves, and the error surfaces
      // alone.
      this.#leave(watcher)
      this.#log.clock.after(0, () => {
        throw error
      })
      return true
    } finally {
      watcher.isDelivering = false
    }
  }

  #join(resource: string, position: number, sink: WatchSink): Watcher {
    const group = this.#groups.get(resource) ?? { watchers: new Set(), published: 0 }
    this.#groups.set(resource, group)
    const watcher: Watcher = {
      resource,
      group,
      sink,
      position,
      state: 'reading',
      takenAt: group.published,
      isDelivering: false,
    }
    group.watchers.add(watcher)
    this.#count += 1
    return watcher
  }

  #leave(watcher: Watcher): void {
    if (watcher.state === 'ended') return
    watcher.state = 'ended'
    watcher.group.watchers.delete(watcher)
    if (watcher.group.watchers.size === 0) this.#groups.delete(watcher.resource)
    this.#count -= 1
    if (this.#count === 0) this.#recent.clear(this.#shown)
  }

  #end(watcher: Watcher, error: StoreError | undefined): void {
    this.#leave(watcher)
    watcher.sink.end(error)
  }
}
