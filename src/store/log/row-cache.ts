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
const MAX_CHARACTERS = 4 * 1024 * 1024
const MAX_TEXT_CHARACTERS = MAX_CHARACTERS / 32

const rows = new RecentlyUsed<StoredObject>(MAX_CHARACTERS, ({ text }) => text.length)
let stores = 0

export class RowCache {
  #store = (stores += 1)

  get(resource: string, name: string): StoredObject | undefined {
    return rows.get(this.#keyOf(resource, name))
  }

  keep(row: StoredObject): void {
    if (row.text.length > MAX_TEXT_CHARACTERS) this.drop(row.resource, row.name)
    else rows.keep(this.#keyOf(row.resource, row.name), row)
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
