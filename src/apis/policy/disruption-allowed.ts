/**
 * The condition by which a PodDisruptionBudget says whether anything may be disrupted: set by its controller and by
 * each eviction that takes the last disruption (k8s.io/component-helpers apps/poddisruptionbudget/helpers.go). Pure.
 */
import { formatTime } from '../../apimachinery/meta.ts'
import type { V1Condition, V1PodDisruptionBudget, V1PodDisruptionBudgetStatus } from '../generated/types.ts'

const TYPE = 'DisruptionAllowed'

export const SYNC_FAILED_REASON = 'SyncFailed'

type Verdict = Pick<V1Condition, 'status' | 'reason' | 'message'>

export function disruptionAllowedCondition(status: V1PodDisruptionBudgetStatus | undefined): V1Condition | undefined {
  return status?.conditions?.find(({ type }) => type === TYPE)
}

/** What the number of allowed disruptions amounts to. */
function verdictOf({ disruptionsAllowed = 0 }: V1PodDisruptionBudgetStatus): Verdict {
  return disruptionsAllowed > 0
    ? { status: 'True', reason: 'SufficientPods', message: '' }
    : { status: 'False', reason: 'InsufficientPods', message: '' }
}

/** The conditions of `status` with this one as its `disruptionsAllowed` (or what went wrong) has it. */
export function withDisruptionAllowed(
  status: V1PodDisruptionBudgetStatus,
  nowMs: number,
  verdict: Verdict = verdictOf(status),
): V1Condition[] {
  const { conditions = [], observedGeneration = 0 } = status
  const before = disruptionAllowedCondition(status)
  const isSame = before?.status === verdict.status
  const condition: V1Condition = {
    type: TYPE,
    status: verdict.status,
    ...(observedGeneration === 0 ? {} : { observedGeneration }),
    lastTransitionTime: isSame ? before.lastTransitionTime : formatTime(nowMs),
    reason: verdict.reason,
    message: verdict.message,
  }
  if (before === undefined) return [...conditions, condition]
  return conditions.map((one) => (one === before ? condition : one))
}

/** Whether the condition says what the numbers of the newest spec say. */
export function isConditionUpToDate({ metadata, status = {} }: V1PodDisruptionBudget): boolean {
  const condition = disruptionAllowedCondition(status)
  if (condition === undefined || (status.observedGeneration ?? 0) !== (metadata.generation ?? 0)) return false
  const wanted = verdictOf(status)
  return condition.status === wanted.status && condition.reason === wanted.reason
}
