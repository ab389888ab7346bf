/**
 * Which namespaces may hold dependents of an owner in the cluster scope, by the owner's uid. A namespace is registered
 * before its first dependent of that owner is committed, and stays until the owner is gone and was cleaned up after; so
 * whoever asks all registrants has asked everybody that matters.
 *
 * Synchronous; kept by the cluster scope's object alone.
 */
import type { Sql } from './sql.ts'

// By the primary key (uid, namespace) or a prefix of it.
const PUT = 'INSERT OR IGNORE INTO registrants (uid, namespace) VALUES (?, ?)'
const HAS = 'SELECT 1 FROM registrants WHERE uid = ? AND namespace = ?'
const OF = 'SELECT namespace FROM registrants WHERE uid = ? ORDER BY namespace'
const UIDS = 'SELECT DISTINCT uid FROM registrants'
const FORGET = 'DELETE FROM registrants WHERE uid = ?'

export class Registrants {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  register(uid: string, namespace: string): void {
    this.#sql.run(PUT, uid, namespace)
  }

  has(uid: string, namespace: string): boolean {
    return this.#sql.all(HAS, uid, namespace).length > 0
  }

  of(uid: string): readonly string[] {
    return this.#sql.all<{ namespace: string }>(OF, uid).map(({ namespace }) => namespace)
  }

  /** The owners that have any. */
  uids(): readonly string[] {
    return this.#sql.all<{ uid: string }>(UIDS).map(({ uid }) => uid)
  }

  forget(uid: string): void {
    this.#sql.run(FORGET, uid)
  }
}
