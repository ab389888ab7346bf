/**
 * Pages of objects in order of names, now or as of a revision of the watch window, exact across deletion and
 * recreation. Invariant: texts are read only for what is returned. It must not know: how a list is asked for or
 * answered.
 */
import type { ObjectRow } from './log-rows.ts'
import { ADDED, DELETED, parseSelectable, storedObject } from './log-rows.ts'
import type { ListPage, ListQuery, StoredObject } from '../object-store.ts'
import type { Sql } from '../sql.ts'

/**
 * Rows looked at in one statement: few at first, because a page may end by its characters, and twice as many each time
 * up to some 100 KB of labels and fields, because a selector may skip most.
 */
const FIRST_SCAN_ROWS = 64
const MAX_SCAN_ROWS = 512

type Candidate = { name: string; revision: number; selectable: string }
type ChainRow = Candidate & { type: number; previous: number }

// A range of current's primary key, in its order; log by its primary key. A deleted key's pointer is negative.
const LIST =
  'SELECT l.name, l.revision, l.selectable, l.value FROM current c JOIN log l ON l.revision = c.revision ' +
  'WHERE c.resource = ? AND c.name > ? AND c.revision > 0 ORDER BY c.name LIMIT ?'
const CANDIDATES =
  'SELECT l.name, l.revision, l.selectable FROM current c JOIN log l ON l.revision = c.revision ' +
  'WHERE c.resource = ? AND c.name > ? AND c.revision > 0 ORDER BY c.name LIMIT ?'
const POINTERS = 'SELECT name, revision FROM current WHERE resource = ? AND name > ? ORDER BY name LIMIT ?'
const COUNT = 'SELECT COUNT(*) AS count FROM current WHERE resource = ? AND name > ? AND revision > 0'
// log by its primary key.
const CHAIN_ROW = 'SELECT name, revision, selectable, type, previous FROM log WHERE revision = ?'
const TEXT = 'SELECT value FROM log WHERE revision = ?'
const GROWTH =
  `SELECT COUNT(*) FILTER (WHERE type = ${String(ADDED)}) ` +
  `- COUNT(*) FILTER (WHERE type = ${String(DELETED)}) AS growth FROM log ` +
  'WHERE revision > ? AND resource = ? AND name > ?'

/** `asOf` must be checked already: within the window, and not above the newest revision. */
export function listPage(sql: Sql, query: ListQuery): ListPage {
  const { resource, after = '', limit, asOf, matches, maxCharacters = Number.POSITIVE_INFINITY } = query
  const isWhole = matches === undefined
  if (asOf === undefined && isWhole) return plainPage(sql, query)
  const isCounted = isWhole && query.counts !== false
  const objects: StoredObject[] = []
  let characters = 0
  let hasOthers = false
  const found =
    asOf === undefined ? candidates(sql, resource, after) : candidatesAsOf(sql, resource, after, asOf)
  for (const { name, revision, selectable: json } of found) {
    const selectable = parseSelectable(json)
    // A full page is not the last while there is any object behind it; whether that would match is not looked at.
    const isFull = objects.length === limit
    if (!isFull && matches !== undefined && !matches(selectable, name, revision)) {
      hasOthers = true
      continue
    }
    const text = isFull ? '' : textOf(sql, revision)
    characters += text.length
    if (isFull || (objects.length > 0 && characters > maxCharacters)) {
      const remaining = isCounted ? countAfter(sql, resource, objects.at(-1)?.name ?? after, asOf) : undefined
      return { objects, hasMore: true, remaining }
    }
    hasOthers = false
    objects.push({ resource, name, revision, text, selectable })
  }
  return isWhole
    ? { objects, hasMore: false, remaining: isCounted ? 0 : undefined }
    : { objects, hasMore: false, hasOthers, remaining: undefined }
}

/** How many objects of the resource have names greater than `after`. */
export function countAfter(sql: Sql, resource: string, after: string, asOf?: number): number {
  const now = sql.all<{ count: number }>(COUNT, resource, after)[0]?.count ?? 0
  if (asOf === undefined) return now
  return now - (sql.all<{ growth: number }>(GROWTH, asOf, resource, after)[0]?.growth ?? 0)
}

/** The object behind a pointer as of `asOf`: follows the key's rows back to the one that stood then. */
export function objectAsOf(sql: Sql, resource: string, pointer: number, asOf: number): StoredObject | undefined {
  const row = rowAsOf(sql, pointer, asOf)
  return row === undefined ? undefined : storedObject(resource, { ...row, value: textOf(sql, row.revision) })
}

function plainPage(sql: Sql, query: ListQuery): ListPage {
  const { resource, after = '', limit, maxCharacters = Number.POSITIVE_INFINITY, counts = true } = query
  const objects: StoredObject[] = []
  let hasMore = false
  let characters = 0
  // One more than asked for tells whether there is more.
  for (const row of sql.each<ObjectRow>(LIST, resource, after, Math.min(limit + 1, Number.MAX_SAFE_INTEGER))) {
    characters += row.value.length
    hasMore = objects.length === limit || (objects.length > 0 && characters > maxCharacters)
    if (hasMore) break
    objects.push(storedObject(resource, row))
  }
  const last = objects.at(-1)?.name ?? after
  return { objects, hasMore, remaining: !counts ? undefined : hasMore ? countAfter(sql, resource, last) : 0 }
}

function* candidates(sql: Sql, resource: string, start: string): Generator<Candidate> {
  let after = start
  for (let count = FIRST_SCAN_ROWS; ; count = Math.min(2 * count, MAX_SCAN_ROWS)) {
    const rows = sql.all<Candidate>(CANDIDATES, resource, after, count)
    yield* rows
    if (rows.length < count) return
    after = rows.at(-1)?.name ?? after
  }
}

function* candidatesAsOf(sql: Sql, resource: string, start: string, asOf: number): Generator<Candidate> {
  let after = start
  for (let count = FIRST_SCAN_ROWS; ; count = Math.min(2 * count, MAX_SCAN_ROWS)) {
    const pointers = sql.all<{ name: string; revision: number }>(POINTERS, resource, after, count)
    for (const { revision } of pointers) {
      const row = rowAsOf(sql, revision, asOf)
      if (row !== undefined) yield row
    }
    if (pointers.length < count) return
    after = pointers.at(-1)?.name ?? after
  }
}

/** Within the window a missing row can only be a deletion that compaction has passed: then nothing stood there. */
function rowAsOf(sql: Sql, pointer: number, asOf: number): Candidate | undefined {
  for (let revision = Math.abs(pointer); revision > 0;) {
    const [row] = sql.all<ChainRow>(CHAIN_ROW, revision)
    if (row === undefined) return undefined
    if (row.revision <= asOf) return row.type === DELETED ? undefined : row
    revision = row.previous
  }
  return undefined
}

function textOf(sql: Sql, revision: number): string {
  const [row] = sql.all<{ value: string }>(TEXT, revision)
  if (row === undefined) throw new Error(`revision ${String(revision)} is not in the log`)
  return row.value
}
