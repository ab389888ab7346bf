/**
 * What a pod's state amounts to for those who count pods: active, ready, available
 * (kubernetes pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go).
 */
import type { V1Pod, V1PodCondition } from '../../apis/generated/types.ts'

export function podCondition({ status }: V1Pod, type: string): V1PodCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type)
}

export function isPodReady(pod: V1Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

export function isPodFinished({ status }: V1Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

export function isPodTerminating(pod: V1Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp !== undefined
}

/** Neither finished nor on its way out. */
export function isPodActive(pod: V1Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined
}

/** When a ready pod has been ready for `minReadySeconds`; undefined when it is not ready. */
export function availableAtMs(pod: V1Pod, minReadySeconds: number): number | undefined {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  const since = Date.parse(ready.lastTransitionTime ?? '')
  return Number.isNaN(since) ? undefined : since + minReadySeconds * 1_000
}

/** @public */
export function isPodAvailable(pod: V1Pod, minReadySeconds: number, nowMs: number): boolean {
  const atMs = availableAtMs(pod, minReadySeconds)
  return atMs !== undefined && atMs <= nowMs
}
