/**
 * Gives up what is older than the watch window, a bounded step at a time, and moves the one compacted revision:
 * superseded states become deltas against the next revision of their object, or go, as the history policy says; later
 * the history is trimmed by age and by size.
 *
 * Invariants: the newest row of each key at or below the compacted revision stays whole, so that every state from
 * there on can be read; a delta's base is there as long as the delta; a step is one transaction. Followers do not
 * hold it back: one that was not served for a whole window is answered `compacted` and looks at everything anew.
 */
import type { HistoryPolicy } from './history-policy.ts'
import { historyPolicy } from './history-policy.ts'
import { ADDED, DELETED } from '../log/log-rows.ts'
import type { LogStore } from '../log-store.ts'
import { Settings } from '../settings.ts'
import type { Sql } from '../sql.ts'
import { encodeDelta } from './text-delta.ts'

/**
 * Watches, continue tokens and as-of reads reach back this far, for every resource: upstream's etcd compacts as
 * often.
 */
export const WATCH_WINDOW_MS = 300_000

/** Rows looked at in one step: some milliseconds, so that requests are served in between. */
export const COMPACT_ROWS = 200

/** Characters of text compared in one step; reached before COMPACT_ROWS only by large objects. */
const COMPACT_CHARACTERS = 4 * 1024 * 1024

/** History of one store: a fortieth of the 10 GB that an object's database may hold. */
export const MAX_HISTORY_CHARACTERS = 256 * 1024 * 1024

/** What a row of history costs besides its text: keys, author, the row itself. */
const ROW_CHARACTERS = 128

export interface CompactorOptions {
  readonly windowMs?: number
  readonly policy?: HistoryPolicy
  readonly maxHistoryCharacters?: number
}

type Row = { revision: number; resource: string; name: string; type: number; time: number; previous: number }

// Ranges and points of log's primary key; current by its own.
const ROWS =
  'SELECT revision, resource, name, type, time, previous FROM log WHERE revision > ? AND revision <= ? ' +
  'ORDER BY revision LIMIT ?'
const OLDEST = 'SELECT time FROM log WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT 1'
const TEXT = 'SELECT value FROM log WHERE revision = ?'
const LENGTH = 'SELECT LENGTH(value) AS length FROM log WHERE revision = ?'
const REWRITE = "UPDATE log SET value = ?, base = ?, selectable = '', previous_selectable = NULL WHERE revision = ?"
const REMOVE_ROW = 'DELETE FROM log WHERE revision = ?'
const REMOVE_POINTER = 'DELETE FROM current WHERE resource = ? AND name = ? AND revision = ?'

export class Compactor {
  readonly #sql: Sql
  readonly #store: LogStore
  readonly #settings: Settings
  readonly #windowMs: number
  readonly #policy: HistoryPolicy
  readonly #maxHistoryCharacters: number

  constructor(sql: Sql, store: LogStore, options: CompactorOptions = {}) {
    this.#sql = sql
    this.#store = store
    this.#settings = new Settings(sql)
    this.#windowMs = options.windowMs ?? WATCH_WINDOW_MS
    this.#policy = options.policy ?? historyPolicy()
    this.#maxHistoryCharacters = options.maxHistoryCharacters ?? MAX_HISTORY_CHARACTERS
  }

