/**
 * Brings an object's database up to the newest schema: runs the migrations that it has not seen, in order, each in one
 * transaction with the note that it ran. A database that has seen more than this build knows is refused, because
 * an older build must not write to it.
 */
import type { Sql, SqlRow, SqlValue } from './sql.ts'
import { StoreError } from './store-error.ts'

export interface Migration {
  /** `0001_create_log`: the file's name without its ending. */
  readonly name: string
  readonly sql: string
}

/** The platform's own tables begin with `_cf_`. */
const ANY_TABLE = "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' LIMIT 1"

export function migrate(sql: Sql, migrations: readonly Migration[]): void {
  sql.run('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) WITHOUT ROWID')
  const seen = new Set(sql.all<{ name: string }>('SELECT name FROM migrations').map(({ name }) => name))
  const known = new Set(migrations.map(({ name }) => name))
  for (const name of seen) {
    if (known.has(name)) continue
    const advice = 'start that version, or reset the data'
    throw new StoreError(
      'newerData',
      `the data was written by a newer version (it has seen migration ${name}); ${advice}`,
    )
  }
  for (const { name, sql: text } of migrations) {
    if (seen.has(name)) continue
    sql.transaction(() => {
      for (const statement of statementsOf(text)) sql.run(statement)
      sql.run('INSERT INTO migrations (name) VALUES (?)', name)
    })
  }
}

export interface LazySql extends Sql {
  /** The database was emptied beneath it: the next write makes it anew. */
  emptied(): void
}

/**
 * A database that is made by its first write: until then it has no tables, every read finds nothing, and an object that
 * was only asked something (a name that nobody uses, a cluster that was deleted) has nothing stored.
 */
export function madeAtFirstWrite(sql: Sql, make: (sql: Sql) => void): LazySql {
  let isMade = sql.all(ANY_TABLE).length > 0
  if (isMade) make(sql)
  const ensure = (): void => {
    if (isMade) return
    make(sql)
    isMade = true
  }
  return {
    all: <T extends SqlRow>(statement: string, ...bindings: readonly SqlValue[]) =>
      isMade ? sql.all<T>(statement, ...bindings) : [],
    each: <T extends SqlRow>(statement: string, ...bindings: readonly SqlValue[]) =>
      isMade ? sql.each<T>(statement, ...bindings) : [],
    run(statement, ...bindings) {
      ensure()
      return sql.run(statement, ...bindings)
    },
    transaction(work) {
      ensure()
      return sql.transaction(work)
    },
    sizeBytes: () => sql.sizeBytes(),
    emptied() {
      isMade = false
    },
  }
}

/** Statements end with a semicolon at the end of a line; comments are whole lines. */
function statementsOf(text: string): string[] {
  return text
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
