/**
 * What the buffers of all watches of an isolate may hold together: the platform gives 128 MB to all objects of a
 * class that share one, and a watch whose client reads slowly would take its part for nothing. Over the budget nobody
 * is cut off: whoever buffers more than an equal share is given nothing until it has drained, then served from the log.
 *
 * Invariant: `usedBytes` is the sum of what the open backlogs said last, so asking costs the same however many there are.
 */

/** A quarter of an isolate's 128 MB (2026-11, developers.cloudflare.com/durable-objects/platform/limits). */
export const ISOLATE_BACKLOG_BYTES = 32 * 1024 * 1024

export class BacklogBudget {
  readonly #maxBytes: number
  #usedBytes = 0
  #count = 0

  constructor(maxBytes: number = ISOLATE_BACKLOG_BYTES) {
    this.#maxBytes = maxBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  open(): Backlog {
    let bytes = 0
    let isOpen = true
    this.#count += 1
    return {
      holds: (now) => {
        if (!isOpen) return
        this.#usedBytes += now - bytes
        bytes = now
      },
      hasRoom: () => this.#usedBytes <= this.#maxBytes || bytes <= this.#maxBytes / this.#count,
      close: () => {
        if (!isOpen) return
        isOpen = false
        this.#count -= 1
        this.#usedBytes -= bytes
      },
    }
  }
}

/** What one watch has been given and its client has not taken yet. */
export interface Backlog {
  /** Says how many bytes it is now. */
  holds(bytes: number): void
  /** Whether it may take more: the isolate has room, or this watch has less than its share. */
  hasRoom(): boolean
  close(): void
}

/** One for the isolate, as its memory is one; it holds nothing of any cluster but numbers. */
export const isolateBacklog = new BacklogBudget()
