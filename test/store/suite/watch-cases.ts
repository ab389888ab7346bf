/**
 * The named watch guarantees one by one, the limits, and random lives of watchers checked against all of them at
 * once.
 */
import { expect } from 'vitest'
import { seededRandom } from '../../../src/lib/random.ts'
import type { StoreModules, StorePlace } from '../store-modules.ts'
import { AUTHOR, PAST_WINDOW_MS, draft, pod, refusalOf } from './case-tools.ts'
import { WatchWorld } from './watch-world.ts'

export interface ModuleCase {
  readonly title: string
  run(modules: StoreModules, place: StorePlace): void
}

const SEEDS = [11, 12, 13, 14, 15, 16, 17, 18]
const RESOURCES = ['pods', 'secrets', 'leases.coordination.k8s.io']

export const watchCases: readonly ModuleCase[] = [
  {
    title: 'Ordered, Unique, Reliable: what was logged after the start, then what is published, each once',
    run(modules, place) {
      const world = new WatchWorld(modules, place, { sliceRows: 2 })
      for (const name of ['a', 'b', 'c', 'd', 'e'])
        world.commitAndPublish((writer) => writer.create(pod(name), draft(name), AUTHOR))
      const watcher = world.open('pods', 1)
      world.commitAndPublish((writer) => writer.create(pod('f'), draft('f'), AUTHOR))
      world.settle()
      world.commitAndPublish((writer) => writer.delete(pod('f'), draft('f'), 6, AUTHOR))
      expect(watcher.received.map(({ type, revision }) => [type, revision])).toEqual([
        ['ADDED', 2],
        ['ADDED', 3],
        ['ADDED', 4],
        ['ADDED', 5],
        ['ADDED', 6],
        ['DELETED', 7],
      ])
      world.check('after all')
    },
  },
  {
    title: 'shows nothing before it is durable, not even to a watch that begins meanwhile',
    run(modules, place) {
      const world = new WatchWorld(modules, place)
      const early = world.open('pods', 0)
      world.commit((writer) => writer.create(pod('a'), draft('a'), AUTHOR))
      const late = world.open('pods', 0)
      expect([early.received, late.received, late.position, world.hub.shownRevision]).toEqual([[], [], 0, 0])
      world.publish()
      expect([early.deliveries, late.deliveries]).toEqual([[[1]], [[1]]])
    },
  },
  {
    title: 'Atomic: the changes of a commit come together, to all watchers the same objects',
    run(modules, place) {
      const world = new WatchWorld(modules, place)
      const watchers = [world.open('pods', 0), world.open('pods', 0)]
      world.commitAndPublish((writer) => {
        for (const name of ['a', 'b']) writer.create(pod(name), draft(name), AUTHOR)
        writer.create({ resource: 'secrets', name: 's' }, draft('s'), AUTHOR)
        writer.create(pod('c'), draft('c'), AUTHOR)
      })
      expect(watchers.map(({ deliveries }) => deliveries)).toEqual([[[1, 2, 4]], [[1, 2, 4]]])
      const [one, other] = watchers
      one?.received.forEach((change, index) => expect(change).toBe(other?.received[index]))
    },
  },
  {
    title: 'Bookmarkable: the position of a quiet watch moves with the store, so that its bookmark outlives compaction',
    run(modules, place) {
      const world = new WatchWorld(modules, place)
      const quiet = world.open('secrets', 0)
      world.commitAndPublish((writer) => writer.create(pod('a'), draft('a'), AUTHOR))
      world.clock.advance(PAST_WINDOW_MS)
      world.compact()
      expect([quiet.position, world.store.compactedRevision]).toEqual([1, 1])
      world.reconnect(quiet)
      world.commitAndPublish((writer) => writer.create({ resource: 'secrets', name: 's' }, draft('s'), AUTHOR))
      expect(quiet.deliveries).toEqual([[2]])
    },
  },
  {
    title: 'starts from a revision that the cluster has reached and this store has not',
    run(modules, place) {
      const world = new WatchWorld(modules, place)
      const ahead = world.open('pods', 3)
      world.commitAndPublish((writer) => {
        for (const name of ['a', 'b', 'c', 'd', 'e']) writer.create(pod(name), draft(name), AUTHOR)
      })
      expect([ahead.deliveries, ahead.position]).toEqual([[[4, 5]], 5])
    },
  },
  {
    title: 'waits for a full client and reads on from the log, in order even when it resumes while it is given changes',
    run(modules, place) {
      const world = new WatchWorld(modules, place, { sliceRows: 3, recentCharacters: 0 })
      const slow = world.open('pods', 0, 1)
      // As a ReadableStream does: it pulls from within enqueue.
      slow.onDeliver = () => slow.watch?.resume()
      for (let index = 0; index < 20; index += 1) {
        world.commitAndPublish((writer) => writer.create(pod(String(index)), draft('x'), AUTHOR))
      }
      expect(slow.received).toHaveLength(1)
      slow.capacity = 5
      world.settle()
      expect(slow.received).toHaveLength(20)
      expect(Math.max(...slow.deliveries.map(({ length }) => length))).toBeLessThanOrEqual(3)
      world.check('after reading on')
    },
  },
  {
    title: 'lets others have their turn between the slices of one that catches up',
    run(modules, place) {
      const world = new WatchWorld(modules, place, { sliceRows: 4, recentCharacters: 0 })
      for (let index = 0; index < 10; index += 1) {
        world.commitAndPublish((writer) =>
          writer.create({ resource: 'secrets', name: String(index) }, draft('x'), AUTHOR),
        )
      }
      const watcher = world.open('pods', 0)
      const positions = [watcher.position]
      while (world.clock.nextDue() !== undefined) {
        world.clock.advance(0)
        positions.push(watcher.position)
        if (positions.length > 9) break
      }
      expect(positions[0]).toBe(4)
      expect(positions.at(-1)).toBe(10)
    },
  },
  {
    title: 'cuts off who takes nothing while too much is published, and not who is merely slow',
    run(modules, place) {
      const size = draft('x').text(10).length
      const world = new WatchWorld(modules, place, { maxLagCharacters: 5 * size })
      const gone = world.open('pods', 0, 1)
      const slow = world.open('pods', 0, 1)
      const other = world.open('secrets', 0, 1)
      for (let index = 0; index < 12; index += 1) {
        world.commitAndPublish((writer) => writer.create(pod(String(index)), draft('x'), AUTHOR))
        if (index % 3 === 0) slow.drain()
      }
      expect([gone.ended?.error?.code, slow.ended, other.ended, world.hub.watcherCount]).toEqual([
        'laggard',
        undefined,
        undefined,
        2,
      ])
      world.check('before the laggard comes back')
      world.connect(gone)
      world.settle()
      expect(gone.received).toHaveLength(12)
    },
  },
  {
    title: 'ends a watch that compaction has overtaken, and refuses to begin one there',
    run(modules, place) {
      const world = new WatchWorld(modules, place, { recentCharacters: 0 })
      const full = world.open('pods', 0, 1)
      for (const name of ['a', 'b', 'c'])
        world.commitAndPublish((writer) => writer.create(pod(name), draft(name), AUTHOR))
      world.clock.advance(PAST_WINDOW_MS)
      world.compact()
      full.drain()
      expect([full.ended?.error?.code, world.hub.watcherCount]).toEqual(['compacted', 0])
      expect(refusalOf(() => world.open('pods', 2))).toEqual({ code: 'compacted', revision: 3 })
      world.open('pods', 3)
      expect(world.hub.watcherCount).toBe(1)
    },
  },
  {
    title: 'takes no more watchers than its limit, and again when one has gone',
    run(modules, place) {
      const world = new WatchWorld(modules, place, { maxWatchers: 2 })
      const [first] = [world.open('pods', 0), world.open('secrets', 0)]
      expect(refusalOf(() => world.open('pods', 0))?.code).toBe('tooManyWatchers')
      first?.watch?.close()
      first?.watch?.close()
      world.open('pods', 0)
      expect(world.hub.watcherCount).toBe(2)
      world.hub.closeAll()
      expect([world.hub.watcherCount, world.watchers[2]?.ended, first?.ended]).toEqual([
        0,
        { error: undefined },
        undefined,
      ])
    },
  },
  {
    title: 'is not harmed by a sink that breaks: it leaves, its error surfaces alone, the others are served',
    run(modules, place) {
      const world = new WatchWorld(modules, place)
      const broken = world.open('pods', 0)
      const sound = world.open('pods', 0)
      broken.onDeliver = () => {
        throw new Error('broken sink')
      }
      world.commitAndPublish((writer) => writer.create(pod('a'), draft('a'), AUTHOR))
      expect([sound.deliveries, world.hub.watcherCount]).toEqual([[[1]], 1])
      expect(() => world.clock.advance(0)).toThrow('broken sink')
    },
  },
  {
    title: 'stays closed when a client closes its watch while it is given changes',
    run(modules, place) {
      const world = new WatchWorld(modules, place, { sliceRows: 1, recentCharacters: 0 })
      for (const name of ['a', 'b', 'c'])
        world.commitAndPublish((writer) => writer.create(pod(name), draft(name), AUTHOR))
      const watcher = world.open('pods', 0, 1)
      watcher.onDeliver = () => watcher.watch?.close()
      watcher.capacity = 9
      watcher.drain()
      world.settle()
      expect([watcher.received.length, world.hub.watcherCount]).toEqual([2, 0])
    },
  },
  ...SEEDS.map((seed) => ({
    title: `keeps every guarantee at once through random lives of watchers (seed ${String(seed)})`,
    run: (modules: StoreModules, place: StorePlace) => runWatchers(modules, place, seed),
  })),
]

