/**
 * Watches of one store: positions in the log, nothing more. A watcher that keeps up is given changes as they are
 * published; one whose sink is full is left where it is and reads on from the log when the sink has drained, so a laggard
 * costs no memory and delays nobody. If it falls behind what compaction kept, it ends with `compacted` and starts anew.
 *
 * Guarantees, each a test (test/store/watch-guarantees.test.ts): Ordered, Unique, Reliable, Atomic (a commit's changes come
 * together), Resumable. Invariant: nothing is shown above `#shown`, which moves only when a commit is durable.
 */
import type { Change, StoreReader } from './object-store.ts'
import { StoreError } from './store-error.ts'

/** Watches of one store at a time: 9 KB each, and 70 µs for each event (measured on workerd, 2026-11). */
export const MAX_WATCHERS = 2_000

/** Changes read from the log for a watcher that catches up, before others get their turn. */
const CATCH_UP_CHANGES = 200

export interface WatchSink {
  /** Takes changes of the watched resource, in order. False: full; the hub waits for `resume`. */
  deliver(changes: readonly Change[]): boolean
  /** Nothing more comes. Undefined: the hub was closed. */
  end(error: StoreError | undefined): void
}

export interface Watch {
  /** Everything up to this revision has been delivered. */
  readonly position: number
  /** The sink has room again. */
  resume(): void
  close(): void
}

interface Watcher {
  readonly resource: string
  readonly sink: WatchSink
  position: number
  /** Delivered everything shown so far, and its sink had room. */
  isLive: boolean
}

export class WatchHub {
  readonly #reader: StoreReader
  readonly #maxWatchers: number
  readonly #byResource = new Map<string, Set<Watcher>>()
  #count = 0
  /** The newest revision that is durable. */
  #shown: number

  constructor(reader: StoreReader, maxWatchers: number = MAX_WATCHERS) {
    this.#reader = reader
    this.#maxWatchers = maxWatchers
    this.#shown = reader.revision
  }

  get watcherCount(): number {
    return this.#count
  }

  /** The newest revision that watchers may see. */
  get shownRevision(): number {
    return this.#shown
  }

  /** Delivers what was logged after `after`, then what is published. Throws StoreError tooManyWatchers or compacted. */
  watch({ resource, after, sink }: { resource: string; after: number; sink: WatchSink }): Watch {
    if (this.#count >= this.#maxWatchers) {
      throw new StoreError('tooManyWatchers', `too many watches are open in this namespace (${String(this.#maxWatchers)}), please try again later`)
    }
    if (after < this.#reader.compactedRevision) {
      throw new StoreError('compacted', `${String(after)} (${String(this.#reader.compactedRevision)})`)
    }
    const watcher: Watcher = { resource, sink, position: after, isLive: false }
    const watchers = this.#byResource.get(resource) ?? new Set()
    this.#byResource.set(resource, watchers.add(watcher))
    this.#count += 1
    this.#catchUp(watcher)
    return {
      get position() {
        return watcher.position
      },
      resume: () => {
        if (!watcher.isLive && watchers.has(watcher)) this.#catchUp(watcher)
      },
      close: () => this.#remove(watcher),
    }
  }

  /** Shows the changes of a durable commit. In order of revisions, each commit once. */
  publish(changes: readonly Change[]): void {
    const last = changes.at(-1)
    if (last === undefined) return
    this.#shown = last.revision
    for (const [resource, group] of Map.groupBy(changes, (change) => change.resource)) {
      for (const watcher of this.#byResource.get(resource) ?? []) if (watcher.isLive) this.#deliver(watcher, group, last.revision)
    }
  }

  /** Ends every watch: the store is being wiped or closed. */
  closeAll(error?: StoreError): void {
    for (const watchers of this.#byResource.values()) {
      for (const watcher of watchers) {
        this.#remove(watcher)
        watcher.sink.end(error)
      }
    }
  }

  #deliver(watcher: Watcher, changes: readonly Change[], upTo: number): void {
    // A watch may start from a revision that another namespace's store is at already.
    const news = watcher.position < (changes[0]?.revision ?? 0) ? changes : changes.filter(({ revision }) => revision > watcher.position)
    watcher.position = Math.max(watcher.position, upTo)
    if (news.length > 0) watcher.isLive = watcher.sink.deliver(news)
  }

  #catchUp(watcher: Watcher): void {
    try {
      while (watcher.position < this.#shown) {
        const changes = this.#reader
          .changes({ after: watcher.position, limit: CATCH_UP_CHANGES, resources: [watcher.resource] })
          .filter(({ revision }) => revision <= this.#shown)
        const isEnd = changes.length < CATCH_UP_CHANGES
        const upTo = isEnd ? this.#shown : (changes.at(-1)?.revision ?? this.#shown)
        watcher.position = upTo
        if (changes.length > 0 && !watcher.sink.deliver(changes)) return
      }
      watcher.isLive = true
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#remove(watcher)
      watcher.sink.end(error)
    }
  }

  #remove(watcher: Watcher): void {
    if (this.#byResource.get(watcher.resource)?.delete(watcher) === true) this.#count -= 1
  }
}
