/**
 * An owner that is named twice in the same words is kept once, and whoever wrote it is warned.
 * Upstream: k8s.io/apiserver pkg/endpoints/handlers/rest.go, dedupOwnerReferencesAndAddWarning.
 * Differs: patches, which upstream looks at after admission, are left as they are.
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { isEqual } from '../../apis/validation/rules.ts'

const WARNING =
  '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject ' +
  'such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: '

/** Mutates `metadata`. */
export function keepDistinctOwners({ metadata }: AnyObject, warn: (text: string) => void): void {
  const owners = metadata.ownerReferences ?? []
  if (owners.length < 2) return
  const distinct = owners.filter((owner, at) => !owners.slice(0, at).some((other) => isEqual(owner, other)))
  if (distinct.length === owners.length) return
  const repeated = owners.filter((owner) => !distinct.includes(owner))
  metadata.ownerReferences = distinct
  warn(`${WARNING}${repeated.map(({ uid }) => uid).join(', ')}`)
}
