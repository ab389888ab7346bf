/**
 * What followers of the log must remember across restarts: how far each was served, what is to be done again or later,
 * and the mark of a running slice. Synchronous; may be called inside or outside of a commit.
 */
import type { Sql } from './sql.ts'

export interface WorkRow {
  readonly controller: string
  readonly key: string
  readonly dueMs: number
  readonly attempts: number
  readonly isSetAside: boolean
}

type Row = { controller: string; key: string; due: number; attempts: number; is_set_aside: number }

// All by primary key; `work` is small: only what failed or waits for its time.
const CURSOR = 'SELECT revision FROM cursors WHERE target = ?'
const ADVANCE =
  'INSERT INTO cursors (target, revision) VALUES (?, ?) ' +
  'ON CONFLICT DO UPDATE SET revision = MAX(revision, excluded.revision)'
const WORK = 'SELECT controller, key, due, attempts, is_set_aside FROM work ORDER BY due'
const PUT_WORK = 'INSERT OR REPLACE INTO work (controller, key, due, attempts, is_set_aside) VALUES (?, ?, ?, ?, ?)'
const REMOVE_WORK = 'DELETE FROM work WHERE controller = ? AND key = ?'
const SETTING = 'SELECT value FROM settings WHERE name = ?'
const SET = 'INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)'
const UNSET = 'DELETE FROM settings WHERE name = ?'

const MARKER = 'running'

export class Cursors<Marker = unknown> {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** 0 for a target never heard of. */
  cursor(target: string): number {
    return this.#sql.all<{ revision: number }>(CURSOR, target)[0]?.revision ?? 0
  }

  /** Never moves backwards. */
  advance(target: string, revision: number): void {
    this.#sql.run(ADVANCE, target, revision)
  }

  work(): readonly WorkRow[] {
    return this.#sql.all<Row>(WORK).map(({ controller, key, due, attempts, is_set_aside }) => ({
      controller,
      key,
      dueMs: due,
      attempts,
      isSetAside: is_set_aside !== 0,
    }))
  }

  putWork({ controller, key, dueMs, attempts, isSetAside }: WorkRow): void {
    this.#sql.run(PUT_WORK, controller, key, dueMs, attempts, isSetAside ? 1 : 0)
  }

  removeWork(controller: string, key: string): void {
    this.#sql.run(REMOVE_WORK, controller, key)
  }

  marker(): Marker | undefined {
    const text = this.#sql.all<{ value: string }>(SETTING, MARKER)[0]?.value
    return text === undefined ? undefined : (JSON.parse(text) as Marker)
  }

  setMarker(marker: Marker): void {
    this.#sql.run(SET, MARKER, JSON.stringify(marker))
  }

  clearMarker(): void {
    this.#sql.run(UNSET, MARKER)
  }
}
