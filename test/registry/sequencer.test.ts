/**
 * The sequencer at work: real stores on node:sqlite, the commit queue, the drivers on both sides and reads over all
 * namespaces, on a manual clock. Every message is cloned as a hop clones it.
 */
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import type { CommitQueue } from '../../src/registry/commit.ts'
import { createCommitQueue } from '../../src/registry/commit-queue.ts'
import type { AllNamespacesPage } from '../../src/registry/all-namespaces.ts'
import { AllNamespaces } from '../../src/registry/all-namespaces.ts'
import type { StoreCalls } from '../../src/registry/sequencer-driver.ts'
import { SequencerDriver } from '../../src/registry/sequencer-driver.ts'
import type { SequencerCalls } from '../../src/registry/store-side-driver.ts'
import { StoreSideDriver } from '../../src/registry/store-side-driver.ts'
import { LogStore } from '../../src/store/log-store.ts'
import { migrate } from '../../src/store/migrate.ts'
import { MAX_FEED_CHARACTERS } from '../../src/store/sequence/feed.ts'
import { createRequestIds } from '../../src/store/sequence/request-ids.ts'
import type { MarkRow, SequencerState, SequencerWrite, StoreRow } from '../../src/store/sequence/sequencer-state.ts'
import type { StoreError } from '../../src/store/store-error.ts'
import type { Watch } from '../../src/store/watch-hub.ts'
import type { NodeSql } from '../support/node-sqlite.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/node-sqlite.ts'

const AUTHOR = { user: 'u', manager: 'm', verb: 'create' }

/**
 * A logical cluster of namespaces in this process. `cut` holds the names of what cannot be reached; calls then hang.
 */
