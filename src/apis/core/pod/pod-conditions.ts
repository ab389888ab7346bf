/** A condition of a pod, set as upstream sets it (kubernetes/kubernetes pkg/api/pod UpdatePodCondition). */
import { formatTime } from '../../../apimachinery/meta.ts'
import type { V1Pod, V1PodCondition } from '../../generated/types.ts'

/** In place; the time of the last transition stays where the status does. Go prints a time that is not set as null. */
export function setPodCondition(
  pod: V1Pod,
  { type, status, ...rest }: Omit<V1PodCondition, 'lastTransitionTime'>,
  nowMs: number,
): void {
  const conditions = pod.status?.conditions ?? []
  const at = conditions.findIndex((condition) => condition.type === type)
  const before = conditions[at]
  const since = before?.status === status ? before.lastTransitionTime : undefined
  const probed = { lastProbeTime: null } as object as Pick<V1PodCondition, 'lastProbeTime'>
  const next: V1PodCondition = { type, status, ...probed, lastTransitionTime: since ?? formatTime(nowMs), ...rest }
  pod.status = {
    ...pod.status,
    conditions: before === undefined ? [...conditions, next] : conditions.with(at, next),
  }
}
