/**
 * Whether what a ServiceAccount token is bound to lives still, decided where the objects are (upstream:
 * pkg/serviceaccount/claims.go, Validate). Pure; the answer of AuthenticatorOptions.isBoundObjectLive comes from
 * here.
 */
import type { KubeObject } from '../../apimachinery/meta.ts'
import type { BoundClaims, ObjectRef } from './service-account-token.ts'

/** An object marked for deletion counts as there for this long (upstream's leeway). */
const DELETION_LEEWAY_MS = 60_000

export interface BoundObjectSource {
  /** An object of the token's namespace. */
  find(resource: 'serviceaccounts' | 'pods' | 'secrets', name: string): KubeObject | undefined
}

/** Account, pod and secret. A token bound to a node alone needs {@link isLive} on the node besides. */
export function areBoundObjectsLive(bound: BoundClaims, source: BoundObjectSource, nowMs: number): boolean {
  const { serviceaccount, pod, secret } = bound
  return (
    isLive(source.find('serviceaccounts', serviceaccount.name), serviceaccount, nowMs) &&
    (pod === undefined || isLive(source.find('pods', pod.name), pod, nowMs)) &&
    (secret === undefined || isLive(source.find('secrets', secret.name), secret, nowMs))
  )
}

/** Whether a token stands or falls with its node: only if it is bound to nothing else. */
export function isBoundToNode({ node, pod }: BoundClaims): boolean {
  return node !== undefined && pod === undefined
}

/** The very object that was bound to is there, and not long since deleted. */
export function isLive(subject: KubeObject | undefined, { uid }: Partial<ObjectRef>, nowMs: number): boolean {
  if (subject?.metadata.uid !== uid || subject === undefined) return false
  const { deletionTimestamp } = subject.metadata
  return deletionTimestamp === undefined || Date.parse(deletionTimestamp) >= nowMs - DELETION_LEEWAY_MS
}
