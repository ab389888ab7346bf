/**
 * The revisioned log on SQLite: one row per change, its id the revision, and one pointer per key. The contract is in
 * object-store.ts; test/store runs it against this and against a model.
 *
 * Invariants: `current` points at the newest row of each key (negative after a deletion); `log.previous` chains a key's
 * rows; a commit's rows and pointers are written in one transaction. Synchronous; texts are never parsed.
 */
import type { Clock } from '../lib/clock.ts'
import { StoreError } from './store-error.ts'
import type {
  Author,
  Change,
  ChangeType,
  Draft,
  ListPage,
  ListQuery,
  ObjectKey,
  RevisionRange,
  Selectable,
  StoreReader,
  StoreWriter,
  StoredObject,
} from './object-store.ts'
import type { Sql } from './sql.ts'

/** A finished text is at most this long: SQLite rows at the edge end at 2 MB, and etcd's own limit is 1.5 MiB. */
export const MAX_OBJECT_BYTES = 1_536 * 1024

const TYPES: readonly ChangeType[] = ['ADDED', 'MODIFIED', 'DELETED']

type ObjectRow = { name: string; revision: number; value: string; selectable: string }
type LogRow = ObjectRow & { resource: string; type: number; time: number; previous: number; previous_selectable: string | null }

// Point reads go by the primary keys of current and log.
const GET =
  'SELECT l.name, l.revision, l.value, l.selectable FROM current c JOIN log l ON l.revision = c.revision ' +
  'WHERE c.resource = ? AND c.name = ?'
const POINTER = 'SELECT revision FROM current WHERE resource = ? AND name = ?'
// A range of current's primary key; log by its own.
const LIST =
  'SELECT l.name, l.revision, l.value, l.selectable FROM current c JOIN log l ON l.revision = c.revision ' +
  'WHERE c.resource = ? AND c.name > ? ORDER BY c.name LIMIT ?'
const POINTERS = 'SELECT name, revision FROM current WHERE resource = ? AND name > ? ORDER BY name LIMIT ?'
const COUNT_AFTER = 'SELECT COUNT(*) AS count FROM current WHERE resource = ? AND name > ? AND revision > 0'
const HAS_ANY = 'SELECT 1 AS found FROM current WHERE resource = ? AND revision > 0 LIMIT 1'
const RESOURCES = 'SELECT DISTINCT resource FROM current WHERE revision > 0 ORDER BY resource'
const ROW = 'SELECT * FROM log WHERE revision = ?'
const CHANGES = 'SELECT * FROM log WHERE revision > ? ORDER BY revision LIMIT ?'
const NEWEST = 'SELECT MAX(revision) AS revision FROM log'
const APPEND =
  'INSERT INTO log (revision, resource, name, type, time, previous, selectable, previous_selectable, author, value) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
const POINT = 'INSERT INTO current (resource, name, revision) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision'
const SETTING = 'SELECT value FROM settings WHERE name = ?'
const SET = 'INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)'
const SUPERSEDED =
  'SELECT revision, resource, name, type FROM log WHERE revision > ? AND revision <= ? AND time < ? ORDER BY revision LIMIT ?'
const REMOVE_ROW = 'DELETE FROM log WHERE revision = ?'
const REMOVE_POINTER = 'DELETE FROM current WHERE resource = ? AND name = ? AND revision = ?'

/** Rows read at a time while a list skips what a selector does not match. */
const SCAN_ROWS = 500

const COMPACTED = 'compacted'
const NEWEST_EVER = 'newest'

interface Transaction {
  next: number
  readonly last: number
  readonly changes: Change[]
}

export interface Committed<R> {
  readonly result: R
  /** How many revisions of the range were used, from its beginning. */
  readonly used: number
  readonly changes: readonly Change[]
}

