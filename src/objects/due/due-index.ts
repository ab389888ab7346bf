/**
 * The index of due work: who is to be visited by Cron, and from when on. Rows outlive the object that holds the index.
 *
 * Invariant: whoever entered is due until a visit that began after its last entering says otherwise; so an answer that
 * was overtaken by a new entering counts for nothing.
 */

/** Durable when it returns, before anything that is answered afterwards leaves. */
export interface DueRows {
  load(): Iterable<readonly [key: string, dueMs: number]>
  put(key: string, dueMs: number): void
  remove(key: string): void
}

export class DueIndex {
  readonly #store: DueRows
  readonly #due: Map<string, number>
  /** The number of each key's last entering in the life of this instance, for good: a late answer may be of any visit. */
  readonly #entries = new Map<string, number>()
  #count = 0

  constructor(rows: DueRows) {
    this.#store = rows
    this.#due = new Map(rows.load())
  }

  /** `key` is to be visited by the next tick. Costs a write only if it was not due already. */
  enter(key: string, nowMs: number): void {
    this.#count += 1
    this.#entries.set(key, this.#count)
    if ((this.#due.get(key) ?? Infinity) > nowMs) this.#put(key, nowMs)
  }

  due(nowMs: number): string[] {
    return [...this.#due].filter(([, dueMs]) => dueMs <= nowMs).map(([key]) => key)
  }

  /** When there is something to visit next; undefined: never. */
  get earliestMs(): number | undefined {
    return this.#due.size === 0 ? undefined : Math.min(...this.#due.values())
  }

  /** To be called before a visit; the answer is given to what it returns. */
  visit(key: string): (dueMs: number | undefined) => void {
    const before = this.#entries.get(key)
    return (dueMs) => {
      if (this.#entries.get(key) !== before) return
      if (dueMs === undefined) this.remove(key)
      else if (this.#due.get(key) !== dueMs) this.#put(key, dueMs)
    }
  }

  remove(key: string): void {
    if (this.#due.delete(key)) this.#store.remove(key)
  }

  #put(key: string, dueMs: number): void {
    this.#due.set(key, dueMs)
    this.#store.put(key, dueMs)
  }
}
