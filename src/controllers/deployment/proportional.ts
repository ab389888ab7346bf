/**
 * A change of size in the middle of a rollout: every active set gets its share, the largest the remainder
 * (kubernetes pkg/controller/deployment/sync.go, scale). Pure.
 */
import type { V1Deployment, V1ReplicaSet } from '../../apis/generated/types.ts'
import { availableOf, isRollingUpdate, maxSurge, sum, wantedReplicas } from './replica-counts.ts'
import type { RevisionSets } from './revision.ts'
import { DESIRED_REPLICAS, MAX_REPLICAS, byCreation } from './revision.ts'

export interface Scaling {
  readonly set: V1ReplicaSet
  readonly to: number
}

const isActive = (set: V1ReplicaSet): boolean => wantedReplicas(set) > 0

export function planScaling(deployment: V1Deployment, { current, old }: RevisionSets): readonly Scaling[] {
  const wanted = wantedReplicas(deployment)
  const all = current === undefined ? old : [...old, current]
  const active = all.filter(isActive)
  const only = active.length > 1 ? undefined : (active[0] ?? current ?? [...old].sort(byCreation).at(-1))
  if (only !== undefined) return wantedReplicas(only) === wanted ? [] : [{ set: only, to: wanted }]
  if (isSaturated(deployment, current)) return old.filter(isActive).map((set) => ({ set, to: 0 }))
  return isRollingUpdate(deployment) ? shares(deployment, active) : []
}

/** Whether the current set has all the pods it is to have: nothing is left to share. */
function isSaturated(deployment: V1Deployment, current: V1ReplicaSet | undefined): boolean {
  const wanted = wantedReplicas(deployment)
  return (
    current !== undefined &&
    wantedReplicas(current) === wanted &&
    current.metadata.annotations?.[DESIRED_REPLICAS] === String(wanted) &&
    availableOf(current) === wanted
  )
}

function shares(deployment: V1Deployment, active: readonly V1ReplicaSet[]): readonly Scaling[] {
  const wanted = wantedReplicas(deployment)
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0
  const toAdd = allowed - sum(active, wantedReplicas)
  // Newer ones grow first, older ones shrink first.
  const order = [...active].sort(
    (one, other) =>
      wantedReplicas(other) - wantedReplicas(one) || (toAdd > 0 ? byCreation(other, one) : byCreation(one, other)),
  )
  let added = 0
  const sizes = order.map((set) => {
    const share = toAdd === 0 ? 0 : shareOf(deployment, set, toAdd, added)
    added += share
    return wantedReplicas(set) + share
  })
  if (toAdd !== 0) sizes[0] = Math.max(0, (sizes[0] ?? 0) + toAdd - added)
  return order.map((set, index) => ({ set, to: sizes[index] ?? 0 }))
}

function shareOf(deployment: V1Deployment, set: V1ReplicaSet, toAdd: number, added: number): number {
  if (!isActive(set) || toAdd === added) return 0
  const left = toAdd - added
  const fraction = fractionOf(deployment, set)
  return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left)
}

/** By how much `set` grows or shrinks when it keeps its part of the whole. */
function fractionOf(deployment: V1Deployment, set: V1ReplicaSet): number {
  const size = wantedReplicas(set)
  if (wantedReplicas(deployment) === 0) return -size
  const annotated = Number(set.metadata.annotations?.[MAX_REPLICAS] ?? '0') || 0
  const before = annotated > 0 ? annotated : (deployment.status?.replicas ?? 0)
  if (before === 0) return 0
  return Math.round((size * (wantedReplicas(deployment) + maxSurge(deployment))) / before) - size
}
