/**
 * Single values of a store that outlive the object: marks of compaction, the marker of a running slice. One row each.
 */
import type { Sql } from './sql.ts'

// By primary key.
const SELECT = 'SELECT value FROM settings WHERE name = ?'
const PUT = 'INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)'
const REMOVE = 'DELETE FROM settings WHERE name = ?'

export class Settings {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  get(name: string): string | undefined {
    return this.#sql.all<{ value: string }>(SELECT, name)[0]?.value
  }

  set(name: string, value: string): void {
    this.#sql.run(PUT, name, value)
  }

  remove(name: string): void {
    this.#sql.run(REMOVE, name)
  }

  /** 0 for a number that was never set. */
  number(name: string): number {
    return Number(this.get(name) ?? '0')
  }

  setNumber(name: string, value: number): void {
    this.set(name, String(value))
  }
}
