/**
 * The history behind the watch window: exact texts and authors, kept by resource, trimmed by age and by size, in
 * steps.
 */
import { expect } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import { seededRandom } from '../../../src/lib/random.ts'
import type { Change, ObjectKey, StoreWriter } from '../../../src/store/object-store.ts'
import type { CompactorOptions } from '../../../src/store/history/compact.ts'
import type { Sql } from '../../../src/store/sql.ts'
import type { StoreModules, StorePlace } from '../store-modules.ts'
import { AUTHOR, PAST_WINDOW_MS, draft, pod } from './case-tools.ts'
import type { ModuleCase } from './watch-cases.ts'

const DAY_MS = 86_400_000
const MAP: ObjectKey = { resource: 'configmaps', name: 'settings' }
const LEASE: ObjectKey = { resource: 'leases.coordination.k8s.io', name: 'node' }
const SEEDS = [21, 22, 23, 24]

function aWorld(modules: StoreModules, place: StorePlace, options: CompactorOptions = {}) {
  const clock = new ManualClock()
  const sql = place.newSql()
  modules.migrate(sql, place.migrations)
  const store = new modules.LogStore(sql, clock)
  const compactor = new modules.Compactor(sql, store, options)
  return {
    clock,
    sql,
    store,
    compactor,
    write(work: (writer: StoreWriter) => void): readonly Change[] {
      const from = store.revision + 1
      return store.commit({ from, to: from + 999 }, work).changes
    },
    compact(): void {
      while (compactor.step());
    },
    texts: (key: ObjectKey) => [...store.versions(key)].map(({ text }) => text),
    historyCharacters: () =>
      Number(sql.all<{ value: string }>("SELECT value FROM settings WHERE name = 'historyCharacters'")[0]?.value ?? 0),
  }
}

const rowsOf = (sql: Sql, key: ObjectKey): number =>
  sql.all<{ count: number }>(
    'SELECT COUNT(*) AS count FROM log WHERE resource = ? AND name = ?',
    key.resource,
    key.name,
  )[0]?.count ?? 0

const rewrite = (writer: StoreWriter, key: ObjectKey, content: string, expected: number, user = 'ada'): number =>
  writer.update(key, draft(content), expected, { ...AUTHOR, user })

export const historyCases: readonly ModuleCase[] = [
  {
    title: 'keeps what people edit behind the window, with its authors, also across deletion and recreation',
    run(modules, place) {
      const world = aWorld(modules, place)
      const users = ['ada', 'bob', 'cyd']
      world.write((writer) => {
        writer.create(MAP, draft('one'), { ...AUTHOR, user: 'ada' })
        rewrite(writer, MAP, 'two', 1, 'bob')
        writer.delete(MAP, draft('two'), 2, { ...AUTHOR, user: 'cyd' })
        writer.create(MAP, draft('three'), { ...AUTHOR, user: 'ada' })
        rewrite(writer, MAP, 'four', 4, 'bob')
      })
      const before = [...world.store.versions(MAP)]
      world.clock.advance(PAST_WINDOW_MS)
      world.compact()
      const after = [...world.store.versions(MAP)]
      expect(after).toEqual(before)
      expect(after.map(({ type, author }) => [type, author.user])).toEqual([
        ['MODIFIED', 'bob'],
        ['ADDED', 'ada'],
        ['DELETED', 'cyd'],
        ['MODIFIED', 'bob'],
        ['ADDED', 'ada'],
      ])
      expect(users).toContain(after[0]?.author.user)
      expect(after[3]?.text).toBe(draft('two').text(2))
    },
  },
  {
    title: 'keeps nothing of leases, not even their deletion',
    run(modules, place) {
      const world = aWorld(modules, place)
      world.write((writer) => {
        writer.create(LEASE, draft('0'), AUTHOR)
        for (let revision = 1; revision < 20; revision += 1) rewrite(writer, LEASE, 'x', revision)
      })
      world.clock.advance(PAST_WINDOW_MS)
      world.compact()
      expect([rowsOf(world.sql, LEASE), world.store.get(LEASE)?.revision]).toEqual([1, 20])
      world.write((writer) => writer.delete(LEASE, draft('x'), 20, AUTHOR))
      world.clock.advance(PAST_WINDOW_MS)
      world.compact()
      expect([rowsOf(world.sql, LEASE), world.sql.all('SELECT * FROM current'), world.historyCharacters()]).toEqual([
        0,
        [],
        0,
      ])
    },
  },
  {
    title: 'trims by the time at which a state ended, so that the last change of something old can be looked up',
    run(modules, place) {
      const world = aWorld(modules, place)
      world.write((writer) => writer.create(MAP, draft('one'), AUTHOR))
      world.clock.advance(30 * DAY_MS)
      world.write((writer) => rewrite(writer, MAP, 'two', 1))
      world.clock.advance(DAY_MS)
      world.compact()
      expect(world.texts(MAP)).toHaveLength(2)
      world.clock.advance(6 * DAY_MS)
      world.compact()
      expect([world.texts(MAP), world.historyCharacters()]).toEqual([[draft('two').text(2)], 0])
    },
  },
  {
    title: 'keeps what machines rewrite for a day, and forgets deleted objects after their time',
    run(modules, place) {
      const world = aWorld(modules, place)
      world.write((writer) => {
        for (const key of [pod('a'), MAP]) {
          const revision = writer.create(key, draft('one'), AUTHOR)
          writer.delete(key, draft('gone'), revision, AUTHOR)
        }
      })
      const counts: unknown[] = []
      for (const days of [0.5, 1, 6]) {
        world.clock.advance(days * DAY_MS)
        world.compact()
        counts.push([rowsOf(world.sql, pod('a')), rowsOf(world.sql, MAP)])
      }
      expect(counts).toEqual([
        [2, 2],
        [0, 2],
        [0, 0],
      ])
      expect([world.sql.all('SELECT * FROM current'), world.historyCharacters(), world.compactor.nextDueMs()]).toEqual([
        [],
        0,
        undefined,
      ])
    },
  },
  {
    title: 'gives up the oldest history first when it grows over its size',
    run(modules, place) {
      const world = aWorld(modules, place, { maxHistoryCharacters: 4_000 })
      world.write((writer) => {
        for (const name of ['old', 'new']) writer.create({ resource: 'configmaps', name }, draft('0'), AUTHOR)
      })
      for (const name of ['old', 'new']) {
        const key = { resource: 'configmaps', name }
        for (let index = 0; index < 15; index += 1) {
          world.write((writer) =>
            rewrite(writer, key, `${name} ${String(index)}`.repeat(20), world.store.get(key)?.revision ?? 0),
          )
        }
      }
      world.clock.advance(PAST_WINDOW_MS)
      world.compact()
      expect(world.historyCharacters()).toBeLessThanOrEqual(4_000)
      expect(world.texts({ resource: 'configmaps', name: 'old' })).toHaveLength(1)
      expect(world.store.get({ resource: 'configmaps', name: 'old' })?.text).toContain('old 14')
    },
  },
  {
    title: 'works in bounded steps and says when the next one is due',
    run(modules, place) {
      const world = aWorld(modules, place)
      expect(world.compactor.nextDueMs()).toBeUndefined()
      const startMs = world.clock.now()
      world.write((writer) => {
        for (let index = 0; index < 450; index += 1) writer.create(pod(String(index)), draft('x'), AUTHOR)
      })
      expect([world.compactor.nextDueMs(), world.compactor.step()]).toEqual([startMs + 300_000, false])
      world.clock.advance(300_000)
      const marks = [0, 1, 2, 3].map(() => [world.compactor.step(), world.store.compactedRevision])
      expect(marks).toEqual([
        [true, 200],
        [true, 400],
        [true, 450],
        [false, 450],
      ])
      expect(world.compactor.nextDueMs()).toBeUndefined()
    },
  },
  ...SEEDS.map((seed) => ({
    title: `reads every kept state as it was, through a random history (seed ${String(seed)})`,
    run: (modules: StoreModules, place: StorePlace) => runHistories(modules, place, seed),
  })),
]

