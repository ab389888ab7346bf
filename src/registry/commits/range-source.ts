/**
 * The commit queue's port to the sequencer: where ranges of revisions come from and where they go back to.
 *
 * Invariant: between `claim` and the commit nothing may run (no await), because only `claim` knows whether the range
 * may still be used. It must not know: transactions, turns, or how the sequencer is reached.
 */
import type { Change, RevisionRange } from '../../store/object-store.ts'

/** A reservation that was answered. Exactly one of `close` and `abandon` ends it. */
export interface Grant {
  /** The range if it may be used this very moment, else undefined: it grew old, or was called void meanwhile. */
  claim(): RevisionRange | undefined
  /** The batch is over: `changes` are durable and shown (or there are none), whatever else the range held is void. */
  close(changes: readonly Change[]): void
  /** Whether the batch was kept is unknown; the log will be asked before anything else is reserved. */
  abandon(): void
}

export interface RangeSource {
  /**
   * Reserves `count` revisions for a batch that writes these resources and no others. One at a time: the previous grant
   * has ended. Rejects with ApiStatusError ServiceUnavailable when the sequencer cannot be reached in time; then
   * nothing has happened.
   */
  reserve(count: number, resources: readonly string[]): Promise<Grant>
}
