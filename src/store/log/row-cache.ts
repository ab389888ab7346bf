/**
 * The newest rows of objects that were read or written lately, so that reading one again asks no database. A statement
 * is a sixth of what a GET costs, and every write begins with a read.
 *
 * One cache an isolate, since its memory is shared by all stores there; each store has a number in it, and whoever must
 * not trust what is kept (a transaction that failed, a wipe) takes another. It must not know: when rows change; the
 * store that is their only writer says so.
 */
import { RecentlyUsed } from '../../lib/recently-used.ts'
import type { StoredObject } from '../object-store.ts'

/** Characters of all texts together; one text of more than a thirty-second of that is not kept. */
const MAX_CHARACTERS = 6 * 1024 * 1024
const MAX_TEXT_CHARACTERS = MAX_CHARACTERS / 32

/**
 * Of rows that are read while there is no room, one in so many is kept. Who reads more than fits, in turns, would
 * otherwise push out what comes next each time, and find nothing: a GET of 3,000 objects that just did not fit took
 * 0.71 ms of CPU instead of 0.42 to 0.5 (2026-11).
 */
const READS_A_ROW_KEPT = 4

const rows = new RecentlyUsed<StoredObject>(MAX_CHARACTERS, ({ text }) => text.length)
let stores = 0
let reads = 0

export class RowCache {
  #store = (stores += 1)

  get(resource: string, name: string): StoredObject | undefined {
    return rows.get(this.#keyOf(resource, name))
  }

  keep(row: StoredObject): void {
    if (row.text.length > MAX_TEXT_CHARACTERS) this.drop(row.resource, row.name)
    else rows.keep(this.#keyOf(row.resource, row.name), row)
  }

  /** A row that was not here and had to be read. */
  keepRead(row: StoredObject): void {
    const hasRoom = rows.size + row.text.length <= MAX_CHARACTERS
    reads += 1
    if (hasRoom || reads % READS_A_ROW_KEPT === 0) this.keep(row)
  }

  drop(resource: string, name: string): void {
    rows.drop(this.#keyOf(resource, name))
  }

  /** Nothing that was kept for this store counts any more; it makes room by and by. */
  clear(): void {
    this.#store = stores += 1
  }

  #keyOf(resource: string, name: string): string {
    return `${String(this.#store)} ${resource}/${name}`
  }
}
