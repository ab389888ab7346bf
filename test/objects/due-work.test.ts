/**
 * The index of due work under histories of interleavings, losses and ends: objects, their cluster's index and the
 * root's talk by calls that take their time, fail, or lose their answer, and each of them may end at any moment.
 * Whatever happens, work that an object has left is in both indexes. The seed of a failing history is printed.
 */
import { describe, expect, it } from 'vitest'
import type { Random } from '../../src/lib/random.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { DueRows } from '../../src/objects/due/due-index.ts'
import { DueIndex } from '../../src/objects/due/due-index.ts'
import { DueClusters, DueWork, scopeKey } from '../../src/objects/due/due-work.ts'
import { IndexEntry } from '../../src/objects/due/index-entry.ts'

const RUNS = 10_000
const STEPS = 40
const NAMES = ['a', 'b'] as const
const NOW = 1_000

/** What is on disk; each instance has a view of its own, which ends with it. */
class Rows implements DueRows {
  readonly rows = new Map<string, number>()
  writes = 0
  #views = 0

  view(): DueRows {
    this.#views += 1
    const own = this.#views
    const alive = (): void => {
      if (own !== this.#views) throw new Error('this instance has ended')
    }
    return {
      load: () => this.load(),
      put: (key, dueMs) => (alive(), this.put(key, dueMs)),
      remove: (key) => (alive(), this.remove(key)),
    }
  }

  load(): Iterable<readonly [string, number]> {
    return [...this.rows]
  }

  put(key: string, dueMs: number): void {
    this.writes += 1
    this.rows.set(key, dueMs)
  }

  remove(key: string): void {
    this.writes += 1
    this.rows.delete(key)
  }
}

/** Calls on their way; which of them goes on next is drawn by lot. */
class Network {
  readonly #random: Random
  readonly #waiting: (() => void)[] = []

  constructor(random: Random) {
    this.#random = random
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0
  }

  hop(mayFail: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const fails = mayFail && this.#random.next() < 0.1
      this.#waiting.push(() => (fails ? reject(new Error('lost')) : resolve()))
    })
  }

  async step(): Promise<void> {
    const at = Math.floor(this.#random.next() * this.#waiting.length)
    this.#waiting.splice(at, 1)[0]?.()
    // Whatever that set going, up to the next hops.
    for (let turns = 0; turns < 12; turns++) await Promise.resolve()
  }
}

class World {
  readonly network: Network
  readonly rootRows = new Rows()
  readonly clusterRows = new Rows()
  readonly pending = new Set<string>()
  #root: DueClusters
  #cluster: DueWork
  readonly #entries = new Map<string, IndexEntry>()

  constructor(random: Random) {
    this.network = new Network(random)
    this.#root = this.#makeRoot()
    this.#cluster = this.#makeCluster()
    for (const name of NAMES) this.restart(name)
  }

  restart(name: string): void {
    this.#entries.set(name, new IndexEntry(() => this.#call(() => this.#enter(name))))
  }

  restartCluster(): void {
    this.#cluster = this.#makeCluster()
  }

  restartRoot(): void {
    this.#root = this.#makeRoot()
  }

  /** Something is committed that leaves work behind; what became of it is not waited for. */
  async write(name: string): Promise<void> {
    const entry = this.#entries.get(name)
    await entry?.during(async () => {
      await this.network.hop(false)
      // An instance that has ended since commits nothing.
      if (this.#entries.get(name) === entry) this.pending.add(name)
    })
  }

  tick(): Promise<void> {
    return this.#root.sweep(
      () => this.#call(() => this.#sweep()),
      () => undefined,
    )
  }

  /** Names with work that Cron would not find. */
  forgotten(): string[] {
    const isClusterDue = (this.rootRows.rows.get('cluster') ?? Infinity) <= NOW
    return [...this.pending].filter(
      (name) => !isClusterDue || (this.clusterRows.rows.get(scopeKey(name)) ?? Infinity) > NOW,
    )
  }

