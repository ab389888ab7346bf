/** What followers remember, across restarts and with the commit that it belongs to. */
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import { Cursors } from '../../src/store/cursors.ts'
import { LogStore } from '../../src/store/log-store.ts'
import { migrate } from '../../src/store/migrate.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'
import { AUTHOR, draft, pod } from './suite/case-tools.ts'

function aDatabase() {
  const sql = nodeSqlite()
  migrate(sql, migrationsOnDisk())
  return { sql, cursors: new Cursors<{ suspect?: string }>(sql) }
}

const item = (key: string, dueMs: number, attempts = 0) => ({
  controller: 'replica-set',
  key,
  dueMs,
  attempts,
  isSetAside: false,
})

describe('Cursors', () => {
  it('remembers how far each target was served, and never moves back', () => {
    const { sql, cursors } = aDatabase()
    expect(cursors.cursor('scheduler')).toBe(0)
    cursors.advance('scheduler', 7)
    cursors.advance('scheduler', 5)
    cursors.advance('cloud', 3)
    const again = new Cursors(sql)
    expect([again.cursor('scheduler'), again.cursor('cloud'), again.cursor('sequencer')]).toEqual([7, 3, 0])
  })

  it('keeps one row of work a key, and gives it back in the order in which it is due', () => {
    const { sql, cursors } = aDatabase()
    for (const each of [item('c', 30), item('a', 10), item('b', 20, 2)]) cursors.putWork(each)
    cursors.putWork({ ...item('c', 5, 1), isSetAside: true })
    cursors.putWork({ ...item('a', 40), controller: 'job' })
    const again = new Cursors(sql)
    expect(again.work().map(({ controller, key, dueMs }) => [controller, key, dueMs])).toEqual([
      ['replica-set', 'c', 5],
      ['replica-set', 'a', 10],
      ['replica-set', 'b', 20],
      ['job', 'a', 40],
    ])
    expect(again.work()[0]).toEqual({ ...item('c', 5, 1), isSetAside: true })
    expect(again.dueWork(20, 9).map(({ key }) => key)).toEqual(['c', 'a', 'b'])
    expect(again.dueWork(20, 1).map(({ key }) => key)).toEqual(['c'])
    expect([again.nextDueMs(), again.dueWork(4, 9)]).toEqual([5, []])
    for (const key of ['a', 'b', 'c']) again.removeWork('replica-set', key)
    expect([again.work().length, again.nextDueMs()]).toEqual([1, 40])
    again.removeWork('job', 'a')
    expect(again.nextDueMs()).toBeUndefined()
  })

  it('finds the mark of a slice that did not end', () => {
    const { sql, cursors } = aDatabase()
    expect(cursors.marker()).toBeUndefined()
    cursors.setMarker({})
    cursors.setMarker({ suspect: 'web' })
    expect(new Cursors(sql).marker()).toEqual({ suspect: 'web' })
    cursors.clearMarker()
    expect(new Cursors(sql).marker()).toBeUndefined()
  })

  it('is kept or lost with the commit that it is part of', () => {
    const { sql, cursors } = aDatabase()
    const store = new LogStore(sql, new ManualClock())
    const write = (fails: boolean) => () =>
      store.commit({ from: store.revision + 1, to: 9 }, (writer) => {
        cursors.advance('job', writer.create(pod(String(fails)), draft('x'), AUTHOR))
        cursors.putWork(item('a', 1))
        if (fails) throw new Error('lost')
      })
    expect(write(true)).toThrow('lost')
    expect([cursors.cursor('job'), cursors.work()]).toEqual([0, []])
    write(false)()
    expect([cursors.cursor('job'), cursors.work().length]).toEqual([1, 1])
  })
})
