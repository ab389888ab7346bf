/**
 * The last changes that were shown, so that watchers which were full for a moment read on from memory, and from the
 * very same Change objects, whose encoded bytes are kept. Invariant: it holds every change of the store above `from`.
 */
import type { Slice, SliceQuery } from '../log-store.ts'
import type { Change } from '../object-store.ts'

/** Characters of text kept for one store while it has watchers: some hundred changes. */
const RECENT_CHARACTERS = 256 * 1024

export class RecentChanges {
  #changes: Change[] = []
  #characters = 0
  readonly #maxCharacters: number
  #from: number

  constructor(from: number, maxCharacters: number = RECENT_CHARACTERS) {
    this.#from = from
    this.#maxCharacters = maxCharacters
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#changes.push(change)
      this.#characters += change.text.length
    }
    let dropped = 0
    for (const { text, revision } of this.#changes) {
      if (this.#characters <= this.#maxCharacters) break
      this.#characters -= text.length
      this.#from = revision
      dropped += 1
    }
    if (dropped > 0) this.#changes.splice(0, dropped)
  }

  /** Forgets everything; what comes is above `from`. */
  clear(from: number): void {
    this.#changes = []
    this.#characters = 0
    this.#from = from
  }

  /** As LogStore.slice; undefined when it does not reach back that far. */
  slice({ resource, after, through, maxCharacters }: SliceQuery): Slice | undefined {
    if (after < this.#from) return undefined
    const changes: Change[] = []
    let characters = 0
    for (const change of this.#changes) {
      if (change.revision <= after || change.resource !== resource) continue
      if (change.revision > through) break
      characters += change.text.length
      if (changes.length > 0 && characters > maxCharacters)
        return { changes, through: changes.at(-1)?.revision ?? after }
      changes.push(change)
    }
    return { changes, through: Math.max(after, through) }
  }
}
