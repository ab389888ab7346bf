/**
 * The numbers of a rollout: surge, unavailability, and what sets of pods add up to
 * (kubernetes pkg/controller/deployment/util/deployment_util.go). Pure.
 */
import type { V1Deployment, V1ReplicaSet } from '../../apis/generated/types.ts'

export function wantedReplicas({ spec }: V1Deployment | V1ReplicaSet): number {
  return spec?.replicas ?? 1
}

export function isRollingUpdate({ spec }: V1Deployment): boolean {
  return (spec?.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
}

/** `25%` of `total`, or the number itself. */
export function scaledValue(value: number | string, total: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value)?.[1]
  return percent === undefined ? 0 : round((Number(percent) * total) / 100)
}

/** Surge rounds up, unavailability down; both zero would be a standstill, so then one pod may be missing. */
function limits({ spec }: V1Deployment, replicas: number): { surge: number; unavailable: number } {
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec?.strategy?.rollingUpdate ?? {}
  const surge = scaledValue(maxSurge, replicas, Math.ceil)
  const unavailable = scaledValue(maxUnavailable, replicas, Math.floor)
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

export function maxSurge(deployment: V1Deployment): number {
  return isRollingUpdate(deployment) ? limits(deployment, wantedReplicas(deployment)).surge : 0
}

export function maxUnavailable(deployment: V1Deployment): number {
  const replicas = wantedReplicas(deployment)
  if (!isRollingUpdate(deployment) || replicas === 0) return 0
  return Math.min(limits(deployment, replicas).unavailable, replicas)
}

export function sum(sets: readonly V1ReplicaSet[], count: (set: V1ReplicaSet) => number): number {
  return sets.reduce((total, set) => total + count(set), 0)
}

export const availableOf = (set: V1ReplicaSet): number => set.status?.availableReplicas ?? 0

/** How many replicas the new set may have now (NewRSNewReplicas). */
export function newSetReplicas(deployment: V1Deployment, all: readonly V1ReplicaSet[], current: number): number {
  const wanted = wantedReplicas(deployment)
  if (!isRollingUpdate(deployment)) return wanted
  const room = wanted + maxSurge(deployment) - sum(all, wantedReplicas)
  return room <= 0 ? current : current + Math.min(room, wanted - current)
}
