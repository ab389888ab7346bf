/**
 * Numbers for a store's reservations that rise across restarts: taken from disk in blocks, so that an ordinary
 * reservation writes nothing. They outlive a wipe of the store.
 */
import type { Sql } from '../sql.ts'

/** Ids that one write makes available; a restart skips what is left of them. */
const ID_BLOCK = 100_000

const SETTING_NAME = 'sequencerRequestIds'
const SELECT = 'SELECT value FROM settings WHERE name = ?'
const PUT = 'INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)'

export function createRequestIds(sql: Sql): () => number {
  let next = 1
  let end = 0
  return () => {
    if (next > end) {
      const [row] = sql.all<{ value: string }>(SELECT, SETTING_NAME)
      next = Number(row?.value ?? '0') + 1
      end = next + ID_BLOCK - 1
      sql.run(PUT, SETTING_NAME, String(end))
    }
    return next++
  }
}
