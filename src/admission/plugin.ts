/**
 * What an admission plugin is: something that may change or refuse a write, in a fixed order (plugins.ts). All of them
 * run inside the turn, synchronously, on what was gathered before; an external webhook is asked while gathering.
 * Upstream: k8s.io/apiserver pkg/admission.
 */
import type { ClusterPolicy } from '../auth/cluster-policy.ts'
import type { UserInfo } from '../auth/user.ts'
import type { KindDefinition } from '../apis/define-kind.ts'
import type { AnyObject, KubeObject } from '../apimachinery/meta.ts'
import type { StoreReader } from '../store/object-store.ts'

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

export interface AdmissionAttributes {
  readonly operation: AdmissionOperation
  readonly definition: KindDefinition
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly user: UserInfo
  /** The object as it would be stored; mutating plugins change it in place. Undefined for DELETE. */
  readonly object: AnyObject | undefined
  readonly oldObject: AnyObject | undefined
  readonly isDryRun: boolean
}

export interface AdmissionContext {
  readonly policy: ClusterPolicy
  /** The request's own namespace, as of this turn. */
  readonly store: StoreReader
  /** Parsed object of the own namespace, or undefined. `resource` is the store's name for it. */
  find<T extends KubeObject>(resource: string, name: string): T | undefined
  /** Whether the namespace takes creates: decided in its own object. `absent` answers 404, `terminating` 403. */
  readonly namespacePhase: 'active' | 'terminating' | 'absent'
  readonly nowMs: number
  readonly uuid: () => string
  /** Adds a Warning header. */
  warn(text: string): void
}

export interface AdmissionPlugin {
  readonly name: string
  handles(attributes: AdmissionAttributes): boolean
  /** May change `attributes.object` in place; throws ApiStatusError to refuse. */
  admit?(attributes: AdmissionAttributes, context: AdmissionContext): void
  /** Must not change anything; throws ApiStatusError to refuse. */
  validate?(attributes: AdmissionAttributes, context: AdmissionContext): void
}
