/**
 * The rows of one resource between two revisions, from the logs of all stores that hold it, in one order: how a watch
 * begins that reaches back beyond the feed. Revisions are unique, so the merge is exact.
 *
 * Invariant: a row is released only when every store has answered up to it. It must not know: who asks the stores, or
 * how.
 */
import type { Change } from '../object-store.ts'
import type { RowsAnswer, RowsRequest } from './messages.ts'

interface Source {
  /** Everything up to here has been answered. */
  through: number
  rows: Change[]
}

export class Merge {
  readonly #resource: string
  readonly #through: number
  readonly #sources: Map<string, Source>

  /** Rows in (after, through]. */
  constructor(resource: string, after: number, through: number, stores: readonly string[]) {
    this.#resource = resource
    this.#through = through
    this.#sources = new Map(stores.map((store) => [store, { through: after, rows: [] }]))
  }

  get isDone(): boolean {
    return this.#bound() >= this.#through
  }

  /** What is to be asked next, and of whom: the stores that hold the others up. */
  wants(): readonly { readonly store: string; readonly request: RowsRequest }[] {
    const wanted: { store: string; request: RowsRequest }[] = []
    for (const [store, { through, rows }] of this.#sources) {
      if (through >= this.#through || rows.length > 0) continue
      const request = { floor: this.#through, after: through, resources: [this.#resource], isNamesOnly: false }
      wanted.push({ store, request })
    }
    return wanted
  }

  /** Takes an answer. False: the store's log does not reach back far enough, the watch cannot be served. */
  take(store: string, answer: RowsAnswer): boolean {
    if (answer.isCompacted) return false
    const source = this.#sources.get(store)
    if (source !== undefined && source.through === answer.after) {
      source.rows.push(...answer.rows)
      source.through = answer.through
    }
    return true
  }

  /** The rows that may go out now, in order. */
  release(): readonly Change[] {
    const bound = this.#bound()
    const released: Change[] = []
    for (const source of this.#sources.values()) {
      const count = source.rows.findIndex(({ revision }) => revision > bound)
      released.push(...source.rows.splice(0, count < 0 ? source.rows.length : count))
    }
    return released.sort((left, right) => left.revision - right.revision)
  }

  #bound(): number {
    let bound = this.#through
    for (const { through } of this.#sources.values()) bound = Math.min(bound, through)
    return bound
  }
}