export class LogStore implements StoreReader, StoreWriter {
  readonly #sql: Sql
  readonly #clock: Clock
  #revision: number
  #compacted: number
  #scanned: number
  #transaction: Transaction | undefined

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql
    this.#clock = clock
    const [newest] = sql.all<{ revision: number | null }>(NEWEST)
    this.#compacted = Number(this.#setting(COMPACTED) ?? '0')
    this.#scanned = this.#compacted
    this.#revision = Math.max(newest?.revision ?? 0, Number(this.#setting(NEWEST_EVER) ?? '0'))
  }

  get revision(): number {
    return this.#revision
  }

  get compactedRevision(): number {
    return this.#compacted
  }

  get({ resource, name }: ObjectKey): StoredObject | undefined {
    const [row] = this.#sql.all<ObjectRow>(GET, resource, name)
    return row === undefined ? undefined : storedObject(resource, row)
  }

  getAsOf(key: ObjectKey, revision: number): StoredObject | undefined {
    this.#checkAsOf(revision)
    const [pointer] = this.#sql.all<{ revision: number }>(POINTER, key.resource, key.name)
    return pointer === undefined ? undefined : this.#asOf(key.resource, pointer.revision, revision)
  }

  list(query: ListQuery): ListPage {
    if (query.asOf !== undefined) this.#checkAsOf(query.asOf)
    const { resource, limit, matches } = query
    const objects: StoredObject[] = []
    let after = query.after ?? ''
    for (;;) {
      const wanted = matches === undefined ? limit - objects.length + 1 : SCAN_ROWS
      const rows = this.#page(resource, after, Math.min(wanted, Number.MAX_SAFE_INTEGER), query.asOf)
      for (const { name, object } of rows.found) {
        if (object === undefined || (matches !== undefined && !matches(object.selectable, name))) continue
        if (objects.length === limit) return this.#fullPage(query, objects)
        objects.push(object)
      }
      if (rows.isLast) return { objects, hasMore: false, remaining: 0 }
      after = rows.found.at(-1)?.name ?? after
    }
  }

  hasAny(resource: string): boolean {
    return this.#sql.all(HAS_ANY, resource).length > 0
  }

  count(resource: string): number {
    return this.#countAfter(resource, '')
  }

  resources(): readonly string[] {
    return this.#sql.all<{ resource: string }>(RESOURCES).map(({ resource }) => resource)
  }

  changes({ after, limit, resources }: { after: number; limit: number; resources?: readonly string[] }): readonly Change[] {
    if (after < this.#compacted) {
      throw new StoreError('compacted', `${String(after)} (${String(this.#compacted)})`, { revision: this.#compacted })
    }
    const wanted = resources === undefined ? undefined : new Set(resources)
    const found: Change[] = []
    let from = after
    for (;;) {
      const rows = this.#sql.all<LogRow>(CHANGES, from, limit)
      for (const row of rows) {
        if (wanted === undefined || wanted.has(row.resource)) found.push(changeOf(row))
        if (found.length === limit) return found
      }
      if (rows.length < limit) return found
      from = rows.at(-1)?.revision ?? from
    }
  }

  /** Runs `work` in one transaction that may use `range`; when it throws, nothing of it is kept. */
  commit<R>(range: RevisionRange, work: (writer: StoreWriter) => R): Committed<R> {
    const before = this.#revision
    if (range.to >= range.from && range.from <= before) {
      throw new Error(`a range from ${String(range.from)} was granted to a store at revision ${String(before)}`)
    }
    const transaction: Transaction = { next: range.from, last: range.to, changes: [] }
    this.#transaction = transaction
    try {
      const result = this.#sql.transaction(() => work(this))
      return { result, used: transaction.changes.length, changes: transaction.changes }
    } catch (error) {
      this.#revision = before
      throw error
    } finally {
      this.#transaction = undefined
    }
  }

  create(key: ObjectKey, draft: Draft, author: Author): number {
    const [pointer] = this.#sql.all<{ revision: number }>(POINTER, key.resource, key.name)
    const revision = pointer?.revision ?? 0
    if (revision > 0) throw new StoreError('exists', `${key.resource} "${key.name}" already exists`, { key, revision })
    return this.#append(key, 'ADDED', draft, -revision, undefined, author)
  }

  update(key: ObjectKey, draft: Draft, expected: number, author: Author): number {
    const current = this.#expect(key, expected)
    return this.#append(key, 'MODIFIED', draft, current.revision, current.selectable, author)
  }

  delete(key: ObjectKey, draft: Draft, expected: number, author: Author): number {
    const current = this.#expect(key, expected)
    return this.#append(key, 'DELETED', draft, current.revision, current.selectable, author)
  }

  /**
   * Gives up rows that were superseded (or deleted) before `beforeMs`, at most `limit` of them, and moves the compacted
   * revision behind them. Returns whether more is to do. Runs in its own transaction.
   */
  compact(beforeMs: number, limit: number): boolean {
    const rows = this.#sql.all<{ revision: number; resource: string; name: string; type: number }>(
      SUPERSEDED, this.#scanned, this.#revision, beforeMs, limit,
    )
    if (rows.length === 0) return false
    const upTo = rows.at(-1)?.revision ?? this.#compacted
    this.#sql.transaction(() => {
      this.#sql.run(SET, COMPACTED, String(upTo))
      this.#sql.run(SET, NEWEST_EVER, String(this.#revision))
      this.#removeSuperseded(rows)
    })
    this.#compacted = upTo
    this.#scanned = upTo
    return rows.length === limit
  }

  /** Removes everything and remembers that nothing up to now can be read any more: for a namespace made anew. */
  wipe(): void {
    this.#sql.transaction(() => {
      for (const table of ['log', 'current', 'cursors', 'work']) this.#sql.run(`DELETE FROM ${table}`)
      this.#sql.run(SET, COMPACTED, String(this.#revision))
      this.#sql.run(SET, NEWEST_EVER, String(this.#revision))
    })
    this.#compacted = this.#revision
    this.#scanned = this.#revision
  }

  /** A row goes when a newer one of its key is at or below the compacted revision… which the rows themselves tell. */
  #removeSuperseded(rows: readonly { revision: number; resource: string; name: string; type: number }[]): void {
    for (const { revision, resource, name, type } of rows) {
      const [row] = this.#sql.all<{ previous: number }>('SELECT previous FROM log WHERE revision = ?', revision)
      if (row !== undefined && row.previous > 0) this.#sql.run(REMOVE_ROW, row.previous)
      if (type !== 2) continue
      this.#sql.run(REMOVE_POINTER, resource, name, -revision)
      this.#sql.run(REMOVE_ROW, revision)
    }
  }

  #append(
    key: ObjectKey,
    type: ChangeType,
    draft: Draft,
    previous: number,
    previousSelectable: Selectable | undefined,
    author: Author,
  ): number {
    const transaction = this.#transaction
    if (transaction === undefined) throw new Error('a write outside of a commit')
    const revision = transaction.next
    if (revision > transaction.last) throw new StoreError('rangeExhausted', 'the turn used more revisions than it asked for')
    const text = draft.text(revision)
    // UTF-16 units are at most as many as bytes; three bytes each at the worst.
    if (text.length > MAX_OBJECT_BYTES || (text.length * 3 > MAX_OBJECT_BYTES && byteLength(text) > MAX_OBJECT_BYTES)) {
      throw new StoreError('tooLarge', `limit is ${String(MAX_OBJECT_BYTES)}`, { key })
    }
    const timeMs = this.#clock.now()
    this.#sql.run(
      APPEND, revision, key.resource, key.name, TYPES.indexOf(type), timeMs, previous, JSON.stringify(draft.selectable),
      previousSelectable === undefined ? null : JSON.stringify(previousSelectable),
      JSON.stringify([author.user, author.manager, author.verb]), text,
    )
    this.#sql.run(POINT, key.resource, key.name, type === 'DELETED' ? -revision : revision)
    transaction.next += 1
    transaction.changes.push({ ...key, revision, type, timeMs, text, selectable: draft.selectable, previousSelectable })
    this.#revision = revision
    return revision
  }

  #expect(key: ObjectKey, expected: number): StoredObject {
    const current = this.get(key)
    if (current === undefined) throw new StoreError('notFound', `${key.resource} "${key.name}" not found`, { key })
    if (current.revision !== expected) {
      const revision = current.revision
      throw new StoreError('conflict', `${key.resource} "${key.name}" is at revision ${String(revision)}`, { key, revision })
    }
    return current
  }

  #fullPage(query: ListQuery, objects: readonly StoredObject[]): ListPage {
    const last = objects.at(-1)?.name ?? ''
    if (query.matches !== undefined) return { objects, hasMore: true, remaining: undefined }
    return { objects, hasMore: true, remaining: this.#countAfter(query.resource, last) }
  }

  /** Keys after `after` with what they were; `object` is undefined for keys that were not there as of then. */
  #page(resource: string, after: string, limit: number, asOf: number | undefined): {
    readonly found: readonly { readonly name: string; readonly object: StoredObject | undefined }[]
    readonly isLast: boolean
  } {
    if (asOf === undefined || asOf >= this.#revision) {
      const rows = this.#sql.all<ObjectRow>(LIST, resource, after, limit)
      return {
        found: rows.map((row) => ({ name: row.name, object: storedObject(resource, row) })),
        isLast: rows.length < limit,
      }
    }
    const pointers = this.#sql.all<{ name: string; revision: number }>(POINTERS, resource, after, Math.min(limit, SCAN_ROWS))
    return {
      found: pointers.map(({ name, revision }) => ({ name, object: this.#asOf(resource, revision, asOf) })),
      isLast: pointers.length < Math.min(limit, SCAN_ROWS),
    }
  }

  /** Follows a key's chain back to its row as of `asOf`. */
  #asOf(resource: string, pointer: number, asOf: number): StoredObject | undefined {
    let revision = Math.abs(pointer)
    while (revision > 0) {
      const [row] = this.#sql.all<LogRow>(ROW, revision)
      if (row === undefined) return undefined
      if (row.revision <= asOf) return TYPES[row.type] === 'DELETED' ? undefined : storedObject(resource, row)
      revision = row.previous
    }
    return undefined
  }

  #checkAsOf(revision: number): void {
    if (revision < this.#compacted) {
      throw new StoreError('compacted', `${String(revision)} (${String(this.#compacted)})`, { revision: this.#compacted })
    }
  }

  #countAfter(resource: string, after: string): number {
    return this.#sql.all<{ count: number }>(COUNT_AFTER, resource, after)[0]?.count ?? 0
  }

  #setting(name: string): string | undefined {
    return this.#sql.all<{ value: string }>(SETTING, name)[0]?.value
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

function storedObject(resource: string, { name, revision, value, selectable }: ObjectRow): StoredObject {
  return { resource, name, revision, text: value, selectable: new LazySelectable(selectable) }
}

function changeOf(row: LogRow): Change {
  const previous = row.previous_selectable
  return {
    ...storedObject(row.resource, row),
    type: TYPES[row.type] ?? 'MODIFIED',
    timeMs: row.time,
    previousSelectable: previous === null ? undefined : new LazySelectable(previous),
  }
}

/** Parsed when somebody looks: most rows are read by nobody with a selector. */
class LazySelectable implements Selectable {
  readonly #text: string
  #parsed: Selectable | undefined

  constructor(text: string) {
    this.#text = text
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#value.labels
  }

  get fields(): Readonly<Record<string, string>> {
    return this.#value.fields
  }

  toJSON(): Selectable {
    return this.#value
  }

  get #value(): Selectable {
    this.#parsed ??= JSON.parse(this.#text) as Selectable
    return this.#parsed
  }
}
