/**
 * An owner that is named twice in the same words is kept once, and whoever wrote it is warned: of what is sent whole at
 * once, and of whatever there is, patches too, after admission.
 * Upstream: k8s.io/apiserver pkg/endpoints/handlers/rest.go, dedupOwnerReferencesAndAddWarning.
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { isEqual } from '../../apis/validation/rules.ts'

const FOUND = '.metadata.ownerReferences contains duplicate entries'
const WARNING =
  'API server dedups owner references in 1.20+, and may reject ' +
  'such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: '

/** Mutates `metadata`. */
export function keepDistinctOwners(
  { metadata }: AnyObject,
  warn: (text: string) => void,
  isAdmitted = false,
): void {
  const owners = metadata.ownerReferences ?? []
  if (owners.length < 2) return
  const distinct = owners.filter((owner, at) => !owners.slice(0, at).some((other) => isEqual(owner, other)))
  if (distinct.length === owners.length) return
  const repeated = owners.filter((owner) => !distinct.includes(owner))
  metadata.ownerReferences = distinct
  const when = isAdmitted ? ' after mutating admission happens' : ''
  warn(`${FOUND}${when}; ${WARNING}${repeated.map(({ uid }) => uid).join(', ')}`)
}