  #makeRoot(): DueClusters {
    return new DueClusters(this.rootRows.view(), () => NOW)
  }

  #makeCluster(): DueWork {
    return new DueWork({
      rows: this.clusterRows.view(),
      enterRoot: () => this.#call(() => Promise.resolve(this.#root.enter('cluster'))),
      visitScope: (name) => this.#call(() => this.#visit(name)),
      visitScheduler: () => Promise.resolve(undefined),
      visitCloud: () => Promise.resolve(undefined),
      now: () => NOW,
      onError: () => undefined,
    })
  }

  async #enter(name: string): Promise<void> {
    const cluster = this.#cluster
    await cluster.enter(scopeKey(name))
    if (this.#cluster !== cluster) throw new Error('ended')
  }

  async #sweep(): Promise<number | undefined> {
    const cluster = this.#cluster
    const dueMs = await cluster.sweep()
    if (this.#cluster !== cluster) throw new Error('ended')
    return dueMs
  }

  async #visit(name: string): Promise<number | undefined> {
    const entry = this.#entries.get(name)
    await this.network.hop(false)
    if (this.#entries.get(name) !== entry) throw new Error('ended')
    this.pending.delete(name)
    return entry?.leave(NOW, undefined)
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    await this.network.hop(true)
    const result = await work()
    await this.network.hop(true)
    return result
  }
}

async function play(seed: number): Promise<World> {
  const random = seededRandom(seed)
  const world = new World(random)
  const quiet = (work: Promise<unknown>): void => void work.catch(() => undefined)
  for (let step = 0; step < STEPS; step++) {
    const name = NAMES[Math.floor(random.next() * NAMES.length)] ?? 'a'
    const lot = random.next()
    if (lot < 0.2) quiet(world.write(name))
    else if (lot < 0.3) quiet(world.tick())
    else if (lot < 0.33) world.restart(name)
    else if (lot < 0.35) world.restartCluster()
    else if (lot < 0.36) world.restartRoot()
    else await world.network.step()
    const forgotten = world.forgotten()
    if (forgotten.length > 0) throw new Error(`seed ${String(seed)}, step ${String(step)}: forgot ${forgotten.join()}`)
  }
  while (world.network.isBusy) await world.network.step()
  return world
}

describe('the index of due work', () => {
  it(`forgets nothing in ${String(RUNS)} histories, and is empty once Cron has seen that nothing is due`, async () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      const world = await play(seed)
      expect([seed, world.forgotten()]).toEqual([seed, []])
      for (let ticks = 0; ticks < 30 && world.rootRows.rows.size > 0; ticks++) {
        const tick = world.tick()
        while (world.network.isBusy) await world.network.step()
        await tick
      }
      // A write that was refused because the root was not reached may leave a row in its cluster: the next sweep takes it.
      expect([seed, world.pending.size, world.rootRows.rows.size]).toEqual([seed, 0, 0])
    }
  })

  it('costs two writes in each index for a whole burst', async () => {
    const world = new World({ ...seededRandom(1), next: () => 0.5 })
    const settled = async (work: Promise<unknown>): Promise<void> => {
      while (world.network.isBusy) await world.network.step()
      await work
    }
    for (let write = 0; write < 100; write++) await settled(world.write('a'))
    expect([world.rootRows.writes, world.clusterRows.writes]).toEqual([1, 1])
    await settled(world.tick())
    expect([world.rootRows.writes, world.clusterRows.writes]).toEqual([2, 2])
  })

  it('takes an answer that was overtaken by a new entering for nothing, also of an older visit', () => {
    const rows = new Rows()
    const index = new DueIndex(rows)
    index.enter('a', NOW)
    const first = index.visit('a')
    const second = index.visit('a')
    second(undefined)
    index.enter('a', NOW)
    first(undefined)
    expect([...rows.rows]).toEqual([['a', NOW]])
  })

  it('keeps the time that an answer names, and is due then', () => {
    const rows = new Rows()
    const index = new DueIndex(rows)
    index.enter('a', NOW)
    index.visit('a')(NOW + 5_000)
    expect([index.due(NOW), index.earliestMs, new DueIndex(rows).due(NOW + 5_000)]).toEqual([[], NOW + 5_000, ['a']])
  })
})
