/**
 * How everything that acts speaks to the API: controllers, scheduler, kubelets, the cloud adapter, tests. Transports
 * differ (in process, a hop to another object, HTTP); meaning does not. Failures are ApiStatusError with the server's
 * Status. The objects returned are the caller's own and may be changed freely.
 */
import type { KindRef } from '../apis/define-kind.ts'
import type { KubeObject, ObjectList } from '../apimachinery/meta.ts'
import type { Status } from '../apimachinery/status-error.ts'

export interface Target {
  /** Left out for kinds of the cluster scope. */
  readonly namespace?: string
  readonly name: string
}

export interface ListOptions {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
}

export interface WriteOptions {
  readonly fieldManager?: string
  readonly dryRun?: boolean
  /** Of an apply: takes what others own. */
  readonly force?: boolean
  /** `status`, `scale`, `binding`, …: the endpoint below the object. */
  readonly subresource?: string
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

/** One write of a batch. */
export type Operation =
  | {
      readonly verb: 'create'
      readonly kind: KindRef
      readonly object: KubeObject
      readonly options?: WriteOptions & { readonly name?: string }
    }
  | { readonly verb: 'update'; readonly kind: KindRef; readonly object: KubeObject; readonly options?: WriteOptions }
  | {
      readonly verb: 'patch'
      readonly kind: KindRef
      readonly name: string
      readonly type: PatchType
      readonly patch: unknown
      readonly options?: WriteOptions
    }
  | { readonly verb: 'delete'; readonly kind: KindRef; readonly name: string; readonly options?: DeleteOptions }

export type OperationResult =
  { readonly object: KubeObject; readonly error?: never } | { readonly error: Status; readonly object?: never }

export interface Client {
  get<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T>
  /** Like get, with undefined for an object that is not there. */
  find<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T | undefined>
  list<T extends KubeObject>(kind: KindRef<T>, options?: ListOptions): Promise<ObjectList<T>>
  /** The object's own metadata.namespace says where. */
  create<T extends KubeObject>(kind: KindRef<T>, object: T, options?: WriteOptions): Promise<T>
  update<T extends KubeObject>(kind: KindRef<T>, object: T, options?: WriteOptions): Promise<T>
  updateStatus<T extends KubeObject>(kind: KindRef<T>, object: T): Promise<T>
  patch<T extends KubeObject>(
    kind: KindRef<T>,
    target: Target,
    type: PatchType,
    patch: unknown,
    options?: WriteOptions,
  ): Promise<T>
  delete<T extends KubeObject>(kind: KindRef<T>, target: Target, options?: DeleteOptions): Promise<void>
  /**
   * Many writes in one namespace ('' for the cluster scope): one hop, one commit. Each is decided on its own; one that
   * is refused does not hold up the others. Results are in the order of the operations.
   */
  batch(namespace: string, operations: readonly Operation[]): Promise<readonly OperationResult[]>
}
