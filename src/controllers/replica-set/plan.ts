/**
 * What a ReplicaSet needs, decided from what is there: how many pods to make, which ones to delete, what its status
 * says (kubernetes pkg/controller/replicaset/{replica_set,replica_set_utils}.go). Pure.
 */
import type { V1Pod, V1ReplicaSet, V1ReplicaSetCondition, V1ReplicaSetStatus } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { availableAtMs, isPodActive, isPodReady, isPodTerminating } from '../pods/readiness.ts'
import { podsToDelete } from './rank.ts'

/** Pods made or deleted in one run; upstream's BurstReplicas. */
export const BURST_REPLICAS = 500

export interface ReplicaPlan {
  readonly create: number
  readonly remove: readonly V1Pod[]
}

export function planReplicas(
  { metadata, spec }: V1ReplicaSet,
  owned: readonly V1Pod[],
  related: () => readonly V1Pod[],
  nowMs: number,
): ReplicaPlan {
  if (metadata.deletionTimestamp !== undefined) return { create: 0, remove: [] }
  const active = owned.filter(isPodActive)
  const missing = (spec?.replicas ?? 1) - active.length
  if (missing >= 0) return { create: Math.min(missing, BURST_REPLICAS), remove: [] }
  const count = Math.min(-missing, BURST_REPLICAS)
  return { create: 0, remove: podsToDelete(active, related().filter(isPodActive), count, nowMs) }
}

/** Why the last attempt to make or delete pods failed. */
export interface ReplicaFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete'
  readonly message: string
}

export function replicaSetStatus(
  replicaSet: V1ReplicaSet,
  owned: readonly V1Pod[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): V1ReplicaSetStatus {
  const { spec, metadata, status } = replicaSet
  const templateLabels = Object.entries(spec?.template?.metadata?.labels ?? {})
  const active = owned.filter(isPodActive)
  const isLabelled = ({ metadata: { labels } }: V1Pod): boolean =>
    templateLabels.every(([key, value]) => labels?.[key] === value)
  const conditions = conditionsAfter(status?.conditions ?? [], failure, nowMs)
  const minReadySeconds = spec?.minReadySeconds ?? 0
  return {
    ...(conditions.length === 0 ? {} : { conditions }),
    replicas: active.length,
    fullyLabeledReplicas: active.filter(isLabelled).length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter((pod) => (availableAtMs(pod, minReadySeconds) ?? Infinity) <= nowMs).length,
    terminatingReplicas: owned.filter(isPodTerminating).length,
    observedGeneration: metadata.generation ?? 0,
  }
}

/** In how many milliseconds the next ready pod becomes available; undefined when none is about to. */
export function nextAvailableInMs(
  { spec }: V1ReplicaSet,
  owned: readonly V1Pod[],
  nowMs: number,
): number | undefined {
  let next: number | undefined
  for (const pod of owned) {
    const atMs = isPodActive(pod) ? availableAtMs(pod, spec?.minReadySeconds ?? 0) : undefined
    if (atMs !== undefined && atMs > nowMs) next = Math.min(next ?? Infinity, atMs - nowMs)
  }
  return next
}

function conditionsAfter(
  before: readonly V1ReplicaSetCondition[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): V1ReplicaSetCondition[] {
  const known = before.find(({ type }) => type === 'ReplicaFailure')
  const others = before.filter(({ type }) => type !== 'ReplicaFailure')
  if (failure === undefined) return others
  // One that is there already stays as it is, so that a repeated failure is not a new write.
  if (known !== undefined) return [...before]
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: formatTime(nowMs), ...failure }]
}
