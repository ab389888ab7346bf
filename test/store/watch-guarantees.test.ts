/** The watch guarantees on node:sqlite; suite/watch-cases.ts says them. */
import { describe, expect, it } from 'vitest'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'
import { storeModules } from './store-modules.ts'
import { watchCases } from './suite/watch-cases.ts'

const place = { migrations: migrationsOnDisk(), newSql: () => nodeSqlite() }

describe('WatchHub', () => {
  it.each(watchCases)('$title', ({ run }) => {
    expect.hasAssertions()
    run(storeModules, place)
  })
})
