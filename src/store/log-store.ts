/**
 * The revisioned log on SQLite: one row per change, its id the revision, and one pointer per key. The contract is in
 * object-store.ts; test/store runs it against this and against a model.
 *
 * Invariants: `current` points at the newest row of each key (negative after a deletion); `log.previous` chains a key's
 * rows, also across deletion; a commit's rows and pointers are written in one transaction; from the compacted revision
 * on every state can be read. Synchronous; texts are never parsed. It must not know: kinds, who may write.
 */
import type { Clock } from '../lib/clock.ts'
import type { ObjectVersion } from './history/history.ts'
import { objectVersions } from './history/history.ts'
import { countAfter, listPage, objectAsOf } from './log/log-list.ts'
import type { ChangeRow, ObjectRow } from './log/log-rows.ts'
import {
  CHANGE_COLUMNS,
  TYPES,
  changeOf,
  formatAuthor,
  formatSelectable,
  parseSelectable,
  storedObject,
} from './log/log-rows.ts'
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
import { dependentsOf, keepOwners } from './log/owner-index.ts'
import { RowCache } from './log/row-cache.ts'
import { Settings } from './settings.ts'
import type { Sql } from './sql.ts'
import { StoreError } from './store-error.ts'

/** A finished text is at most this long: SQLite rows at the edge end at 2 MB, and etcd's own limit is 1.5 MiB. */
export const MAX_OBJECT_BYTES = 1_536 * 1024

// Point reads go by the primary keys of current and log.
const GET =
  'SELECT c.revision AS pointer, l.name, l.revision, l.selectable, l.value ' +
  'FROM current c LEFT JOIN log l ON l.revision = c.revision WHERE c.resource = ? AND c.name = ?'
const GET_SELECTABLE =
  'SELECT c.revision AS pointer, l.selectable FROM current c LEFT JOIN log l ON l.revision = c.revision ' +
  'WHERE c.resource = ? AND c.name = ?'
const POINTER = 'SELECT revision FROM current WHERE resource = ? AND name = ?'
// Ranges of current's primary key.
const HAS_ANY = 'SELECT 1 AS found FROM current WHERE resource = ? AND revision > 0 LIMIT 1'
const NEXT_RESOURCE = 'SELECT resource FROM current WHERE resource > ? ORDER BY resource LIMIT 1'
// Ranges of log's primary key, in its order.
const VALUE_AT = 'SELECT value FROM log WHERE revision = ?'
const CHANGES = `SELECT ${CHANGE_COLUMNS} FROM log WHERE revision > ? ORDER BY revision LIMIT ?`
const CHANGES_OF_SOME =
  `SELECT ${CHANGE_COLUMNS} FROM log WHERE revision > ? AND resource IN (SELECT value FROM json_each(?)) ` +
  'ORDER BY revision LIMIT ?'
const SLICE_OF_ONE =
  `SELECT ${CHANGE_COLUMNS} FROM log WHERE revision > ? AND revision <= ? AND resource = ? ` + 'ORDER BY revision'
const SLICE_END =
  'SELECT MAX(revision) AS revision, COUNT(*) AS count FROM ' +
  '(SELECT revision FROM log WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?)'
const NEWEST = 'SELECT MAX(revision) AS revision FROM log'
// One billed row each.
const APPEND =
  'INSERT INTO log (revision, resource, name, type, time, previous, selectable, previous_selectable, author, value) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
const POINT = 'UPDATE current SET revision = ? WHERE resource = ? AND name = ?'
// Finds out at once whether there was ever anything of that key: a new one is not looked for first.
const POINT_FIRST = 'INSERT INTO current (resource, name, revision) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'

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

/** A part of the log that costs no more than its limits, whatever else was written meanwhile. */
export interface SliceQuery {
  readonly resource: string
  readonly after: number
  /** Nothing above this revision. */
  readonly through: number
  /** Rows looked at, of whatever resource. */
  readonly maxRows: number
  /** Characters of text, but at least one change. */
  readonly maxCharacters: number
}

export interface Slice {
  readonly changes: readonly Change[]
  /** Every change of the resource with `after < revision <= through` is among them. */
  readonly through: number
}

/** What the columns of a deleted key's row are, which its pointer does not lead to. */
type NoRow = { revision: null; selectable: null }

/** What a row follows: 0 where there was never one of its key; without `selectable` after a deletion, too. */
interface Predecessor {
  readonly revision: number
  readonly selectable?: Selectable
  /** Where it is at hand. */
  readonly text?: string
}

/** A row that nothing speaks against any more, before it is written. */
interface NewRow {
  readonly transaction: Transaction
  readonly revision: number
  readonly text: string
}

