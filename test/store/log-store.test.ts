/**
 * The store's contract on node:sqlite and on the model, and what only SQLite can break: billed rows, indexes, slices.
 */
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import { LogStore } from '../../src/store/log-store.ts'
import { migrate } from '../../src/store/migrate.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'
import { ModelStore } from './model-store.ts'
import { logStoreUnderTest, storeModules } from './store-modules.ts'
import { storeSuite } from './store-suite.ts'
import { AUTHOR, draft, pod } from './suite/case-tools.ts'

const place = { migrations: migrationsOnDisk(), newSql: () => nodeSqlite() }

storeSuite('on node:sqlite', (clock) => logStoreUnderTest(storeModules, place, clock))
storeSuite('as a model', (clock) => new ModelStore(clock))

function aStore() {
  const sql = nodeSqlite()
  migrate(sql, migrationsOnDisk())
  return { sql, store: new LogStore(sql, new ManualClock()) }
}

describe('LogStore', () => {
  it('writes two rows for each change', () => {
    const { sql, store } = aStore()
    const written = () => sql.all<{ count: number }>('SELECT total_changes() AS count')[0]?.count ?? 0
    const costs = [
      () => store.commit({ from: 1, to: 1 }, (writer) => writer.create(pod('a'), draft('x'), AUTHOR)),
      () => store.commit({ from: 2, to: 2 }, (writer) => writer.update(pod('a'), draft('y'), 1, AUTHOR)),
      () => store.commit({ from: 3, to: 3 }, (writer) => writer.delete(pod('a'), draft('z'), 2, AUTHOR)),
    ].map((write) => {
      const before = written()
      write()
      return written() - before
    })
    expect(costs).toEqual([2, 2, 2])
  })

  it('never reads a table from end to end for a point, a page or the log', () => {
    const { sql, store } = aStore()
    const statements = new Set<string>()
    const spied = new LogStore(
      {
        ...sql,
        all: (text, ...bindings) => (statements.add(text), sql.all(text, ...bindings)),
        each: (text, ...bindings) => (statements.add(text), sql.each(text, ...bindings)),
      },
      store.clock,
    )
    spied.commit({ from: 1, to: 9 }, (writer) =>
      writer.update(pod('a'), draft('y'), writer.create(pod('a'), draft('x'), AUTHOR), AUTHOR),
    )
    spied.get(pod('a'))
    spied.getAsOf(pod('a'), 1)
    for (const matches of [undefined, () => true])
      spied.list({ resource: 'pods', limit: 1, ...(matches === undefined ? {} : { matches }) })
    spied.list({ resource: 'pods', limit: 1, asOf: 1 })
    spied.changes({ after: 0, limit: 1, resources: ['pods'] })
    spied.slice({ resource: 'pods', after: 0, through: 2, maxRows: 1, maxCharacters: 1 })
    spied.resources()
    const plans = [...statements]
      .filter((text) => !text.includes('MAX(revision) AS revision FROM log'))
      .flatMap((text) => {
        const bindings = Array.from({ length: text.split('?').length - 1 }, () => 1)
        return sql
          .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, ...bindings)
          .map(({ detail }) => `${detail} ← ${text}`)
      })
    expect(plans.filter((plan) => /^SCAN (log|current|l|c)\b/.test(plan) || plan.includes('TEMP B-TREE'))).toEqual([])
    expect(plans.length).toBeGreaterThan(8)
  })

  it('slices by rows and by characters, and says how far each slice reached', () => {
    const { store } = aStore()
    store.commit({ from: 10, to: 30 }, (writer) => {
      for (let index = 0; index < 10; index += 1) {
        writer.create({ resource: index % 2 === 0 ? 'pods' : 'secrets', name: String(index) }, draft('x'), AUTHOR)
      }
    })
    const slice = (after: number, through: number, maxRows: number, maxCharacters: number) => {
      const { changes, through: reached } = store.slice({ resource: 'pods', after, through, maxRows, maxCharacters })
      return [changes.map(({ revision }) => revision), reached]
    }
    expect(slice(0, 99, 100, 9_999)).toEqual([[10, 12, 14, 16, 18], 99])
    expect(slice(0, 99, 3, 9_999)).toEqual([[10, 12], 12])
    expect(slice(12, 14, 100, 9_999)).toEqual([[14], 14])
    expect(slice(0, 99, 100, 1)).toEqual([[10], 10])
    expect(slice(18, 19, 1, 1)).toEqual([[], 19])
    expect(slice(40, 19, 9, 9)).toEqual([[], 40])
  })

  it('writes only inside of a commit, and a commit contains no other', () => {
    const { store } = aStore()
    expect(() => store.create(pod('a'), draft('x'), AUTHOR)).toThrow('outside of a commit')
    expect(() => store.commit({ from: 1, to: 1 }, () => store.commit({ from: 2, to: 2 }, () => 1))).toThrow(
      'inside of a commit',
    )
    expect(() => store.commit({ from: 1, to: 1 }, () => store.wipe())).toThrow('inside of a commit')
  })

  it('forgets everything when wiped, and keeps its place in the sequence', () => {
    const { sql, store } = aStore()
    store.commit({ from: 1, to: 5 }, (writer) => writer.create(pod('a'), draft('x'), AUTHOR))
    expect(store.get(pod('a'))?.revision).toBe(1)
    store.wipe()
    expect(store.commit({ from: 9, to: 9 }, (writer) => writer.create(pod('a'), draft('x'), AUTHOR)).result).toBe(9)
    store.wipe()
    const again = new LogStore(sql, store.clock)
    for (const each of [store, again]) {
      expect([each.revision, each.compactedRevision, each.resources(), each.get(pod('a'))]).toEqual([
        9,
        9,
        [],
        undefined,
      ])
      expect(() => each.changes({ after: 0, limit: 1 })).toThrow('0 (9)')
    }
  })
})
