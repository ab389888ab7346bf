/**
 * The contract of the revisioned store of one namespace (or of the cluster scope): what it promises to the registry,
 * to watches and to followers. One exported suite (test/store) runs it against each implementation.
 *
 * Invariants: a revision is used by one change; revisions only grow; `text` is the finished JSON with that revision
 * stamped as metadata.resourceVersion and is never parsed here; no method awaits.
 * It must not know: kinds, HTTP, who may do what.
 */

/** An object within its namespace. `resource` is `deployments.apps`, or `pods` for the core group. */
export interface ObjectKey {
  readonly resource: string
  readonly name: string
}

/** The field that has the uids of an object's owners, with commas between them; without owners it is not there. */
export const OWNER_UIDS_FIELD = 'metadata.ownerUids'

/** What selectors and followers look at, kept beside the text so that it need not be parsed. */
export interface Selectable {
  readonly labels: Readonly<Record<string, string>>
  /** Field selectors' values, plus those of OWNER_UIDS_FIELD, `metadata.controller`, and whatever a kind declares. */
  readonly fields: Readonly<Record<string, string>>
}

/** Who made a change, kept with it in the history. */
export interface Author {
  readonly user: string
  readonly manager: string
  readonly verb: string
}

/** An object about to be written: its text can only be finished once its revision is known. */
export interface Draft {
  readonly selectable: Selectable
  /** The finished JSON text with `revision` stamped as resourceVersion. Called once. */
  text(revision: number): string
}

export interface StoredObject extends ObjectKey {
  readonly revision: number
  readonly text: string
  readonly selectable: Selectable
}

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** One row of the log. For DELETED, `text` is the last state with the deletion's own revision stamped. */
export interface Change extends StoredObject {
  readonly type: ChangeType
  /** Milliseconds since the epoch at which it was committed. */
  readonly timeMs: number
  /** The object's state before: undefined for ADDED. What selector transitions need. */
  readonly previousSelectable: Selectable | undefined
  /** The text before, where other selectors match now: whom it leaves is shown that. Absent once it is compacted. */
  readonly previousText?: string | undefined
}

export interface ListQuery {
  readonly resource: string
  /** Only names greater than this one (bytewise). */
  readonly after?: string
  readonly limit: number
  /** State as of this revision instead of now. Throws StoreError `compacted` or `future`. */
  readonly asOf?: number
  /** The page ends before its texts are longer than this together, `hasMore` then; but it has one object at least. */
  readonly maxCharacters?: number
  /** False: nobody asks what remains, which takes a look at every name behind the page. */
  readonly counts?: boolean
  /** Rows that fail it are skipped, their texts unread, and do not count against the limit. */
  readonly matches?: (selectable: Selectable, name: string, revision: number) => boolean
}

export interface ListPage {
  readonly objects: readonly StoredObject[]
  /** Whether rows that might match remain after the last one returned. */
  readonly hasMore: boolean
  /** Whether objects that the selectors leave out follow the last one of the last page. */
  readonly hasOthers?: boolean
  /** How many objects of the resource remain behind the page; undefined where it says no, or where some are chosen. */
  readonly remaining: number | undefined
}

/** Reads: everything sees what is committed, and inside a transaction also that transaction's own writes. */
export interface StoreReader {
  /** The newest committed revision of this store (0 when nothing was ever written). */
  readonly revision: number
  /** Watches and reads from below this revision answer `compacted`. */
  readonly compactedRevision: number
  get(key: ObjectKey): StoredObject | undefined
  /** The object as of `revision`; throws StoreError `compacted` or `future`. */
  getAsOf(key: ObjectKey, revision: number): StoredObject | undefined
  /** A page in order of names (bytewise). */
  list(query: ListQuery): ListPage
  /** Whether any object of the resource exists. */
  hasAny(resource: string): boolean
  count(resource: string): number
  /** The objects that name one of `uids` as their owner, in order of resources and names; costs what there are. */
  dependents(uids: readonly string[]): readonly ObjectKey[]
  /** The resources that have at least one object. */
  resources(): readonly string[]
  /** Changes with `after < revision`, oldest first, at most `limit`; throws StoreError `compacted`. */
  changes(query: { after: number; limit: number; resources?: readonly string[] }): readonly Change[]
}

/**
 * Writes; only inside the commit queue's transaction (registry/commits/commit-queue.ts), each taking the next revision of the
 * granted range. They throw StoreError `exists`, `notFound`, `conflict`, `tooLarge`, and then have written nothing.
 */
export interface StoreWriter {
  /** Returns the revision of the new row. */
  create(key: ObjectKey, draft: Draft, author: Author): number
  /** `expected` is the revision the caller decided on. */
  update(key: ObjectKey, draft: Draft, expected: number, author: Author): number
  delete(key: ObjectKey, draft: Draft, expected: number, author: Author): number
}

/** A range of revisions that a transaction may use, both ends included. */
export interface RevisionRange {
  readonly from: number
  readonly to: number
}
