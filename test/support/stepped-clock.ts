/**
 * A clock that a test moves, for whole scopes: what is put off by no time at all (group commit, watches) goes on by
 * itself in the next macrotask, as it would on a real clock.
 */
import { ManualClock } from '../../src/lib/clock.ts'

export class SteppedClock extends ManualClock {
  override after(delayMs: number, callback: () => void): () => void {
    if (delayMs > 0) return super.after(delayMs, callback)
    const immediate = setImmediate(callback)
    return () => clearImmediate(immediate)
  }
}
