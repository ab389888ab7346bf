/**
 * The newest rows of one resource over all namespaces, in memory, in the order of their revisions: what watches across
 * namespaces are served from. It begins at a revision and is complete above it; when it grows too large its oldest rows
 * go.
 *
 * It must not know: which rows may already be shown (sequencer.ts appends a row exactly when it may).
 */
import type { Change } from '../object-store.ts'

/** Characters of row text that one resource's feed keeps: a part of the 128 MB that all objects of an isolate share. */
export const MAX_FEED_CHARACTERS = 4_000_000

export class Feed {
  #start: number
  #rows: Change[] = []
  #characters = 0
  readonly #maxCharacters: number

  constructor(start: number, maxCharacters: number = MAX_FEED_CHARACTERS) {
    this.#start = start
    this.#maxCharacters = maxCharacters
  }

  /** Complete above this revision. */
  get start(): number {
    return this.#start
  }

  /** The next row in order; those from before the feed began are not its business. */
  append(row: Change): void {
    if (row.revision <= this.#start) return
    this.#rows.push(row)
    this.#characters += row.text.length
    if (this.#characters > this.#maxCharacters) this.#trim()
  }

  /** At most `limit` rows above `position`, which is not below the start. */
  above(position: number, limit: number): readonly Change[] {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#rows[middle]?.revision ?? Infinity) <= position) low = middle + 1
      else high = middle
    }
    return this.#rows.slice(low, low + limit)
  }

  /** Drops the older half at once, so that trimming costs a constant per row. */
  #trim(): void {
    let dropped = 0
    while (this.#characters > this.#maxCharacters / 2) {
      const row = this.#rows[dropped]
      if (row === undefined) break
      this.#characters -= row.text.length
      this.#start = row.revision
      dropped += 1
    }
    this.#rows = this.#rows.slice(dropped)
  }
}
