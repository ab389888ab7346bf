/**
 * A Durable Object's storage on node:sqlite and a map: what outlives an instance. Counts the rows that are written, as
 * the platform bills them, and everything is gone after deleteAll.
 */
import type { StatementSync } from 'node:sqlite'
import { DatabaseSync } from 'node:sqlite'
import { deserialize, serialize } from 'node:v8'

type Binding = string | number | null | ArrayBuffer

const READS = /^\s*(SELECT|PRAGMA)/i

interface Cursor extends Iterable<unknown> {
  /** By this statement. */
  readonly rowsWritten: number
  toArray(): unknown[]
}

export class NodeStorage {
  #database = new DatabaseSync(':memory:')
  #statements = new Map<string, StatementSync>()
  readonly #values = new Map<string, Buffer>()
  /** Rows of tables and entries of the key-value part written so far. */
  rowsWritten = 0
  alarmMs: number | undefined

  /** Whether nothing is left that would be billed. */
  get isEmpty(): boolean {
    const [row] = this.#prepare('SELECT COUNT(*) AS tables FROM sqlite_master').all()
    return Number(row?.['tables']) === 0 && this.#values.size === 0 && this.alarmMs === undefined
  }

  exec(statement: string, bindings: readonly Binding[]): Cursor {
    const values = bindings.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value))
    if (!READS.test(statement)) {
      const rowsWritten = Number(this.#prepare(statement).run(...values).changes)
      this.rowsWritten += rowsWritten
      return Object.assign([], { rowsWritten, toArray: () => [] })
    }
    return {
      rowsWritten: 0,
      toArray: () => this.#prepare(statement).all(...values),
      // A statement of its own: it may be read from while another of the same text runs.
      [Symbol.iterator]: () => this.#database.prepare(statement).iterate(...values)[Symbol.iterator](),
    }
  }

  transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  sizeBytes(): number {
    return Number(this.#prepare('PRAGMA page_count').get()?.['page_count']) * 4_096
  }

  get(key: string): unknown {
    const value = this.#values.get(key)
    return value === undefined ? undefined : deserialize(value)
  }

  put(key: string, value: unknown): void {
    this.rowsWritten += 1
    this.#values.set(key, serialize(value))
  }

  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false
    this.rowsWritten += 1
    return true
  }

  list(prefix: string): [string, unknown][] {
    return [...this.#values]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => [key, deserialize(value)])
  }

  deleteAll(): void {
    this.#database.close()
    this.#database = new DatabaseSync(':memory:')
    this.#statements = new Map()
    this.#values.clear()
    this.alarmMs = undefined
  }

  #prepare(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }
}
