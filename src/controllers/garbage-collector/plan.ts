/**
 * What becomes of an object, given what its owners are (kubernetes pkg/controller/garbagecollector/garbagecollector.go,
 * attemptToDeleteItem). Pure.
 */
import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts'

export const FOREGROUND_FINALIZER = 'foregroundDeletion'
export const ORPHAN_FINALIZER = 'orphan'

/** `waiting`: it is being deleted, but only after its dependents. `unknown`: it cannot be told, so nothing is done. */
export type OwnerState = 'absent' | 'solid' | 'waiting' | 'unknown'

export type Fate =
  | { readonly kind: 'keep' }
  /** Owners that are gone or going are forgotten, because another one holds the object. */
  | { readonly kind: 'disown'; readonly ownerReferences: OwnerReference[] }
  | {
      readonly kind: 'delete'
      readonly policy: 'Background' | 'Foreground' | 'Orphan'
      /** It waits for itself in a circle: this breaks it, before the deletion. */
      readonly unblocked?: OwnerReference[]
    }

const KEEP: Fate = { kind: 'keep' }

export function isWaitingForDependents({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND_FINALIZER)
}

export function isOrphaning({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(ORPHAN_FINALIZER)
}

/** `dependents` is asked only when an owner waits. */
export function planFate(
  object: KubeObject,
  stateOf: (owner: OwnerReference) => OwnerState,
  dependents: () => readonly KubeObject[],
): Fate {
  const owners = object.metadata.ownerReferences ?? []
  if (owners.length === 0) return KEEP
  if (object.metadata.deletionTimestamp !== undefined && !isWaitingForDependents(object)) return KEEP
  const states = new Map(owners.map((owner) => [owner, stateOf(owner)]))
  const isHeld = owners.some((owner) => states.get(owner) === 'solid' || states.get(owner) === 'unknown')
  if (isHeld) {
    const kept = owners.filter((owner) => states.get(owner) === 'solid' || states.get(owner) === 'unknown')
    return kept.length === owners.length ? KEEP : { kind: 'disown', ownerReferences: kept }
  }
  const isWaitedFor = owners.some((owner) => states.get(owner) === 'waiting')
  const own = isWaitedFor ? dependents() : []
  if (own.length > 0) {
    const isCircle =
      own.some(isWaitingForDependents) && owners.some(({ blockOwnerDeletion }) => blockOwnerDeletion === true)
    if (isWaitingForDependents(object) && !isCircle) return KEEP
    if (!isCircle) return { kind: 'delete', policy: 'Foreground' }
    const unblocked = owners.map((owner) => ({ ...owner, blockOwnerDeletion: false }))
    return { kind: 'delete', policy: 'Foreground', unblocked }
  }
  if (object.metadata.deletionTimestamp !== undefined) return KEEP
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.includes(ORPHAN_FINALIZER)) return { kind: 'delete', policy: 'Orphan' }
  return { kind: 'delete', policy: finalizers.includes(FOREGROUND_FINALIZER) ? 'Foreground' : 'Background' }
}

/** Whether an owner that waits for its dependents still has to. */
export function isBlockedBy(ownerUid: string, dependents: readonly KubeObject[]): boolean {
  return dependents.some(({ metadata }) =>
    (metadata.ownerReferences ?? []).some(
      ({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true,
    ),
  )
}
