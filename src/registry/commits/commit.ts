/**
 * The contract of group commit: how a decision becomes durable. A turn runs synchronously inside the one transaction
 * that it shares with whatever else arrived; it decides first and appends last, so a refused turn (one that throws)
 * has appended nothing and the others go on.
 */
import type { StoreReader, StoreWriter } from '../../store/object-store.ts'

export interface Turn<R> {
  /** The resources that this turn may write, as in ObjectKey.resource. */
  readonly resources: readonly string[]
  /** The most revisions that it can use; unused ones are given back. */
  readonly maxRevisions: number
  /**
   * Reports what has happened already, so it lets turns go first that decide what happens next; not for ever
   * (MAX_PASSED_OVER). Left out: false.
   */
  readonly isPatient?: boolean
  /** Decides, then appends. What it returns is given to the caller once the commit is durable. */
  run(reader: StoreReader, writer: StoreWriter): R
}

export interface CommitQueue {
  /**
   * Resolves once the turn's writes are durable and shown to watchers; rejects with what the turn threw, or with
   * ApiStatusError ServiceUnavailable when no range of revisions could be had (then nothing happened).
   */
  submit<R>(turn: Turn<R>): Promise<R>
}