class TestCluster {
  readonly clock = new ManualClock()
  readonly cut = new Set<string>()
  readonly calls: string[] = []
  readonly errors: unknown[] = []
  readonly namespaces = new Map<string, TestNamespace>()
  readonly #disk = {
    highWater: 0,
    stores: new Map<string, StoreRow>(),
    holdings: new Map<string, { store: string; resource: string }>(),
    marks: new Map<string, MarkRow>(),
  }
  sequencer = this.#startSequencer()
  reads = new AllNamespaces(this.sequencer, this.storeCalls, this.clock)

  namespace(name: string): TestNamespace {
    const known = this.namespaces.get(name) ?? new TestNamespace(name, this)
    this.namespaces.set(name, known)
    return known
  }

  restartSequencer(): void {
    this.sequencer = this.#startSequencer()
    this.reads = new AllNamespaces(this.sequencer, this.storeCalls, this.clock)
  }

  /** A hop: its arguments and its answer are cloned; cut off, it never answers. */
  hop<T, R>(name: string, what: string, message: T, run: (message: T) => R | Promise<R>): Promise<R> {
    this.calls.push(what)
    if (this.cut.has(name)) return new Promise(() => undefined)
    return Promise.resolve()
      .then(() => run(structuredClone(message)))
      .then((answer) => structuredClone(answer))
  }

  get storeCalls(): StoreCalls {
    return {
      rows: (store, request) => this.hop(store, 'rows', request, (copy) => this.namespace(store).driver.answer(copy)),
      page: (store, request) => this.hop(store, 'page', request, (copy) => this.namespace(store).driver.page(copy)),
    }
  }

  sequencerCalls(name: string): SequencerCalls {
    return {
      reserve: (request) => this.hop(name, 'reserve', request, (copy) => this.sequencer.reserve(copy)),
      close: (request) => this.hop(name, 'close', request, (copy) => this.sequencer.close(copy)),
      answered: (answer) => this.hop(name, 'answered', answer, (copy) => this.sequencer.answered(copy)),
      leave: (request) => this.hop(name, 'leave', request, (copy) => this.sequencer.leave(copy)),
    }
  }

  /** Moves time until `isDone`, and fails when ten minutes of it were not enough. */
  async until(isDone: () => boolean, stepMs = 1): Promise<void> {
    for (let step = 0; step < 600_000 / stepMs; step += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      if (isDone()) return
      this.clock.advance(stepMs)
    }
    throw new Error('it did not come to pass')
  }

  /** What the promise resolves to, moving time meanwhile. */
  async get<T>(promise: Promise<T>, stepMs = 1): Promise<T> {
    let isSettled = false
    const settled = (): void => void (isSettled = true)
    promise.then(settled, settled)
    await this.until(() => isSettled, stepMs)
    return promise
  }

  async wait(durationMs: number): Promise<void> {
    const end = this.clock.now() + durationMs
    await this.until(() => this.clock.now() >= end)
  }

  async list(resource: string, revision: number, limit = 500): Promise<string[]> {
    const names: string[] = []
    const read = async (): Promise<void> => {
      const request = { resource, revision, limit, from: undefined, labelSelector: '', fieldSelector: '' }
      const add = ({ namespace, objects }: AllNamespacesPage): void => {
        names.push(...objects.map(({ name }) => `${namespace}/${name}`))
      }
      for await (const page of this.reads.pages(request)) add(page)
    }
    await this.get(read())
    return names
  }

  watch(resource: string, after: number, capacity = Infinity): TestWatch {
    return new TestWatch(this.reads, resource, after, capacity)
  }

  #startSequencer(): SequencerDriver {
    const { highWater, stores, holdings, marks } = this.#disk
    const state: SequencerState = {
      highWater,
      stores: [...stores.values()],
      holdings: [...holdings.values()],
      marks: [...marks.values()],
    }
    return new SequencerDriver({
      state,
      keep: (writes) => writes.forEach((write) => this.#keep(write)),
      durable: () => Promise.resolve(),
      calls: this.storeCalls,
      clock: this.clock,
      onError: (error) => this.errors.push(error),
    })
  }

  #keep(write: SequencerWrite): void {
    if (write.kind === 'highWater') this.#disk.highWater = write.revision
    else if (write.kind === 'store') this.#disk.stores.set(write.store, write)
    else if (write.kind === 'holding') this.#disk.holdings.set(`${write.store} ${write.resource}`, write)
    else if (write.kind === 'mark') this.#disk.marks.set(`${write.mark.kind} ${write.mark.resource}`, write.mark)
    else {
      this.#disk.stores.delete(write.store)
      for (const [key, { store }] of this.#disk.holdings) if (store === write.store) this.#disk.holdings.delete(key)
    }
  }
}

class TestNamespace {
  readonly #name: string
  readonly #cluster: TestCluster
  readonly #sql: NodeSql = nodeSqlite()
  store: LogStore
  driver: StoreSideDriver
  commits: CommitQueue

