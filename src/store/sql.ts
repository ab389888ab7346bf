/**
 * The port to SQLite: what the store needs of a database, and nothing of who provides it. In production it is a
 * Durable Object's `ctx.storage.sql`; in tests also `node:sqlite`. Everything is synchronous: a store method runs to
 * completion.
 */
export type SqlValue = string | number | null | ArrayBuffer

export type SqlRow = Record<string, SqlValue>

export interface Sql {
  /** Runs one statement and returns all its rows; for statements known to return few. */
  all<T extends SqlRow>(statement: string, ...bindings: readonly SqlValue[]): T[]
  /** Runs one statement and yields its rows as they are read; nothing else may run on the connection meanwhile. */
  each<T extends SqlRow>(statement: string, ...bindings: readonly SqlValue[]): Iterable<T>
  /** Runs one statement for its effect, and says how many rows it wrote. */
  run(statement: string, ...bindings: readonly SqlValue[]): number
  /** Runs `work` atomically: when it throws, nothing of it is kept and the error goes on. Does not nest. */
  transaction<T>(work: () => T): T
  /** The size of the database in bytes. */
  sizeBytes(): number
}
