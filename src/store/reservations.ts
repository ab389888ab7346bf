/**
 * Things that must be unique across namespaces (addresses, node ports, pod CIDRs), reserved in the cluster scope's
 * object: keyed by pool and value, held by a uid. A reservation is provisional until its owner's commit confirms it;
 * one that nobody confirms runs out. Only the same uid releases or takes again what it holds.
 */
import type { Sql } from './sql.ts'

/** How long a reservation waits for its owner's commit: longer than any request lives. */
export const RESERVATION_TTL_MS = 60_000

export interface Reservation {
  readonly pool: string
  readonly value: string
  readonly uid: string
  /** Undefined once confirmed. */
  readonly expiresMs: number | undefined
}

type Row = { pool: string; value: string; uid: string; expires: number | null }

// Point reads and writes go by the primary key (pool, value); releases by the index on uid.
const SELECT = 'SELECT pool, value, uid, expires FROM reservations WHERE pool = ? AND value = ?'
const SELECT_HELD = 'SELECT pool, value, uid, expires FROM reservations WHERE uid = ?'
const SELECT_POOL = 'SELECT value FROM reservations WHERE pool = ? AND (expires IS NULL OR expires > ?)'
const PUT = 'INSERT OR REPLACE INTO reservations (pool, value, uid, expires) VALUES (?, ?, ?, ?)'
// The whole table: the repair loop looks at all of it.
const SELECT_LASTING = 'SELECT pool, value, uid FROM reservations WHERE expires IS NULL'
const DELETE_ONE = 'DELETE FROM reservations WHERE pool = ? AND value = ? AND uid = ?'
const DELETE_EXPIRED = 'DELETE FROM reservations WHERE expires IS NOT NULL AND expires <= ?'

export class Reservations {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Whether `uid` holds the value now. A value that somebody else holds stays theirs until it expires. */
  reserve(pool: string, value: string, uid: string, nowMs: number): boolean {
    const [row] = this.#sql.all<Row>(SELECT, pool, value)
    if (row !== undefined && row.uid === uid && row.expires === null) return true
    if (row !== undefined && row.uid !== uid && (row.expires === null || row.expires > nowMs)) return false
    this.#sql.run(PUT, pool, value, uid, nowMs + RESERVATION_TTL_MS)
    return true
  }

  /** Who holds the value now; undefined: nobody. */
  holder(pool: string, value: string, nowMs: number): string | undefined {
    const [row] = this.#sql.all<Row>(SELECT, pool, value)
    return row === undefined || (row.expires !== null && row.expires <= nowMs) ? undefined : row.uid
  }

  /**
   * Makes `uid` the lasting holder of exactly these values; what else it held goes back. Returned are those that another
   * took over since they expired: they stay the other's.
   */
  confirm(
    uid: string,
    held: readonly { readonly pool: string; readonly value: string }[],
  ): readonly { readonly pool: string; readonly value: string }[] {
    const lost: { readonly pool: string; readonly value: string }[] = []
    const wanted = new Set(held.map(({ pool, value }) => `${pool} ${value}`))
    for (const row of this.#sql.all<Row>(SELECT_HELD, uid)) {
      if (!wanted.has(`${row.pool} ${row.value}`)) this.#sql.run(DELETE_ONE, row.pool, row.value, uid)
    }
    for (const { pool, value } of held) {
      const [row] = this.#sql.all<Row>(SELECT, pool, value)
      if (row === undefined || row.uid === uid) this.#sql.run(PUT, pool, value, uid, null)
      else lost.push({ pool, value })
    }
    return lost
  }

  /** Makes `uid` the lasting holder of a value that it uses already, unless somebody else holds it. */
  restore(pool: string, value: string, uid: string, nowMs: number): 'held' | 'restored' | 'taken' {
    const [row] = this.#sql.all<Row>(SELECT, pool, value)
    if (row?.uid === uid && row.expires === null) return 'held'
    if (row !== undefined && row.uid !== uid && (row.expires === null || row.expires > nowMs)) return 'taken'
    this.#sql.run(PUT, pool, value, uid, null)
    // Its own reservation, only never confirmed, was not lost.
    return row?.uid === uid ? 'held' : 'restored'
  }

  /** Everything that was confirmed. */
  lasting(): readonly { readonly pool: string; readonly value: string; readonly uid: string }[] {
    return this.#sql.all<{ pool: string; value: string; uid: string }>(SELECT_LASTING)
  }

  /** Gives back one value, if `uid` still holds it. */
  releaseOne(pool: string, value: string, uid: string): void {
    this.#sql.run(DELETE_ONE, pool, value, uid)
  }

  /** Gives back whatever `uid` holds. */
  release(uid: string): void {
    this.confirm(uid, [])
  }

  taken(pool: string, nowMs: number): ReadonlySet<string> {
    return new Set(this.#sql.all<{ value: string }>(SELECT_POOL, pool, nowMs).map(({ value }) => value))
  }

  removeExpired(nowMs: number): void {
    this.#sql.run(DELETE_EXPIRED, nowMs)
  }
}