  constructor(name: string, cluster: TestCluster) {
    this.#name = name
    this.#cluster = cluster
    migrate(this.#sql, migrationsOnDisk())
    this.store = new LogStore(this.#sql, cluster.clock)
    this.driver = this.#makeDriver()
    this.commits = this.#makeQueue()
  }

  /** As after a crash: everything in memory is lost. */
  restart(): void {
    this.store = new LogStore(this.#sql, this.#cluster.clock)
    this.driver = this.#makeDriver()
    this.commits = this.#makeQueue()
  }

  /** Creates or updates; resolves with the revision. */
  put(name: string, resource = 'pods', sizeBytes = 0): Promise<number> {
    return this.commits.submit({
      resources: [resource],
      maxRevisions: 1,
      run: (reader, writer) => {
        const key = { resource, name }
        const selectable = { labels: { app: name }, fields: {} }
        const draft = { selectable, text: (at: number) => `{"at":${String(at)}}${' '.repeat(sizeBytes)}` }
        const current = reader.get(key)
        if (current === undefined) return writer.create(key, draft, AUTHOR)
        return writer.update(key, draft, current.revision, AUTHOR)
      },
    })
  }

  remove(name: string, resource = 'pods'): Promise<number> {
    return this.commits.submit({
      resources: [resource],
      maxRevisions: 1,
      run: (reader, writer) => {
        const draft = { selectable: { labels: {}, fields: {} }, text: () => '{}' }
        return writer.delete({ resource, name }, draft, reader.get({ resource, name })?.revision ?? 0, AUTHOR)
      },
    })
  }

  #makeDriver(): StoreSideDriver {
    return new StoreSideDriver({
      speaker: { store: this.#name, incarnation: 1 },
      store: this.store,
      nextId: createRequestIds(this.#sql),
      calls: this.#cluster.sequencerCalls(this.#name),
      durable: () => Promise.resolve(),
      clock: this.#cluster.clock,
    })
  }

  #makeQueue(): CommitQueue {
    return createCommitQueue({
      store: this.store,
      ranges: this.driver,
      durable: () => Promise.resolve(),
      publish: () => undefined,
    })
  }
}

class TestWatch {
  readonly revisions: number[] = []
  ended: StoreError | undefined | 'not yet' = 'not yet'
  room: number
  readonly watch: Watch

  constructor(reads: AllNamespaces, resource: string, after: number, room: number) {
    this.room = room
    this.watch = reads.watch({
      resource,
      after,
      sink: {
        deliver: (changes) => {
          this.revisions.push(...changes.map(({ revision }) => revision))
          this.room -= changes.length
          return this.room > 0
        },
        end: (error) => (this.ended = error),
      },
    })
  }
}

describe('the sequencer', () => {
  it('gives revisions in one order over all namespaces', async () => {
    const cluster = new TestCluster()
    const revisions: number[] = []
    for (const name of ['a', 'b', 'a', '']) revisions.push(await cluster.get(cluster.namespace(name).put('x')))
    expect(revisions).toEqual([2, 3, 4, 5])
  })

  it('is asked once for a batch, and told of the last one in the same call', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    const writers = Array.from({ length: 32 }, async (_, writer) => {
      for (let round = 0; round < 16; round += 1) await space.put(`w${String(writer)}`)
    })
    await cluster.get(Promise.all(writers))
    await cluster.wait(50)
    expect(space.store.revision).toBe(513)
    expect(cluster.calls.filter((call) => call === 'reserve').length).toBeLessThanOrEqual(32)
    expect(cluster.calls.filter((call) => call === 'close')).toHaveLength(1)
  })

  it('answers writes with 503 while it cannot be reached, and nothing happens', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    cluster.cut.add('a')
    await expect(cluster.get(space.put('x'))).rejects.toMatchObject({ httpCode: 503 })
    expect(space.store.revision).toBe(0)
    cluster.cut.clear()
    expect(await cluster.get(space.put('x'))).toBeGreaterThan(0)
  })

  it('goes on above the numbers it may have given out, after a restart', async () => {
    const cluster = new TestCluster()
    const before = await cluster.get(cluster.namespace('a').put('x'))
    cluster.restartSequencer()
    expect(cluster.sequencer.machine.newest).toBeGreaterThan(before)
    expect(await cluster.get(cluster.namespace('a').put('y'))).toBeGreaterThan(before)
    expect(cluster.reads.namespacesWith('pods')).toEqual(['a'])
  })
})

describe('lists over all namespaces', () => {
  it('show one revision, in order of namespaces and names, page by page', async () => {
    const cluster = new TestCluster()
    for (const [space, name] of [['b', '1'], ['a', '2'], ['', '3'], ['a', '1'], ['b', '4']] as const) {
      await cluster.get(cluster.namespace(space).put(name))
    }
    const revision = cluster.reads.newestRevision
    await cluster.get(cluster.namespace('a').put('later'))
    const all = ['/3', 'a/1', 'a/2', 'b/1', 'b/4']
    expect(await cluster.list('pods', revision)).toEqual(all)
    expect(await cluster.list('pods', revision, 1)).toEqual(all)
  })

  it('have a revision that opens a watch even when nothing was ever written', async () => {
    const cluster = new TestCluster()
    const revision = cluster.reads.newestRevision
    expect(revision).toBeGreaterThan(0)
    expect(await cluster.list('pods', revision)).toEqual([])
    const watch = cluster.watch('pods', revision)
    const first = await cluster.get(cluster.namespace('a').put('x'))
    await cluster.until(() => watch.revisions.length > 0)
    expect(watch.revisions).toEqual([first])
  })

  it('answer 503 when a namespace does not, and see no write that is acknowledged later', async () => {
    const cluster = new TestCluster()
    await cluster.get(cluster.namespace('a').put('x'))
    const revision = cluster.reads.newestRevision
    cluster.cut.add('a')
    await expect(cluster.list('pods', revision)).rejects.toMatchObject({ httpCode: 503 })
  })

  it('make a range that was given out before them unusable', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    await cluster.get(space.put('x'))
    const grant = await cluster.get(space.driver.reserve(1, ['pods']))
    const revision = cluster.reads.newestRevision
    expect(await cluster.list('pods', revision)).toEqual(['a/x'])
    expect(grant.claim()).toBeUndefined()
    grant.close([])
    expect(await cluster.get(space.put('y'))).toBeGreaterThan(revision)
  })
})