/** The history must be the newest part of what happened to the key, without a hole, and not shorter than promised. */
export function runHistories(modules: StoreModules, place: StorePlace, seed: number): void {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random.next() * limit)
  const world = aWorld(modules, place)
  const keys = [MAP, LEASE, pod('a'), pod('b'), { resource: 'secrets', name: 's' }]
  const happened: Change[] = []
  const keepMs = new Map([
    ['configmaps', 7 * DAY_MS],
    ['secrets', 7 * DAY_MS],
    ['pods', DAY_MS],
  ])
  for (let step = 0; step < 120; step += 1) {
    world.clock.advance(below(5) === 0 ? below(DAY_MS) : below(200_000))
    const changes = world.write((writer) => {
      const key = keys[below(keys.length)] ?? MAP
      const current = world.store.get(key)?.revision
      const content = draft(`${'common words '.repeat(below(30))}${String(below(9))}${' and more'.repeat(below(30))}`)
      if (current === undefined) writer.create(key, content, AUTHOR)
      else if (below(4) === 0) writer.delete(key, content, current, AUTHOR)
      else writer.update(key, content, current, AUTHOR)
    })
    happened.push(...changes)
    if (below(3) === 0) world.compact()
    for (const key of keys) checkHistory(key, `seed ${String(seed)}, step ${String(step)}`)
  }
  world.clock.advance(9 * DAY_MS)
  world.compact()
  expect(world.historyCharacters(), `seed ${String(seed)}: nothing is left of the history, nor counted`).toBe(0)

  function checkHistory(key: ObjectKey, what: string): void {
    const all = happened.filter(({ resource, name }) => resource === key.resource && name === key.name).reverse()
    const kept = [...world.store.versions(key)]
    const label = `${what}, ${key.resource}/${key.name}`
    expect(
      kept.map(({ revision, type, text, timeMs }) => ({ revision, type, text, timeMs })),
      label,
    ).toEqual(all.slice(0, kept.length).map(({ revision, type, text, timeMs }) => ({ revision, type, text, timeMs })))
    // A state is due as long as the change that ended it is young enough, a deletion as long as it is itself; the
    // newest
    // state always, if it is there.
    const youngMs = world.clock.now() - Math.max(keepMs.get(key.resource) ?? 0, 300_000)
    const firstGone = all.findIndex(({ type, timeMs }, index) => {
      const endMs = type === 'DELETED' ? timeMs : (all[index - 1]?.timeMs ?? Number.POSITIVE_INFINITY)
      return endMs <= youngMs
    })
    const promised = firstGone < 0 ? all.length : firstGone
    expect(kept.length, label).toBeGreaterThanOrEqual(promised)
  }
}
