/**
 * Who is owned by whom, by the owners' uids: kept with every change of an object's owners, in its transaction, so that
 * an owner's dependents cost what there are of them. Invariant: a row for each owner that the newest state of an object
 * names, and no other. It must not know: what becomes of dependents.
 */
import type { ObjectKey, Selectable } from '../object-store.ts'
import { OWNER_UIDS_FIELD } from '../object-store.ts'
import type { Sql } from '../sql.ts'
import { mayHaveField } from './log-rows.ts'

const PUT = 'INSERT OR IGNORE INTO owners (uid, resource, name) VALUES (?, ?, ?)'
// By primary key; the other by a range of it.
const REMOVE = 'DELETE FROM owners WHERE uid = ? AND resource = ? AND name = ?'
const DEPENDENTS =
  'SELECT DISTINCT resource, name FROM owners WHERE uid IN (SELECT value FROM json_each(?)) ORDER BY resource, name'

export function keepOwners(
  sql: Sql,
  { resource, name }: ObjectKey,
  previous: Selectable | undefined,
  next: Selectable | undefined,
): void {
  const [before, after] = [ownersIn(previous), ownersIn(next)]
  if (before === after) return
  const [old, current] = [uidsOf(before), uidsOf(after)]
  for (const uid of old) if (!current.has(uid)) sql.run(REMOVE, uid, resource, name)
  for (const uid of current) if (!old.has(uid)) sql.run(PUT, uid, resource, name)
}

/** The objects that name one of `uids` as their owner, in order of resources and names. */
export function dependentsOf(sql: Sql, uids: readonly string[]): ObjectKey[] {
  return sql.all<{ resource: string; name: string }>(DEPENDENTS, JSON.stringify(uids))
}

function ownersIn(selectable: Selectable | undefined): string {
  if (selectable === undefined || !mayHaveField(selectable, OWNER_UIDS_FIELD)) return ''
  return selectable.fields[OWNER_UIDS_FIELD] ?? ''
}

function uidsOf(text: string): ReadonlySet<string> {
  return new Set(text === '' ? [] : text.split(','))
}
