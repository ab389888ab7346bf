/** The condition by which a pod says that the cluster, not itself, is why it ends (kubernetes pkg/api/pod). */
import type { V1Pod, V1PodCondition } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'

const TYPE = 'DisruptionTarget'

/** As it is to be merged into the pod's conditions. */
export function disruptionTarget(
  { metadata: { generation }, status }: V1Pod,
  reason: 'DeletionByPodGC' | 'DeletionByTaintManager',
  message: string,
  nowMs: number,
): V1PodCondition {
  const before = status?.conditions?.find(({ type }) => type === TYPE)
  const sinceBefore = before?.status === 'True' ? before.lastTransitionTime : undefined
  return {
    type: TYPE,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status: 'True',
    reason,
    message,
    lastTransitionTime: sinceBefore ?? formatTime(nowMs),
  }
}
