/** The store's cursors are the loop's durable half: what one driver leaves there, the next one finds. */
import { describe, expect, it } from 'vitest'
import type { Progress, RunningMarker } from '../../src/reconcile/progress.ts'
import { Cursors } from '../../src/store/cursors.ts'
import { migrate } from '../../src/store/migrate.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'

describe('progress on SQLite', () => {
  it('keeps cursor, work and marker', () => {
    const sql = nodeSqlite()
    migrate(sql, migrationsOnDisk())
    const before: Progress = new Cursors<RunningMarker>(sql)
    before.advance('controllers', 7)
    before.advance('controllers', 3)
    const item = { controller: 'job', key: 'a', dueMs: 5, attempts: 2, isSetAside: true }
    before.putWork({ ...item, attempts: 1 })
    before.putWork(item)
    before.setMarker({ suspect: { controller: 'job', key: 'a' } })
    const after: Progress = new Cursors<RunningMarker>(sql)
    expect([after.cursor('controllers'), after.work(), after.marker()]).toEqual([
      7,
      [item],
      { suspect: { controller: 'job', key: 'a' } },
    ])
    after.removeWork('job', 'a')
    after.clearMarker()
    expect([after.work(), after.marker()]).toEqual([[], undefined])
  })
})
