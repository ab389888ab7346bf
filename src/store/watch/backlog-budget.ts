/**
 * What the buffers of all watches of an isolate may hold together: the platform gives 128 MB to all objects of a
 * class that share one, and a watch whose client reads slowly would take its part for nothing. Over the budget nobody
 * is cut off: whoever buffers more than an equal share is served from the log until it has drained.
 */

/** A quarter of an isolate's 128 MB (2026-11, developers.cloudflare.com/durable-objects/platform/limits). */
export const ISOLATE_BACKLOG_BYTES = 32 * 1024 * 1024

export interface Backlog {
  /** Bytes that were delivered and not yet taken by the client. */
  pendingBytes(): number
}

export class BacklogBudget {
  readonly #maxBytes: number
  readonly #backlogs = new Set<Backlog>()

  constructor(maxBytes: number = ISOLATE_BACKLOG_BYTES) {
    this.#maxBytes = maxBytes
  }

  add(backlog: Backlog): void {
    this.#backlogs.add(backlog)
  }

  remove(backlog: Backlog): void {
    this.#backlogs.delete(backlog)
  }

  usedBytes(): number {
    let used = 0
    for (const backlog of this.#backlogs) used += backlog.pendingBytes()
    return used
  }

  /** The most that one watch may buffer for now; Infinity while there is room for all. */
  shareBytes(): number {
    return this.usedBytes() <= this.#maxBytes ? Number.POSITIVE_INFINITY : this.#maxBytes / this.#backlogs.size
  }
}

/** One for the isolate, as its memory is one; it holds nothing of any cluster but numbers. */
export const isolateBacklog = new BacklogBudget()
