/**
 * The newest rows of objects that were read or written lately, so that reading one again asks no database. A statement
 * is a sixth of what a GET costs, and every write begins with a read.
 *
 * One cache an isolate, since its memory is shared by all stores there; each store has a number in it, and whoever must
 * not trust what is kept (a transaction that failed, a wipe) takes another. It must not know: when rows change; the
 * store that is their only writer says so.
 */
import type { StoredObject } from '../object-store.ts'

/** Characters of all texts together; one text of more than a thirty-second of that is not kept. */
const MAX_CHARACTERS = 4 * 1024 * 1024
const MAX_TEXT_CHARACTERS = MAX_CHARACTERS / 32

const rows = new Map<string, StoredObject>()
let characters = 0
let stores = 0

export class RowCache {
  #store = (stores += 1)

  get(resource: string, name: string): StoredObject | undefined {
    const key = this.#keyOf(resource, name)
    const row = rows.get(key)
    if (row === undefined) return undefined
    // Whoever was read last goes last.
    rows.delete(key)
    rows.set(key, row)
    return row
  }

  keep(row: StoredObject): void {
    this.drop(row.resource, row.name)
    if (row.text.length > MAX_TEXT_CHARACTERS) return
    rows.set(this.#keyOf(row.resource, row.name), row)
    characters += row.text.length
    for (const [oldest, { text }] of rows) {
      if (characters <= MAX_CHARACTERS) break
      rows.delete(oldest)
      characters -= text.length
    }
  }

  drop(resource: string, name: string): void {
    const key = this.#keyOf(resource, name)
    characters -= rows.get(key)?.text.length ?? 0
    rows.delete(key)
  }

  /** Nothing that was kept for this store counts any more; it makes room by and by. */
  clear(): void {
    this.#store = stores += 1
  }

  #keyOf(resource: string, name: string): string {
    return `${String(this.#store)} ${resource}/${name}`
  }
}
