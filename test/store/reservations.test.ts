/** Reservations: one holder a value, until it expires unconfirmed or its holder lets go. */
import { describe, expect, it } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { RESERVATION_TTL_MS, Reservations } from '../../src/store/reservations.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/node-sqlite.ts'

function someReservations(): Reservations {
  const sql = nodeSqlite()
  migrate(sql, migrationsOnDisk())
  return new Reservations(sql)
}

describe('Reservations', () => {
  it('gives a value to one uid at a time, again to the same one, and to another when nobody confirmed it', () => {
    const reservations = someReservations()
    const attempts = [
      ['a', 0],
      ['b', 1],
      ['a', 2],
      ['b', 2 + RESERVATION_TTL_MS - 1],
      ['b', 2 + RESERVATION_TTL_MS],
    ] as const
    expect(attempts.map(([uid, nowMs]) => reservations.reserve('ips', '10.0.0.1', uid, nowMs))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ])
    expect(reservations.reserve('ports', '10.0.0.1', 'c', 0)).toBe(true)
  })

  it('keeps exactly what the holder confirms, for ever, and gives back the rest', () => {
    const reservations = someReservations()
    for (const value of ['1', '2']) reservations.reserve('ips', value, 'a', 0)
    reservations.confirm('a', [{ pool: 'ips', value: '2' }])
    reservations.removeExpired(RESERVATION_TTL_MS * 9)
    expect([...reservations.taken('ips', RESERVATION_TTL_MS * 9)]).toEqual(['2'])
    expect(reservations.reserve('ips', '2', 'a', 0)).toBe(true)
    expect([...reservations.taken('ips', RESERVATION_TTL_MS * 9)]).toEqual(['2'])
    reservations.confirm('b', [{ pool: 'ips', value: '2' }])
    expect(reservations.reserve('ips', '2', 'b', RESERVATION_TTL_MS * 9)).toBe(false)
    reservations.release('b')
    expect(reservations.taken('ips', 0).size).toBe(1)
    reservations.release('a')
    expect(reservations.taken('ips', 0).size).toBe(0)
  })
})
