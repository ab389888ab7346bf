/** The store's Sql port on a Durable Object's own SQLite. */
import type { Sql, SqlRow, SqlValue } from '../../store/sql.ts'

export function durableSql(storage: DurableObjectStorage): Sql {
  const { sql } = storage
  return {
    all: <T extends SqlRow>(statement: string, ...bindings: readonly SqlValue[]) =>
      sql.exec<T>(statement, ...bindings).toArray(),
    each: <T extends SqlRow>(statement: string, ...bindings: readonly SqlValue[]) =>
      sql.exec<T>(statement, ...bindings),
    run: (statement, ...bindings) => sql.exec(statement, ...bindings).rowsWritten,
    transaction: <T>(work: () => T) => storage.transactionSync(work),
    sizeBytes: () => sql.databaseSize,
  }
}
