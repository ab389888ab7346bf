/**
 * An owner that is named twice in the same words is kept once, and whoever wrote it is warned: of objects when they are
 * read, and of what patches make of them.
 * Upstream: k8s.io/apiserver pkg/endpoints/handlers/rest.go, dedupOwnerReferencesAndAddWarning.
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { isEqual } from '../../apis/validation/rules.ts'
import type { Change } from '../../registry/update.ts'

const warningOf = (when: string, uids: string): string =>
  `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may ` +
  `reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids}`

/** Mutates `metadata`, but not what is in it. */
export function keepDistinctOwners({ metadata }: AnyObject, warn: (text: string) => void, when = ''): void {
  const owners = metadata.ownerReferences ?? []
  if (owners.length < 2) return
  const distinct = owners.filter((owner, at) => !owners.slice(0, at).some((other) => isEqual(owner, other)))
  if (distinct.length === owners.length) return
  const repeated = owners.filter((owner) => !distinct.includes(owner))
  metadata.ownerReferences = distinct
  warn(warningOf(when, repeated.map(({ uid }) => uid).join(', ')))
}

/** Upstream looks at what a patch makes once admission has. */
export function keepingDistinctOwners(change: Change, warn: (text: string) => void): Change {
  return (current) => {
    const next = change(current)
    keepDistinctOwners(next, warn, ' after mutating admission happens')
    return next
  }
}