  /** One step; never inside of a commit. Returns whether another one would find something to do. */
  step(): boolean {
    const nowMs = this.#store.clock.now()
    let compacted = this.#store.compactedRevision
    const isMore = this.#sql.transaction(() => {
      const rows = this.#dueRows(compacted, this.#store.revision, nowMs - this.#windowMs)
      const history = this.#settings.number('historyCharacters')
      const added = rows.length === 0 ? { through: compacted, characters: 0 } : this.#supersede(rows)
      compacted = added.through
      if (rows.length > 0) {
        this.#settings.setNumber('compacted', compacted)
        this.#settings.setNumber('newest', this.#store.revision)
      }
      const trimmed = rows.length === 0 ? this.#trim(compacted, nowMs, history) : undefined
      const characters = history + added.characters - (trimmed?.characters ?? 0)
      if (characters !== history) this.#settings.setNumber('historyCharacters', characters)
      return rows.length > 0 || trimmed !== undefined
    })
    this.#store.noteCompacted(compacted)
    return isMore
  }

  /** When `step` should be called next: in the past when it is due now, undefined when there is nothing to wait for. */
  nextDueMs(): number | undefined {
    const { compactedRevision: compacted, revision: newest } = this.#store
    const due = this.#timesAfter(compacted, newest).map((timeMs) => timeMs + this.#windowMs)
    if (this.#settings.number('historyCharacters') > 0) {
      for (const { name, keepMs } of this.#policy.kept) {
        const times = this.#timesAfter(this.#settings.number(trimmedMark(name)), compacted)
        due.push(...times.map((timeMs) => timeMs + keepMs))
      }
    }
    return due.length === 0 ? undefined : Math.min(...due)
  }

  /** When the oldest row in (after, through] was written: one time or none. */
  #timesAfter(after: number, through: number): readonly number[] {
    return this.#sql.all<{ time: number }>(OLDEST, after, through).map(({ time }) => time)
  }

  /** The oldest rows in (after, through], up to the first one written after `beforeMs`. */
  #dueRows(after: number, through: number, beforeMs: number): readonly Row[] {
    const rows = this.#sql.all<Row>(ROWS, after, through, COMPACT_ROWS)
    const tooNew = rows.findIndex(({ time }) => time > beforeMs)
    return tooNew < 0 ? rows : rows.slice(0, tooNew)
  }

  /**
   * Deals with what each row superseded, until enough was compared; says how far it came and what the history gained.
   */
  #supersede(rows: readonly Row[]): { readonly through: number; readonly characters: number } {
    let through = 0
    let compared = 0
    let characters = 0
    for (const row of rows) {
      if (compared > COMPACT_CHARACTERS) break
      through = row.revision
      if (this.#policy.classOf(row.resource).keepMs === 0) {
        this.#removeSuperseded(row)
        continue
      }
      const kept = this.#rewrite(row)
      compared += kept.compared
      characters += kept.characters
      // A deletion that is kept is history itself, whole until the name is taken again.
      if (row.type === DELETED) characters += this.#size(row.revision)
    }
    return { through, characters }
  }

  #removeSuperseded({ revision, resource, name, type, previous }: Row): void {
    if (previous > 0) this.#sql.run(REMOVE_ROW, previous)
    if (type !== DELETED) return
    this.#sql.run(REMOVE_ROW, revision)
    this.#sql.run(REMOVE_POINTER, resource, name, -revision)
  }

  /** The state before `row` as a delta against it. */
  #rewrite({ revision, type, previous }: Row): { readonly compared: number; readonly characters: number } {
    const before = previous === 0 ? undefined : this.#text(previous)
    const text = before === undefined ? undefined : this.#text(revision)
    if (before === undefined || text === undefined) return { compared: 0, characters: 0 }
    const delta = encodeDelta(text, before)
    const isShorter = delta.length < before.length
    const value = isShorter ? delta : before
    this.#sql.run(REWRITE, value, isShorter ? revision : 0, previous)
    // Before a creation stands a deletion, which was history already.
    const counted = type === ADDED ? before.length : -ROW_CHARACTERS
    return { compared: before.length + text.length, characters: value.length - counted }
  }

  /** One step through one class's history; undefined when none is due. */
  #trim(compacted: number, nowMs: number, history: number): { readonly characters: number } | undefined {
    const marks = this.#policy.kept.map(({ name, keepMs }) => ({
      name,
      keepMs,
      mark: this.#settings.number(trimmedMark(name)),
    }))
    const isOversize = history > this.#maxHistoryCharacters
    // Over its size the oldest history goes first, whatever its class may keep.
    if (isOversize) marks.sort((left, right) => left.mark - right.mark)
    for (const { name, keepMs, mark } of marks) {
      const rows = this.#dueRows(mark, compacted, isOversize ? Number.MAX_SAFE_INTEGER : nowMs - keepMs)
      const last = rows.at(-1)
      if (last === undefined) continue
      this.#settings.setNumber(trimmedMark(name), last.revision)
      let characters = 0
      for (const row of rows) if (this.#policy.classOf(row.resource).name === name) characters += this.#forget(row)
      return { characters }
    }
    return undefined
  }

  /** Gives up what `row` superseded. What that had superseded went before it, so no chain is cut in its middle. */
  #forget(row: Row): number {
    const characters = this.#size(row.previous) + (row.type === DELETED ? this.#size(row.revision) : 0)
    this.#removeSuperseded(row)
    return characters
  }

  /** What a row of history counts for; 0 when it is not there. */
  #size(revision: number): number {
    const [row] = this.#sql.all<{ length: number }>(LENGTH, revision)
    return row === undefined ? 0 : row.length + ROW_CHARACTERS
  }

  #text(revision: number): string | undefined {
    return this.#sql.all<{ value: string }>(TEXT, revision)[0]?.value
  }
}

function trimmedMark(name: string): string {
  return `trimmed:${name}`
}
