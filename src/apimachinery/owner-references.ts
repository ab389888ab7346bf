/**
 * Owner references: made, compared and cleaned (k8s.io/apimachinery pkg/apis/meta/v1/controller_ref.go, and the
 * de-duplication that the API server does in pkg/endpoints/handlers/rest.go). An owner is told by its uid alone: a name
 * that was deleted and created again is another owner.
 */
import type { GroupVersionKind, KubeObject, OwnerReference } from './meta.ts'
import { controllerOf, formatGroupVersion } from './meta.ts'

/** A reference that makes `owner` the controller, and holds its foreground deletion until the dependent is gone. */
export function controllerReference(owner: KubeObject, kind: GroupVersionKind): OwnerReference {
  return { ...ownerReference(owner, kind), controller: true, blockOwnerDeletion: true }
}

/** A plain reference. */
export function ownerReference({ metadata }: KubeObject, kind: GroupVersionKind): OwnerReference {
  return {
    apiVersion: formatGroupVersion(kind),
    kind: kind.kind,
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
  }
}

/** Whether `owner` is the controller of `dependent`. */
export function isControlledBy(dependent: KubeObject, owner: KubeObject): boolean {
  const reference = controllerOf(dependent)
  return reference !== undefined && reference.uid === owner.metadata.uid
}

export function isOwnedBy(dependent: KubeObject, uid: string): boolean {
  return dependent.metadata.ownerReferences?.some((reference) => reference.uid === uid) ?? false
}

/** The references without repeats, and the text of the Warning if there were any. */
export function deduplicateOwners(references: readonly OwnerReference[]): {
  readonly owners: OwnerReference[]
  readonly warning: string | undefined
} {
  const owners: OwnerReference[] = []
  const repeated = new Set<string>()
  for (const reference of references) {
    if (owners.some((owner) => isSameReference(owner, reference))) repeated.add(reference.uid)
    else owners.push(reference)
  }
  if (repeated.size === 0) return { owners, warning: undefined }
  const uids = [...repeated].join(', ')
  return {
    owners,
    warning: `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids}`,
  }
}

function isSameReference(left: OwnerReference, right: OwnerReference): boolean {
  return (
    left.uid === right.uid &&
    left.name === right.name &&
    left.kind === right.kind &&
    left.apiVersion === right.apiVersion &&
    left.controller === right.controller &&
    left.blockOwnerDeletion === right.blockOwnerDeletion
  )
}
