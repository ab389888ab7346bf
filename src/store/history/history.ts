/**
 * What an object was, with who changed it: from now back to where the history was trimmed, also across deletion and
 * recreation. Rows beyond the watch window are deltas against the next one (compact.ts), so reading goes backwards.
 */
import { TYPES, parseAuthor } from '../log/log-rows.ts'
import type { Author, ChangeType, ObjectKey } from '../object-store.ts'
import type { Sql } from '../sql.ts'
import { applyDelta } from './text-delta.ts'

export interface ObjectVersion {
  readonly revision: number
  readonly type: ChangeType
  readonly timeMs: number
  readonly author: Author
  /** The finished JSON text as it was; for DELETED the last state. */
  readonly text: string
}

type VersionRow = { type: number; time: number; previous: number; author: string; base: number; value: string }

// By the primary keys of current and log.
const POINTER = 'SELECT revision FROM current WHERE resource = ? AND name = ?'
const VERSION = 'SELECT type, time, previous, author, base, value FROM log WHERE revision = ?'

/** Newest first; each step reads one row, so take as many as wanted and leave the rest. */
export function* objectVersions(sql: Sql, { resource, name }: ObjectKey): Generator<ObjectVersion, undefined> {
  const [pointer] = sql.all<{ revision: number }>(POINTER, resource, name)
  let next = { revision: 0, text: '' }
  for (let revision = Math.abs(pointer?.revision ?? 0); revision > 0;) {
    const [row] = sql.all<VersionRow>(VERSION, revision)
    if (row === undefined) return undefined
    if (row.base !== 0 && row.base !== next.revision) {
      throw new Error(`revision ${String(revision)} is kept against ${String(row.base)}, not ${String(next.revision)}`)
    }
    const text = row.base === 0 ? row.value : applyDelta(next.text, row.value)
    yield {
      revision,
      type: TYPES[row.type] ?? 'MODIFIED',
      timeMs: row.time,
      author: parseAuthor(row.author),
      text,
    }
    next = { revision, text }
    revision = row.previous
  }
  return undefined
}
