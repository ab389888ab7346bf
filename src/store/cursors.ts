/**
 * What followers of the log must remember across restarts: how far each was served, what is to be done again or later,
 * and the mark of a running slice. What is in `work` may be of any target; a cursor says nothing about it.
 *
 * Synchronous. Called inside of a commit, what is written here is kept or lost with that commit; outside, each call is
 * a transaction of its own. It must not know: what a key means, who runs it.
 */
import { Settings } from './settings.ts'
import type { Sql } from './sql.ts'

export interface WorkRow {
  readonly controller: string
  readonly key: string
  readonly dueMs: number
  readonly attempts: number
  readonly isSetAside: boolean
}

type Row = { controller: string; key: string; due: number; attempts: number; is_set_aside: number }

// All by primary key, or all of `work`, which is small: only what failed or waits for its time. An index on `due` would
// bill a second row for each put.
const CURSOR = 'SELECT revision FROM cursors WHERE target = ?'
const ADVANCE =
  'INSERT INTO cursors (target, revision) VALUES (?, ?) ' +
  'ON CONFLICT DO UPDATE SET revision = MAX(revision, excluded.revision)'
const WORK = 'SELECT controller, key, due, attempts, is_set_aside FROM work ORDER BY due, controller, key'
const DUE_WORK =
  'SELECT controller, key, due, attempts, is_set_aside FROM work WHERE due <= ? ORDER BY due, controller, key LIMIT ?'
const NEXT_DUE = 'SELECT MIN(due) AS due FROM work'
const PUT_WORK = 'INSERT OR REPLACE INTO work (controller, key, due, attempts, is_set_aside) VALUES (?, ?, ?, ?, ?)'
const REMOVE_WORK = 'DELETE FROM work WHERE controller = ? AND key = ?'

const MARKER = 'running'

export class Cursors<Marker = unknown> {
  readonly #sql: Sql
  readonly #settings: Settings

  constructor(sql: Sql) {
    this.#sql = sql
    this.#settings = new Settings(sql)
  }

  /** 0 for a target never heard of. */
  cursor(target: string): number {
    return this.#sql.all<{ revision: number }>(CURSOR, target)[0]?.revision ?? 0
  }

  /** Never moves backwards. */
  advance(target: string, revision: number): void {
    this.#sql.run(ADVANCE, target, revision)
  }

  /** Everything, by due time. */
  work(): readonly WorkRow[] {
    return this.#sql.all<Row>(WORK).map(workRow)
  }

  /** What is due by now, the longest overdue first. */
  dueWork(nowMs: number, limit: number): readonly WorkRow[] {
    return this.#sql.all<Row>(DUE_WORK, nowMs, limit).map(workRow)
  }

  /** When the earliest work is due; undefined when there is none. */
  nextDueMs(): number | undefined {
    return this.#sql.all<{ due: number | null }>(NEXT_DUE)[0]?.due ?? undefined
  }

  /** Inserts, or replaces the row of the same controller and key. */
  putWork({ controller, key, dueMs, attempts, isSetAside }: WorkRow): void {
    this.#sql.run(PUT_WORK, controller, key, dueMs, attempts, isSetAside ? 1 : 0)
  }

  removeWork(controller: string, key: string): void {
    this.#sql.run(REMOVE_WORK, controller, key)
  }

  /** Found at start: the slice that wrote it did not end cleanly. */
  marker(): Marker | undefined {
    const text = this.#settings.get(MARKER)
    return text === undefined ? undefined : (JSON.parse(text) as Marker)
  }

  setMarker(marker: Marker): void {
    this.#settings.set(MARKER, JSON.stringify(marker))
  }

  clearMarker(): void {
    this.#settings.remove(MARKER)
  }
}

function workRow({ controller, key, due, attempts, is_set_aside }: Row): WorkRow {
  return { controller, key, dueMs: due, attempts, isSetAside: is_set_aside !== 0 }
}
