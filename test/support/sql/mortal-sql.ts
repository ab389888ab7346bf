/**
 * A database whose process ends after a given number of durable writes: from then on everything that still runs in that
 * process fails at its next statement, and a successor opens the same database. A transaction is one durable write.
 */
import { serviceUnavailableError } from '../../../src/apimachinery/status-error.ts'
import type { Sql } from '../../../src/store/sql.ts'

/** One process: all databases that it has open end with it. */
export class Life {
  #left = Infinity
  /** Durable writes so far. */
  writes = 0
  isOver = false

  /** The `count`th write from now on is done, and then the process ends. */
  endAfter(count: number): void {
    this.#left = count
    if (count <= 0) this.isOver = true
  }

  end(): void {
    this.isOver = true
  }

  check(): void {
    if (this.isOver) throw serviceUnavailableError('the process has ended')
  }

  wrote(): void {
    this.writes += 1
    this.#left -= 1
    if (this.#left <= 0) this.isOver = true
  }
}

export function mortalSql(sql: Sql, life: Life): Sql {
  let isInTransaction = false
  let hasWritten = false
  return {
    all(statement, ...bindings) {
      life.check()
      return sql.all(statement, ...bindings)
    },
    each(statement, ...bindings) {
      life.check()
      return sql.each(statement, ...bindings)
    },
    run(statement, ...bindings) {
      life.check()
      const written = sql.run(statement, ...bindings)
      if (isInTransaction) hasWritten = true
      else life.wrote()
      return written
    },
    transaction(work) {
      life.check()
      isInTransaction = true
      hasWritten = false
      try {
        return sql.transaction(work)
      } finally {
        isInTransaction = false
        if (hasWritten) life.wrote()
      }
    },
    sizeBytes: () => sql.sizeBytes(),
  }
}