describe('watches over all namespaces', () => {
  it('show every row above their revision in order, from the logs and then live', async () => {
    const cluster = new TestCluster()
    const made: number[] = []
    for (const space of ['a', 'b', 'c', 'a']) made.push(await cluster.get(cluster.namespace(space).put('x')))
    const watch = cluster.watch('pods', made[0] ?? 0)
    for (const space of ['c', 'a', 'b']) made.push(await cluster.get(cluster.namespace(space).put('y')))
    await cluster.get(cluster.namespace('b').put('other', 'nodes'))
    await cluster.until(() => watch.revisions.length >= made.length - 1)
    expect(watch.revisions).toEqual(made.slice(1))
    await cluster.until(() => watch.watch.position === cluster.reads.newestRevision)
  })

  it('hold rows back until lower ranges are closed, and ask about one that stays open', async () => {
    const cluster = new TestCluster()
    await cluster.get(cluster.namespace('a').put('x'))
    await cluster.wait(50)
    const watch = cluster.watch('pods', cluster.reads.newestRevision)
    const grant = await cluster.get(cluster.namespace('a').driver.reserve(1, ['pods']))
    const row = await cluster.get(cluster.namespace('b').put('y'))
    await cluster.wait(500)
    expect(watch.revisions).toEqual([])
    await cluster.wait(2_000)
    expect(watch.revisions).toEqual([row])
    expect(grant.claim()).toBeUndefined()
  })

  it('show what a store committed before it was lost with its close', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    await cluster.get(space.put('x'))
    const watch = cluster.watch('pods', cluster.reads.newestRevision)
    const row = await cluster.get(space.put('y'))
    space.restart()
    await cluster.wait(20)
    const next = await cluster.get(space.put('z'))
    await cluster.until(() => watch.revisions.length === 2)
    expect(watch.revisions).toEqual([row, next])
  })

  it('go on without a silent store after five seconds, and end with 410 when its rows return', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    await cluster.get(space.put('x'))
    await cluster.wait(50)
    const from = cluster.reads.newestRevision
    const watch = cluster.watch('pods', from)
    const written = space.put('y')
    await cluster.until(() => cluster.calls.at(-1) === 'reserve' && space.store.revision > from)
    await written
    cluster.cut.add('a')
    const seen = await cluster.get(cluster.namespace('b').put('y'))
    await cluster.wait(4_000)
    expect(watch.revisions).toEqual([])
    await cluster.wait(3_000)
    expect(watch.revisions).toEqual([seen])
    cluster.cut.clear()
    await cluster.until(() => watch.ended !== 'not yet')
    expect(watch.ended).toMatchObject({ code: 'compacted' })
    const late = cluster.watch('pods', seen)
    await cluster.until(() => late.ended !== 'not yet')
    const fresh = cluster.watch('pods', cluster.reads.newestRevision)
    const next = await cluster.get(space.put('z'))
    await cluster.until(() => fresh.revisions.length === 1)
    expect(fresh.revisions).toEqual([next])
  })

  it('wait for a full sink without losing their place', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    const made = [await cluster.get(space.put('x')), await cluster.get(space.put('y'))]
    const watch = cluster.watch('pods', 0, 1)
    await cluster.until(() => watch.revisions.length > 0)
    made.push(await cluster.get(space.put('z')))
    await cluster.wait(100)
    expect(watch.revisions).toEqual(made.slice(0, 2))
    watch.room = 10
    watch.watch.resume()
    await cluster.until(() => watch.revisions.length === 3)
    expect(watch.revisions).toEqual(made)
  })

  it('are cut off when all that the feed keeps passed by a full sink, and resume where they were', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    const stuck = cluster.watch('pods', 0, 1)
    const slow = cluster.watch('pods', 0, 1)
    const made = [await cluster.get(space.put('first'))]
    await cluster.until(() => slow.revisions.length === 1)
    const writes = Math.ceil((1.5 * MAX_FEED_CHARACTERS) / 1_000_000)
    for (let write = 0; write < writes; write += 1) {
      made.push(await cluster.get(space.put('big', 'pods', 1_000_000)))
      slow.room = 1
      slow.watch.resume()
    }
    await cluster.until(() => stuck.ended !== 'not yet')
    expect([stuck.ended, slow.ended, cluster.reads.watcherCount]).toMatchObject([{ code: 'laggard' }, 'not yet', 1])
    const again = cluster.watch('pods', stuck.watch.position)
    await cluster.until(() => again.revisions.length === writes)
    expect([...stuck.revisions, ...again.revisions]).toEqual(made)
  })

  it('refuse a revision that was not given out yet', async () => {
    const cluster = new TestCluster()
    const watch = cluster.watch('pods', 99)
    expect(watch.ended).toMatchObject({ code: 'future' })
  })

  it('try again while a namespace cannot be reached', async () => {
    const cluster = new TestCluster()
    const row = await cluster.get(cluster.namespace('a').put('x'))
    await cluster.wait(50)
    cluster.cut.add('a')
    const watch = cluster.watch('pods', 0)
    await cluster.wait(8_000)
    expect(watch).toMatchObject({ revisions: [], ended: 'not yet' })
    cluster.cut.clear()
    await cluster.until(() => watch.revisions.length > 0)
    expect(watch.revisions).toEqual([row])
  })
})

describe('a namespace that is wiped', () => {
  it('leaves the directory; older lists and watches expire, and it begins anew above', async () => {
    const cluster = new TestCluster()
    const space = cluster.namespace('a')
    const made = await cluster.get(space.put('x'))
    const last = await cluster.get(space.remove('x'))
    await cluster.get(space.driver.wipe(2, () => space.store.wipe()))
    expect(cluster.reads.namespacesWith('pods')).toEqual([])
    await expect(cluster.list('pods', made)).rejects.toMatchObject({ code: 'compacted' })
    expect(await cluster.list('pods', last)).toEqual([])
    const old = cluster.watch('pods', made)
    await cluster.until(() => old.ended !== 'not yet')
    expect(old.ended).toMatchObject({ code: 'compacted' })
    expect(await cluster.get(space.put('y'))).toBeGreaterThan(last)
    expect(await cluster.list('pods', cluster.reads.newestRevision)).toEqual(['a/y'])
  })
})
