/**
 * What a verb needs to decide a write, all of it at hand and synchronous: the registry is called inside a turn
 * (commit.ts) and may neither wait nor ask anybody. What is above it (admission, defaulting) comes in as functions.
 */
import type { Facts, KindDefinition, Requester } from '../apis/define-kind.ts'
import type { AnyObject, GroupResource } from '../apimachinery/meta.ts'
import type { Random } from '../lib/random.ts'
import type { Author, ObjectKey, StoreReader, StoreWriter } from '../store/object-store.ts'
import { storeResource } from '../apis/define-kind.ts'

export interface WriteContext {
  readonly reader: StoreReader
  readonly writer: StoreWriter
  /** The definition the request speaks; `stored` is the one objects are stored under. */
  readonly definition: KindDefinition
  readonly stored: KindDefinition
  /** '' for the cluster scope. */
  readonly namespace: string
  /** '' for the object itself, else `status`, `scale`, …. */
  readonly subresource: string
  readonly nowMs: number
  readonly random: Random
  readonly requester: Requester
  readonly author: Author
  readonly isDryRun: boolean
  /** The uid a new object gets: drawn before the turn, because what was reserved for it elsewhere is keyed by it. */
  readonly newUid: string
  /** Asked by validation; may end the turn, to be run again. */
  readonly facts: Facts
  /** Fills defaults in place; run after decoding and again after mutating admission. */
  applyDefaults(subject: AnyObject): void
  /**
   * What storage hands out to the object, or throws that it cannot: before anything of it is prepared or judged, after
   * a stale resourceVersion (BeginCreate and BeginUpdate of k8s.io/apiserver pkg/registry/generic/registry/store.go).
   */
  begin?(): void
  /** Mutating admission. May change `next` in place; throws to refuse. */
  admit(operation: 'CREATE' | 'UPDATE', next: AnyObject, previous: AnyObject | undefined): void
  /** Validating admission; throws to refuse. */
  review(operation: 'CREATE' | 'UPDATE' | 'DELETE', next: AnyObject | undefined, previous: AnyObject | undefined): void
  /** Adds a Warning header. */
  warn(text: string): void
}

/** What a write came to. `object` is the stored one, in the stored definition's version. */
export interface WriteResult {
  readonly object: AnyObject
  readonly text: string
  /** The write made a new object (201). */
  readonly isCreated: boolean
  /** The object is gone now (answers of DELETE differ). */
  readonly isDeleted: boolean
  /**
   * It was only tried to delete the object, which a finalizer that says what becomes of the dependents would have held:
   * upstream has nothing to show then but an object of which nothing is set.
   */
  readonly isUnset?: true
}

export function keyOf(context: Pick<WriteContext, 'stored'>, name: string): ObjectKey {
  return { resource: storeResource(context.stored), name }
}

/** Group and resource as error messages name them. */
export function groupResourceOf({ definition }: Pick<WriteContext, 'definition'>): GroupResource {
  return { group: definition.group, resource: definition.resource }
}
