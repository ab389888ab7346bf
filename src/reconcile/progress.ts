/**
 * What of the loop must survive the object: how far the log was followed, which keys are due later or failed, and that
 * a slice is running. The store keeps it in SQLite (src/store/cursors.ts); tests keep it in memory.
 *
 * Invariant: a key that a change called for is above the cursor, in `work`, or reconciled.
 */

/** A key that must run at a given time: a retry, a wish of its controller, or one that was set aside. */
export interface WorkItem {
  readonly controller: string
  readonly key: string
  readonly dueMs: number
  /** How often in a row it failed; 0 for a key that only waits for its time. */
  readonly attempts: number
  /** It ended its object before: changes do not run it, only its due time does, and then alone. */
  readonly isSetAside: boolean
}

/** A durable note that keys are running. One that is found at start was left by an unclean end. */
export interface RunningMarker {
  /** The one key that ran, when they ran one by one. */
  readonly suspect?: { readonly controller: string; readonly key: string }
}

/** Synchronous, as everything in the store: a method has taken effect when it returns. */
export interface Progress {
  /** The newest revision that `target` has been served; 0 for a target never heard of. */
  cursor(target: string): number
  /** Never moves backwards. */
  advance(target: string, revision: number): void
  work(): readonly WorkItem[]
  /** Inserts, or replaces the item of the same controller and key. */
  putWork(item: WorkItem): void
  removeWork(controller: string, key: string): void
  marker(): RunningMarker | undefined
  setMarker(marker: RunningMarker): void
  clearMarker(): void
}

/** A controller and one of its keys as one text. No controller's name contains a line feed. */
export function identify(controller: string, key: string): string {
  return `${controller}\n${key}`
}
