/**
 * The store's Sql port on node:sqlite: in memory unless given a file. Statements are prepared once each, as the platform
 * does for constant texts, so that what is measured here is the store and not the parser.
 */
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { DatabaseSync } from 'node:sqlite'
import type { Sql, SqlRow, SqlValue } from '../../src/store/sql.ts'

export interface NodeSql extends Sql {
  close(): void
}

export function nodeSql(path = ':memory:'): NodeSql {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL')
  const statements = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    let statement = statements.get(text)
    if (statement === undefined) {
      statement = database.prepare(text)
      statements.set(text, statement)
    }
    return statement
  }
  const number = (pragma: string): number => Number(Object.values(database.prepare(pragma).get() ?? {})[0] ?? 0)
  return {
    all: <T extends SqlRow>(text: string, ...bindings: readonly SqlValue[]) =>
      prepare(text).all(...bindings.map(input)) as T[],
    each: <T extends SqlRow>(text: string, ...bindings: readonly SqlValue[]) =>
      prepare(text).iterate(...bindings.map(input)) as Iterable<unknown> as Iterable<T>,
    run(text, ...bindings) {
      prepare(text).run(...bindings.map(input))
    },
    transaction(work) {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    sizeBytes: () => number('PRAGMA page_count') * number('PRAGMA page_size'),
    close: () => database.close(),
  }
}

function input(value: SqlValue): SQLInputValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value
}
