import { beforeEach, describe, expect, it } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { RESERVATION_TTL_MS, Reservations } from '../../src/store/reservations.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'

let held: Reservations
const LATER = RESERVATION_TTL_MS

beforeEach(() => {
  const sql = nodeSqlite()
  migrate(sql, migrationsOnDisk())
  held = new Reservations(sql)
})

const value = (text: string): { pool: string; value: string } => ({ pool: 'p', value: text })

describe('a reservation', () => {
  it('keeps others out until it runs out, and its holder in', () => {
    expect(held.reserve('p', 'a', 'one', 0)).toBe(true)
    expect(held.reserve('p', 'a', 'other', LATER - 1)).toBe(false)
    expect(held.reserve('p', 'a', 'one', LATER - 1)).toBe(true)
    expect(held.reserve('p', 'a', 'other', LATER)).toBe(false)
    expect(held.reserve('p', 'a', 'other', 2 * LATER - 1)).toBe(true)
  })

  it('of one pool says nothing of another', () => {
    held.reserve('p', 'a', 'one', 0)
    expect(held.reserve('q', 'a', 'other', 0)).toBe(true)
  })

  it('lasts once it is confirmed, and is not made provisional again', () => {
    held.reserve('p', 'a', 'one', 0)
    held.confirm('one', [value('a')])
    held.reserve('p', 'a', 'one', 5)
    held.removeExpired(9 * LATER)
    expect(held.holder('p', 'a', 9 * LATER)).toBe('one')
  })

  it('goes back when its holder confirms without it, or is gone', () => {
    held.reserve('p', 'a', 'one', 0)
    held.reserve('p', 'b', 'one', 0)
    held.confirm('one', [value('b')])
    expect([...held.taken('p', 0)]).toEqual(['b'])
    held.release('one')
    expect([...held.taken('p', 0)]).toEqual([])
  })

  it('that another took over stays the other’s, and its loss is told', () => {
    held.reserve('p', 'a', 'one', 0)
    held.reserve('p', 'a', 'other', LATER)
    expect(held.confirm('one', [value('a'), value('b')])).toEqual([value('a')])
    expect(held.holder('p', 'a', LATER)).toBe('other')
    held.release('one')
    expect(held.holder('p', 'a', LATER)).toBe('other')
  })

  it('that has run out is nobody’s, and is removed in time', () => {
    held.reserve('p', 'a', 'one', 0)
    expect(held.holder('p', 'a', LATER)).toBeUndefined()
    expect([...held.taken('p', LATER)]).toEqual([])
    held.removeExpired(LATER)
    expect([...held.taken('p', 0)]).toEqual([])
  })
})
