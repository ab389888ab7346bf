/**
 * Which pods go first when there are too many: ActivePodsWithRanks of kubernetes pkg/controller/controller_utils.go.
 * Ages are compared on a logarithmic scale, so that scaling down does not always empty the newest node.
 */
import { ownValue } from '../../lib/own-value.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import { isPodReady, podCondition } from '../pods/readiness.ts'

export const DELETION_COST_ANNOTATION = 'controller.kubernetes.io/pod-deletion-cost'

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** The `count` of `pods` that go; `related` are all pods that share a purpose, for spreading over nodes. */
export function podsToDelete(
  pods: readonly V1Pod[],
  related: readonly V1Pod[],
  count: number,
  nowMs: number,
): readonly V1Pod[] {
  if (count >= pods.length) return pods
  const perNode = new Map<string, number>()
  for (const { spec } of related) {
    const nodeName = spec?.nodeName ?? ''
    perNode.set(nodeName, (perNode.get(nodeName) ?? 0) + 1)
  }
  const ranked = pods.map((pod) => ({ pod, rank: perNode.get(pod.spec?.nodeName ?? '') ?? 0 }))
  ranked.sort((one, other) => compare(one.pod, other.pod, one.rank, other.rank, nowMs))
  return ranked.slice(0, count).map(({ pod }) => pod)
}

function compare(one: V1Pod, other: V1Pod, rank: number, otherRank: number, nowMs: number): number {
  const isReady = isPodReady(one)
  return (
    Number((one.spec?.nodeName ?? '') !== '') - Number((other.spec?.nodeName ?? '') !== '') ||
    phaseOrder(one) - phaseOrder(other) ||
    Number(isReady) - Number(isPodReady(other)) ||
    deletionCost(one) - deletionCost(other) ||
    otherRank - rank ||
    (isReady ? compareTimes(readySince(one), readySince(other), one, other, nowMs) : 0) ||
    restarts(other) - restarts(one) ||
    compareTimes(one.metadata.creationTimestamp, other.metadata.creationTimestamp, one, other, nowMs)
  )
}

function phaseOrder({ status }: V1Pod): number {
  return ownValue(PHASE_ORDER, status?.phase ?? 'Pending') ?? 0
}

function deletionCost({ metadata }: V1Pod): number {
  const text = metadata.annotations?.[DELETION_COST_ANNOTATION] ?? ''
  return /^(0|-?[1-9][0-9]{0,9})$/.test(text) ? Number(text) : 0
}

function readySince(pod: V1Pod): string | undefined {
  return podCondition(pod, 'Ready')?.lastTransitionTime
}

/** Init containers count as well; the most restarted container of the pod decides, regular ones before init ones. */
function restarts({ status }: V1Pod): number {
  const counts = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
  return Math.max(0, ...counts.map(({ restartCount }) => restartCount))
}

/** Newer first; equal ages on the logarithmic scale go by uid, which is as good as chance. No time counts as newest. */
function compareTimes(
  time: string | undefined,
  otherTime: string | undefined,
  one: V1Pod,
  other: V1Pod,
  nowMs: number,
): number {
  if (time === otherTime) return 0
  const difference = ageRank(time, nowMs) - ageRank(otherTime, nowMs)
  if (difference !== 0) return difference
  return (one.metadata.uid ?? '') < (other.metadata.uid ?? '') ? -1 : 1
}

function ageRank(time: string | undefined, nowMs: number): number {
  const ageMs = nowMs - Date.parse(time ?? '')
  return Number.isNaN(ageMs) || ageMs <= 0 ? -1 : Math.floor(Math.log2(ageMs * 1_000_000))
}
