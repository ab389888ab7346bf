/**
 * The store's Sql port on node:sqlite: in memory unless given a file. Statements are prepared once each, as the
 * platform does for constant texts, so that what is measured here is the store and not the parser.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { DatabaseSync } from 'node:sqlite'
import type { Migration } from '../../../src/store/migrate.ts'
import type { Sql, SqlRow, SqlValue } from '../../../src/store/sql.ts'

const MIGRATIONS = join(import.meta.dirname, '../../../migrations')

/** The migrations as they lie in the folder; production imports them as text (src/objects/storage/migrations.ts). */
export function migrationsOnDisk(): readonly Migration[] {
  return readdirSync(MIGRATIONS)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.sql'.length), sql: readFileSync(join(MIGRATIONS, file), 'utf8') }))
}

export interface NodeSql extends Sql {
  close(): void
}

export function nodeSqlite(path = ':memory:'): NodeSql {
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
    run: (text, ...bindings) => Number(prepare(text).run(...bindings.map(input)).changes),
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
