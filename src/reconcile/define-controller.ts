/**
 * What a controller is: which objects wake it, and a function that reconciles one key. It learns a key and nothing
 * else: not what happened, nor who asked, so that a lost, repeated or late wake-up changes nothing.
 *
 * Always observe (gone → done) → plan (pure, in plan.ts) → apply (bounded batches) → report status once, if changed.
 */
import type { KindRef } from '../apis/define-kind.ts'
import type { KubeObject } from '../apimachinery/meta.ts'
import type { Client } from '../client/client.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { Change, StoreReader } from '../store/object-store.ts'
import type { Lister } from './lister.ts'

/** The name of an object in the store's own namespace (or of a cluster-scoped object). */
export type ReconcileKey = string

export type ReconcileResult = { readonly kind: 'done' } | { readonly kind: 'again'; readonly afterMs: number }

export const done: ReconcileResult = { kind: 'done' }

/** Look at this key again in `afterMs`, whatever happens in between. */
export const again = (afterMs: number): ReconcileResult => ({ kind: 'again', afterMs })

export interface EventRecorder {
  /** Records an Event about `subject` as upstream's recorder does, counting repeats instead of repeating them. */
  record(subject: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): Promise<void>
}

export interface ReconcileContext {
  /** Acts as the controller's own `system:` identity; reads the store of record. */
  readonly client: Client
  /** Reads this store without a hop or a parse, as upstream's shared informers do; never write to what it returns. */
  readonly lister: Lister
  /** The store itself, for the few that look at objects of every kind. */
  readonly reader: StoreReader
  /** The namespace whose store woke the controller; '' in the cluster scope. */
  readonly namespace: string
  readonly clock: Clock
  readonly random: Random
  readonly events: EventRecorder
}

export interface Controller {
  /** `replicaset`: what `controllerUser` makes its identity of, and with `-controller` the source of its Events. */
  readonly name: string
  /** The source of its Events where upstream calls it otherwise. */
  readonly eventSource?: string
  /** The controller as which it acts, where that is another one: several may share an identity. */
  readonly actsAs?: string
  readonly scope: 'namespace' | 'cluster'
  /** The kind whose names are the keys. */
  readonly for: KindRef
  /** Changes of these wake the key named by their controller owner reference, if that is of kind `for`. */
  readonly owns: readonly KindRef[]
  /** Changes of these wake the keys that `keysOf` gives. A change's `fields` are KindDefinition.selectableFields. */
  readonly watches: readonly {
    readonly kind: KindRef
    keysOf(change: Change, context: ReconcileContext): readonly ReconcileKey[] | Promise<readonly ReconcileKey[]>
  }[]
  /**
   * For controllers of every kind: asked once for a whole batch of changes, so that a search is paid for once.
   * `concerns` says cheaply whether a change can matter at all.
   */
  readonly all?: {
    concerns(change: Change): boolean
    keysOf(changes: readonly Change[], context: ReconcileContext): readonly ReconcileKey[]
  }
  /** What a resync looks at, where that is not the names of `for`. */
  readonly allKeys?: (context: ReconcileContext) => readonly ReconcileKey[]
  /** Changes of `for` itself do not wake it, as its keys are not names of that kind. */
  readonly ignoresFor?: boolean
  /** All the keys there are, where they are known beforehand: they run in an empty store, too, and at each resync. */
  readonly startKeys?: readonly ReconcileKey[]
  /** How often Cron's resync runs all keys of `for`; 0: never. */
  readonly resyncSeconds: number
  reconcile(context: ReconcileContext, key: ReconcileKey): Promise<ReconcileResult>
}

export function defineController(
  entry: Omit<Controller, 'owns' | 'watches' | 'resyncSeconds'> &
    Partial<Pick<Controller, 'owns' | 'watches' | 'resyncSeconds'>>,
): Controller {
  return { owns: [], watches: [], resyncSeconds: 0, ...entry }
}
