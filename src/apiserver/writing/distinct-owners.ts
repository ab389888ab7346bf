/**
 * An owner that is named twice in the same words is kept once, and whoever wrote it is warned: of what is sent whole at
 * once, and of whatever there is, patches too, after admission.
 * Upstream: k8s.io/apiserver pkg/endpoints/handlers/rest.go, dedupOwnerReferencesAndAddWarning.
 */
import type { AnyObject, OwnerReference } from '../../apimachinery/meta.ts'

const FOUND = '.metadata.ownerReferences contains duplicate entries'
const WARNING =
  'API server dedups owner references in 1.20+, and may reject ' +
  'such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: '

/** Equal references have equal texts, in whichever order their fields came. */
function textOf({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): string {
  return JSON.stringify([apiVersion, kind, name, uid, controller, blockOwnerDeletion])
}

/** Mutates `metadata`. */
export function keepDistinctOwners(
  { metadata }: AnyObject,
  warn: (text: string) => void,
  isAdmitted = false,
): void {
  const owners = metadata.ownerReferences ?? []
  if (owners.length < 2) return
  const known = new Set<string>()
  const repeated: OwnerReference[] = []
  const distinct = owners.filter((owner) => {
    const text = textOf(owner)
    const isNew = !known.has(text)
    if (isNew) known.add(text)
    else repeated.push(owner)
    return isNew
  })
  if (repeated.length === 0) return
  metadata.ownerReferences = distinct
  const when = isAdmitted ? ' after mutating admission happens' : ''
  warn(`${FOUND}${when}; ${WARNING}${repeated.map(({ uid }) => uid).join(', ')}`)
}