/** Resumable is in here: clients go at any moment and come back with the position they know. */
export function runWatchers(modules: StoreModules, place: StorePlace, seed: number): void {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random.next() * limit)
  const recentCharacters = below(2) * 400
  const world = new WatchWorld(modules, place, {
    sliceRows: 1 + below(6),
    sliceCharacters: 60 + below(400),
    recentCharacters,
  })
  const write = (): void => {
    const isAborted = random.next() < 0.1
    try {
      world.commit((writer) => {
        for (let count = below(5); count >= 0; count -= 1) {
          const key = { resource: RESOURCES[below(3)] ?? 'pods', name: String(below(4)) }
          const current = world.store.get(key)?.revision
          if (current === undefined) writer.create(key, draft(`c${String(below(99))}`), AUTHOR)
          else if (random.next() < 0.3) writer.delete(key, draft('gone'), current, AUTHOR)
          else writer.update(key, draft(`u${String(below(99))}`, { app: 'x' }), current, AUTHOR)
        }
        if (isAborted) throw new Error('aborted')
      }, below(4))
    } catch (error) {
      if (!isAborted) throw error
    }
  }
  const someone = () => world.watchers[below(world.watchers.length)]
  const begin = (): void => {
    const from = world.store.compactedRevision + below(world.shown + 4 - world.store.compactedRevision)
    world.open(RESOURCES[below(3)] ?? 'pods', Math.max(from, world.store.compactedRevision), 1 + below(8))
  }
  const actions: (() => void)[] = [
    write,
    write,
    write,
    () => world.publish(),
    () => world.publish(),
    () => world.publish(),
    begin,
    () => someone()?.drain(),
    () => someone()?.drain(),
    () => world.clock.advance(below(3)),
    () => {
      const watcher = someone()
      if (watcher !== undefined && watcher.position >= world.store.compactedRevision && watcher.ended === undefined) {
        world.reconnect(watcher)
      }
    },
    () => {
      if (random.next() > 0.2 || world.waiting.length > 0) return
      world.clock.advance(PAST_WINDOW_MS)
      world.compact()
    },
  ]
  for (let step = 0; step < 150; step += 1) {
    actions[below(actions.length)]?.()
    world.check(`seed ${String(seed)}, step ${String(step)}`)
  }
  world.settle()
  world.check(`seed ${String(seed)}, in the end`)
  for (const watcher of world.watchers) {
    if (watcher.ended === undefined)
      expect(watcher.position, `seed ${String(seed)}: Reliable in the end`).toBeGreaterThanOrEqual(world.shown)
    else expect(watcher.ended.error?.code).toBe('compacted')
  }
}
