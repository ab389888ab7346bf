/**
 * The store's suites inside workerd, on the SQLite of a real Durable Object: one object a case, so that nobody finds
 * what another left.
 */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import { durableSql } from '../../../src/objects/storage/durable-sql.ts'
import { MIGRATIONS } from '../../../src/objects/storage/migrations.ts'
import type { Sql } from '../../../src/store/sql.ts'
import type { StorePlace } from '../../store/store-modules.ts'
import { logStoreUnderTest, openLogStore, storeModules } from '../../store/store-modules.ts'
import { storeCases } from '../../store/store-suite.ts'
import { AUTHOR, create, draft, pod, update } from '../../store/suite/case-tools.ts'
import { historyCases } from '../../store/suite/history-cases.ts'
import { watchCases } from '../../store/suite/watch-cases.ts'
import type { StoreObject } from './store-object.ts'

const { STORE_OBJECTS } = env as unknown as { STORE_OBJECTS: DurableObjectNamespace<StoreObject> }

function inObject<R>(name: string, run: (sql: Sql) => R): Promise<R> {
  return runInDurableObject(STORE_OBJECTS.getByName(name), (_, { storage }) => run(durableSql(storage)))
}

const TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'"

/** Cases make their stores one after another, and an object has one database: each time it is emptied. */
function placeOn(sql: Sql): StorePlace {
  return {
    migrations: MIGRATIONS,
    newSql() {
      for (const { name } of sql.all<{ name: string }>(TABLES)) sql.run(`DROP TABLE ${name}`)
      return sql
    },
  }
}

describe('the store inside workerd', () => {
  it.each(storeCases)('$title', async ({ title, run }) => {
    expect.hasAssertions()
    await inObject(`store ${title}`, (sql) => run((clock) => logStoreUnderTest(storeModules, placeOn(sql), clock)))
  })

  it.each(watchCases)('$title', async ({ title, run }) => {
    expect.hasAssertions()
    await inObject(`watch ${title}`, (sql) => run(storeModules, placeOn(sql)))
  })

  it.each(historyCases)('$title', async ({ title, run }) => {
    expect.hasAssertions()
    await inObject(`history ${title}`, (sql) => run(storeModules, placeOn(sql)))
  })

  it('finds everything again after its object was evicted, and goes on above it', async () => {
    const clock = new ManualClock()
    const name = 'evicted'
    const written = await inObject(name, (sql) => {
      const store = logStoreUnderTest(storeModules, placeOn(sql), clock)
      create(store, pod('a'))
      return update(store, pod('a'), 'changed')
    })
    for (let round = 0; round < 3; round += 1) {
      await evictDurableObject(STORE_OBJECTS.getByName(name))
      const found = await inObject(name, (sql) => {
        const store = openLogStore(storeModules, sql, clock)
        const before = store.revision
        const after = update(store, pod('a'), `round ${String(round)}`)
        return { before, after, rows: store.changes({ after: 0, limit: 99 }).length }
      })
      expect(found).toEqual({ before: written + round, after: written + round + 1, rows: 3 + round })
    }
  })

  it('keeps nothing of a commit that its object aborted in', async () => {
    const clock = new ManualClock()
    const stub = STORE_OBJECTS.getByName('aborted')
    await inObject('aborted', (sql) => create(logStoreUnderTest(storeModules, placeOn(sql), clock), pod('kept')))
    const aborted = runInDurableObject(stub, (_, state) => {
      const store = openLogStore(storeModules, durableSql(state.storage), clock)
      store.commit({ from: 5, to: 9 }, (writer) => {
        writer.create(pod('lost'), draft('x'), AUTHOR)
        state.abort('aborted in the middle of a commit')
      })
    })
    await expect(aborted).rejects.toThrow('aborted in the middle of a commit')
    const found = await inObject('aborted', (sql) => {
      const store = openLogStore(storeModules, sql, clock)
      return [store.revision, store.get(pod('kept'))?.revision, store.get(pod('lost'))]
    })
    expect(found).toEqual([1, 1, undefined])
  })
})
