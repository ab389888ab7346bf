/**
 * A logical cluster without the platform: real stores on node:sqlite, the commit queue, the drivers on both sides and
 * reads over all namespaces, on a manual clock. Every message is cloned as a hop clones it; what fails is up to the
 * test.
 */
import { ManualClock } from '../../src/lib/clock.ts'
import type { CommitQueue } from '../../src/registry/commits/commit.ts'
import { createCommitQueue } from '../../src/registry/commits/commit-queue.ts'
import type { AllNamespacesPage } from '../../src/registry/sequence/all-namespaces.ts'
import { AllNamespaces } from '../../src/registry/sequence/all-namespaces.ts'
import type { StoreCalls } from '../../src/registry/sequence/sequencer-driver.ts'
import { SequencerDriver } from '../../src/registry/sequence/sequencer-driver.ts'
import type { SequencerCalls } from '../../src/registry/sequence/store-side-driver.ts'
import { StoreSideDriver } from '../../src/registry/sequence/store-side-driver.ts'
import { LogStore } from '../../src/store/log-store.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createRequestIds } from '../../src/store/sequence/request-ids.ts'
import type { MarkRow, SequencerState, SequencerWrite, StoreRow } from '../../src/store/sequence/sequencer-state.ts'
import type { StoreError } from '../../src/store/store-error.ts'
import type { Watch } from '../../src/store/watch-hub.ts'
import type { NodeSql } from '../support/sql/node-sqlite.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'

const AUTHOR = { user: 'u', manager: 'm', verb: 'create' }

/**
 * A logical cluster of namespaces in this process. `cut` holds the names of what cannot be reached; calls then hang.
 */
/** What a hop may suffer; each is asked for every message, the request and the answer apart. */
export interface HopFaults {
  isLost(): boolean
  delayMs(): number
}

export class TestCluster {
  readonly clock = new ManualClock()
  readonly cut = new Set<string>()
  readonly calls: string[] = []
  readonly errors: unknown[] = []
  faults: HopFaults | undefined
  readonly namespaces = new Map<string, TestNamespace>()
  readonly #disk = {
    highWater: 0,
    stores: new Map<string, StoreRow>(),
    holdings: new Map<string, { store: string; resource: string }>(),
    marks: new Map<string, MarkRow>(),
  }
  #sequencerLife = 0
  sequencer = this.#startSequencer()
  reads = new AllNamespaces(this.sequencer, this.storeCalls, this.clock)

  namespace(name: string): TestNamespace {
    const known = this.namespaces.get(name) ?? new TestNamespace(name, this)
    this.namespaces.set(name, known)
    return known
  }

  /** What the former one asks is answered no more, and what it writes is not kept. */
  restartSequencer(): void {
    this.#sequencerLife += 1
    this.sequencer = this.#startSequencer()
    this.reads = new AllNamespaces(this.sequencer, this.storeCalls, this.clock)
  }

  /** A hop: its arguments and its answer are cloned; cut off, it never answers. */
  hop<T, R>(name: string, what: string, message: T, run: (message: T) => R | Promise<R>): Promise<R> {
    this.calls.push(what)
    if (this.cut.has(name)) return new Promise(() => undefined)
    return this.#pass(message)
      .then((copy) => run(copy))
      .then((answer) => this.#pass(answer))
  }

  #pass<T>(message: T): Promise<T> {
    const { faults } = this
    if (faults === undefined) return Promise.resolve(structuredClone(message))
    return new Promise((resolve) => {
      if (!faults.isLost()) this.clock.after(faults.delayMs(), () => resolve(structuredClone(message)))
    })
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
    const life = this.#sequencerLife
    return new SequencerDriver({
      state,
      keep: (writes) => writes.forEach((write) => life === this.#sequencerLife && this.#keep(write)),
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

export class TestNamespace {
  readonly #name: string
  readonly #cluster: TestCluster
  readonly #sql: NodeSql = nodeSqlite()
  store: LogStore
  driver: StoreSideDriver
  commits: CommitQueue
  #life = 0

  constructor(name: string, cluster: TestCluster) {
    this.#name = name
    this.#cluster = cluster
    migrate(this.#sql, migrationsOnDisk())
    this.store = new LogStore(this.#sql, cluster.clock)
    this.driver = this.#makeDriver()
    this.commits = this.#makeQueue()
  }

  /** As after a crash: everything in memory is lost, and the former object hears and says nothing more. */
  restart(): void {
    this.#life += 1
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
      calls: this.#ofThisLife(this.#cluster.sequencerCalls(this.#name)),
      durable: () => Promise.resolve(),
      clock: this.#cluster.clock,
    })
  }

  #ofThisLife(calls: SequencerCalls): SequencerCalls {
    const life = this.#life
    const heard = <T>(answer: Promise<T>): Promise<T> =>
      answer.then((value) => (life === this.#life ? value : new Promise(() => undefined)))
    return {
      reserve: (request) => heard(calls.reserve(request)),
      close: (request) => heard(calls.close(request)),
      answered: (answer) => heard(calls.answered(answer)),
      leave: (request) => heard(calls.leave(request)),
    }
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

export class TestWatch {
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
