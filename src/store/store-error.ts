/** What the store refuses, by code. Nothing above it speaks SQL; nothing here speaks HTTP. */
import type { ObjectKey } from './object-store.ts'

export type StoreErrorCode =
  /** create: the key is taken. */
  | 'exists'
  /** update, delete: the key is not there. */
  | 'notFound'
  /** update, delete: the object is at another revision than expected. */
  | 'conflict'
  /** A read from below the compacted revision. */
  | 'compacted'
  /** A read from above the newest revision. */
  | 'future'
  /** The text is over MAX_OBJECT_BYTES. */
  | 'tooLarge'
  /** A watcher fell behind by more than its backlog and was cut off. */
  | 'laggard'
  /** More watchers than the limit. */
  | 'tooManyWatchers'
  /** A transaction wanted more revisions than its range holds. */
  | 'rangeExhausted'
  /** The data has seen migrations that this build does not know. */
  | 'newerData'

export class StoreError extends Error {
  readonly code: StoreErrorCode
  readonly key: ObjectKey | undefined
  /** The revision that stands in the way: the current one for conflict, the compacted one for compacted, …. */
  readonly revision: number | undefined

  constructor(code: StoreErrorCode, message: string, about: { key?: ObjectKey; revision?: number } = {}) {
    super(message)
    this.name = 'StoreError'
    this.code = code
    this.key = about.key
    this.revision = about.revision
  }
}
