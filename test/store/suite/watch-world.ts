/**
 * A store with a hub, and watchers whose clients read when they like: what the watch cases act on. `check` compares
 * what each watcher was given with what a watch promises, from a record of its own of what was published.
 */
// oxlint-disable vitest/no-standalone-expect -- checks are called by the cases, which tests run
import { expect } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import type { Change, StoreWriter } from '../../../src/store/object-store.ts'
import type { StoreError } from '../../../src/store/store-error.ts'
import type { Watch, WatchHubOptions, WatchSink } from '../../../src/store/watch-hub.ts'
import type { StoreModules, StorePlace } from '../store-modules.ts'
import { plain } from './case-tools.ts'

export class TestWatcher implements WatchSink {
  readonly resource: string
  /** Where the client began; a watch that was resumed goes on with the same record. */
  readonly after: number
  readonly received: Change[] = []
  /** The revisions of each delivery. */
  readonly deliveries: (readonly number[])[] = []
  capacity: number
  pending = 0
  ended: { readonly error: StoreError | undefined } | undefined
  watch: Watch | undefined
  /** What the client does while it is given changes. */
  onDeliver: () => void = () => undefined

  constructor(resource: string, after: number, capacity: number) {
    this.resource = resource
    this.after = after
    this.capacity = capacity
  }

  get position(): number {
    return this.watch?.position ?? this.after
  }

  deliver(changes: readonly Change[]): boolean {
    this.deliveries.push(changes.map(({ revision }) => revision))
    for (const change of changes) {
      this.received.push(change)
      this.pending += 1
      this.onDeliver()
    }
    return this.pending < this.capacity
  }

  end(error: StoreError | undefined): void {
    this.ended = { error }
  }

  /** The client takes everything that waits. */
  drain(): void {
    this.pending = 0
    this.watch?.resume()
  }
}

export class WatchWorld {
  readonly clock = new ManualClock()
  readonly store
  readonly compactor
  readonly hub
  readonly watchers: TestWatcher[] = []
  /** Committed and not yet durable, commit by commit. */
  readonly waiting: (readonly Change[])[] = []
  readonly published: Change[] = []

  constructor(modules: StoreModules, place: StorePlace, options: WatchHubOptions = {}) {
    const sql = place.newSql()
    modules.migrate(sql, place.migrations)
    this.store = new modules.LogStore(sql, this.clock)
    this.compactor = new modules.Compactor(sql, this.store)
    this.hub = new modules.WatchHub(this.store, options)
  }

  get shown(): number {
    return this.published.at(-1)?.revision ?? 0
  }

  commit(work: (writer: StoreWriter) => void, gap = 0): readonly Change[] {
    const from = this.store.revision + 1 + gap
    const { changes } = this.store.commit({ from, to: from + 50 }, work)
    if (changes.length > 0) this.waiting.push(changes)
    return changes
  }

  /** The oldest commit that waits became durable. */
  publish(): void {
    const changes = this.waiting.shift()
    if (changes === undefined) return
    this.published.push(...changes)
    this.hub.publish(changes)
  }

  commitAndPublish(work: (writer: StoreWriter) => void): void {
    this.commit(work)
    this.publish()
  }

  open(resource: string, after: number, capacity = Number.POSITIVE_INFINITY): TestWatcher {
    const watcher = new TestWatcher(resource, after, capacity)
    this.connect(watcher)
    this.watchers.push(watcher)
    return watcher
  }

  connect(watcher: TestWatcher): void {
    watcher.watch = this.hub.watch({ resource: watcher.resource, after: watcher.position, sink: watcher })
  }

  /** The client goes, and comes back with the last position it was told (as by a bookmark). */
  reconnect(watcher: TestWatcher): void {
    const { position } = watcher
    watcher.watch?.close()
    watcher.pending = 0
    watcher.watch = this.hub.watch({ resource: watcher.resource, after: position, sink: watcher })
  }

  compact(): void {
    while (this.compactor.step());
  }

  check(what: string): void {
    for (const watcher of this.watchers) {
      const revisions = watcher.received.map(({ revision }) => revision)
      const label = `${what}: watch of ${watcher.resource} from ${String(watcher.after)}`
      expect(revisions, `${label}: Ordered`).toEqual([...revisions].sort((left, right) => left - right))
      expect(new Set(revisions).size, `${label}: Unique`).toBe(revisions.length)
      const due = this.published.filter(
        ({ resource, revision }) =>
          resource === watcher.resource && revision > watcher.after && revision <= watcher.position,
      )
      expect(
        watcher.received.map(plain),
        `${label}: Reliable up to its position, and nothing that is not durable`,
      ).toEqual(due.map(plain))
      expect(watcher.position, `${label}: Bookmarkable`).toBeLessThanOrEqual(Math.max(this.shown, watcher.after))
    }
  }

  /** Every client reads, and time passes, until nothing moves any more. */
  settle(): void {
    while (this.waiting.length > 0) this.publish()
    for (let round = 0; round < 200; round += 1) {
      for (const watcher of this.watchers) if (watcher.ended === undefined) watcher.drain()
      this.clock.advance(0)
    }
  }
}