export class LogStore implements StoreReader, StoreWriter {
  readonly clock: Clock
  readonly #sql: Sql
  readonly #settings: Settings
  #revision: number
  #compacted: number
  #transaction: Transaction | undefined
  readonly #rows = new RowCache()

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql
    this.clock = clock
    this.#settings = new Settings(sql)
    const [newest] = sql.all<{ revision: number | null }>(NEWEST)
    this.#compacted = this.#settings.number('compacted')
    // The newest row may be a deletion that compaction has passed.
    this.#revision = Math.max(newest?.revision ?? 0, this.#settings.number('newest'))
  }

  get revision(): number {
    return this.#revision
  }

  get compactedRevision(): number {
    return this.#compacted
  }

  get({ resource, name }: ObjectKey): StoredObject | undefined {
    const kept = this.#rows.get(resource, name)
    if (kept !== undefined) return kept
    const [row] = this.#sql.all<{ pointer: number } & (ObjectRow | NoRow)>(GET, resource, name)
    if (row === undefined || row.revision === null) return undefined
    const object = storedObject(resource, row)
    this.#rows.keepRead(object)
    return object
  }

  getAsOf(key: ObjectKey, revision: number): StoredObject | undefined {
    this.#assertReadable(revision)
    const pointer = this.#pointer(key)
    return pointer === undefined ? undefined : objectAsOf(this.#sql, key.resource, pointer, revision)
  }

  list(query: ListQuery): ListPage {
    if (query.asOf !== undefined) this.#assertReadable(query.asOf)
    return listPage(this.#sql, query)
  }

  hasAny(resource: string): boolean {
    return this.#sql.all(HAS_ANY, resource).length > 0
  }

  count(resource: string): number {
    return countAfter(this.#sql, resource, '')
  }

  resources(): readonly string[] {
    const found: string[] = []
    for (let after = ''; ;) {
      const [next] = this.#sql.all<{ resource: string }>(NEXT_RESOURCE, after)
      if (next === undefined) return found
      after = next.resource
      if (this.hasAny(after)) found.push(after)
    }
  }

  changes({
    after,
    limit,
    resources,
  }: {
    after: number
    limit: number
    resources?: readonly string[]
  }): readonly Change[] {
    this.#assertNotCompacted(after)
    const rows =
      resources === undefined
        ? this.#sql.all<ChangeRow>(CHANGES, after, limit)
        : this.#sql.all<ChangeRow>(CHANGES_OF_SOME, after, JSON.stringify(resources), limit)
    return rows.map(changeOf)
  }

  dependents(uids: readonly string[]): readonly ObjectKey[] {
    return dependentsOf(this.#sql, uids)
  }

  /** What the object was, newest first, as far back as its history is kept; each step reads one row. */
  versions(key: ObjectKey): Iterable<ObjectVersion> {
    return objectVersions(this.#sql, key)
  }

  /**
   * Changes of one resource, as far as the limits reach; for followers that take turns. Throws StoreError
   * `compacted`.
   */
  slice({ resource, after, through, maxRows, maxCharacters }: SliceQuery): Slice {
    this.#assertNotCompacted(after)
    const [end] = this.#sql.all<{ revision: number | null; count: number }>(SLICE_END, after, through, maxRows)
    const reached = end === undefined || end.revision === null || end.count < maxRows ? through : end.revision
    const changes: Change[] = []
    let characters = 0
    for (const row of this.#sql.each<ChangeRow>(SLICE_OF_ONE, after, reached, resource)) {
      characters += row.value.length
      if (changes.length > 0 && characters > maxCharacters) {
        return { changes, through: changes.at(-1)?.revision ?? after }
      }
      changes.push(changeOf(row))
    }
    return { changes, through: Math.max(after, reached) }
  }

  /**
   * Runs `work` in one transaction that may use `range`; when it throws, nothing of it is kept and the error goes on.
   */
  commit<R>(range: RevisionRange, work: (writer: StoreWriter) => R): Committed<R> {
    const before = this.#revision
    if (this.#transaction !== undefined) throw new Error('a commit inside of a commit')
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
      this.#rows.clear()
      throw error
    } finally {
      this.#transaction = undefined
    }
  }

  create(key: ObjectKey, draft: Draft, author: Author): number {
    const { resource, name } = key
    const kept = this.#rows.get(resource, name)
    if (kept !== undefined) throw alreadyThere(key, kept.revision)
    const row = this.#prepare(key, draft)
    if (this.#sql.run(POINT_FIRST, resource, name, row.revision) > 0) {
      return this.#append(key, 'ADDED', draft, row, { revision: 0 }, author)
    }
    const pointer = this.#pointer(key) ?? 0
    if (pointer > 0) throw alreadyThere(key, pointer)
    this.#sql.run(POINT, row.revision, resource, name)
    return this.#append(key, 'ADDED', draft, row, { revision: -pointer }, author)
  }

  update(key: ObjectKey, draft: Draft, expected: number, author: Author): number {
    const previous = this.#expect(key, expected)
    const row = this.#prepare(key, draft)
    this.#sql.run(POINT, row.revision, key.resource, key.name)
    return this.#append(key, 'MODIFIED', draft, row, previous, author)
  }

  delete(key: ObjectKey, draft: Draft, expected: number, author: Author): number {
    const previous = this.#expect(key, expected)
    const row = this.#prepare(key, draft)
    this.#sql.run(POINT, -row.revision, key.resource, key.name)
    return this.#append(key, 'DELETED', draft, row, previous, author)
  }

  /** Removes everything and remembers that nothing up to now can be read any more: for a namespace made anew. */
  wipe(): void {
    if (this.#transaction !== undefined) throw new Error('a wipe inside of a commit')
    this.#sql.transaction(() => {
      for (const table of ['log', 'current', 'owners', 'cursors', 'work']) this.#sql.run(`DELETE FROM ${table}`)
      this.#settings.setNumber('compacted', this.#revision)
      this.#settings.setNumber('newest', this.#revision)
      this.#settings.setNumber('historyCharacters', 0)
    })
    this.#compacted = this.#revision
    this.#rows.clear()
  }

  /** The compactor's transaction is over: from now on nothing below `revision` can be read. */
  noteCompacted(revision: number): void {
    this.#compacted = Math.max(this.#compacted, revision)
  }

  /** The next revision and the text with it; throws as long as nothing has been written. */
  #prepare(key: ObjectKey, draft: Draft): NewRow {
    const transaction = this.#transaction
    if (transaction === undefined) throw new Error('a write outside of a commit')
    const revision = transaction.next
    if (revision > transaction.last) {
      throw new StoreError('rangeExhausted', 'more revisions were used than had been asked for', { key, revision })
    }
    const text = draft.text(revision)
    assertSize(key, text)
    return { transaction, revision, text }
  }

  #append(
    { resource, name }: ObjectKey,
    type: ChangeType,
    { selectable }: Draft,
    { transaction, revision, text }: NewRow,
    { revision: previous, selectable: previousSelectable, text: previousText }: Predecessor,
    author: Author,
  ): number {
    const timeMs = this.clock.now()
    const selected = formatSelectable(selectable)
    const selectedBefore = previousSelectable === undefined ? null : formatSelectable(previousSelectable)
    this.#sql.run(
      APPEND,
      revision,
      resource,
      name,
      TYPES.indexOf(type),
      timeMs,
      previous,
      selected,
      selectedBefore,
      formatAuthor(author),
      text,
    )
    const isGone = type === 'DELETED'
    keepOwners(this.#sql, { resource, name }, previousSelectable, isGone ? undefined : selectable)
    if (isGone) this.#rows.drop(resource, name)
    else this.#rows.keep({ resource, name, revision, text, selectable })
    transaction.next = revision + 1
    const isMoved = type === 'MODIFIED' && selected !== selectedBefore
    const before = isMoved ? { previousText: previousText ?? this.#textAt(previous) } : undefined
    transaction.changes.push({
      resource, name, revision, text, selectable, type, timeMs, previousSelectable, ...before,
    })
    this.#revision = revision
    return revision
  }

  /** The newest row of an object that is there, if it is the one that the writer saw. */
  #expect(key: ObjectKey, expected: number): Predecessor {
    const { resource, name } = key
    const newest = this.#rows.get(resource, name) ?? this.#readNewest(key)
    if (newest === undefined) throw new StoreError('notFound', `${resource} "${name}" not found`, { key })
    const { revision, selectable, text } = newest
    if (revision !== expected) {
      throw new StoreError('conflict', `${resource} "${name}" is at revision ${String(revision)}`, { key, revision })
    }
    return { revision, selectable, ...(text === undefined ? {} : { text }) }
  }

  #textAt(revision: number): string | undefined {
    return this.#sql.all<{ value: string }>(VALUE_AT, revision)[0]?.value
  }

  #readNewest({ resource, name }: ObjectKey): (Predecessor & Required<Pick<Predecessor, 'selectable'>>) | undefined {
    const [row] = this.#sql.all<{ pointer: number; selectable: string | null }>(GET_SELECTABLE, resource, name)
    if (row === undefined || row.selectable === null || row.pointer < 0) return undefined
    return { revision: row.pointer, selectable: parseSelectable(row.selectable) }
  }

  #pointer({ resource, name }: ObjectKey): number | undefined {
    return this.#sql.all<{ revision: number }>(POINTER, resource, name)[0]?.revision
  }

  #assertReadable(revision: number): void {
    this.#assertNotCompacted(revision)
    if (revision > this.#revision) {
      const message = `revision ${String(revision)} is ahead of ${String(this.#revision)}`
      throw new StoreError('future', message, { revision: this.#revision })
    }
  }

  #assertNotCompacted(revision: number): void {
    if (revision >= this.#compacted) return
    // The words of upstream's "too old resource version: …" follow: the revision asked for, then the oldest that is
    // kept.
    throw new StoreError('compacted', `${String(revision)} (${String(this.#compacted)})`, { revision: this.#compacted })
  }
}

function alreadyThere(key: ObjectKey, revision: number): StoreError {
  return new StoreError('exists', `${key.resource} "${key.name}" already exists`, { key, revision })
}

function assertSize(key: ObjectKey, text: string): void {
  // A UTF-16 unit is one to three bytes of UTF-8, so most texts need not be measured.
  if (text.length * 3 <= MAX_OBJECT_BYTES) return
  if (text.length <= MAX_OBJECT_BYTES && new TextEncoder().encode(text).length <= MAX_OBJECT_BYTES) return
  throw new StoreError('tooLarge', `limit is ${String(MAX_OBJECT_BYTES)}`, { key })
}
