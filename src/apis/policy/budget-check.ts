/**
 * Whether a PodDisruptionBudget lets a pod go, and what that costs it (kubernetes/kubernetes
 * pkg/registry/core/pod/storage/eviction.go). Pure: the caller reads and writes.
 */
import { formatTime } from '../../apimachinery/meta.ts'
import { selectorFromSpec } from '../../apimachinery/selectors.ts'
import { ApiStatusError, forbiddenError } from '../../apimachinery/status-error.ts'
import type { V1Pod, V1PodDisruptionBudget } from '../generated/types.ts'
import { SYNC_FAILED_REASON, disruptionAllowedCondition, withDisruptionAllowed } from './disruption-allowed.ts'

/** Evictions that may be under way at once; an upstream constant. */
const MAX_DISRUPTED_PODS = 2_000

const WOULD_VIOLATE = "Cannot evict pod as it would violate the pod's disruption budget."

/** A pod that has not begun, has ended or is going disrupts nothing any more. */
export function isBeyondBudgets({ metadata, status }: V1Pod): boolean {
  return metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '')
}

/** A budget whose selector cannot be read selects nothing. */
export function coversPod({ spec }: V1PodDisruptionBudget, { metadata }: V1Pod): boolean {
  try {
    return selectorFromSpec(spec?.selector).matches(metadata.labels)
  } catch {
    return false
  }
}

/** A pod that is not ready counts for nothing, and may go where the policy, or the health of the others, allows it. */
export function isFreeOfCharge({ spec, status = {} }: V1PodDisruptionBudget, { status: podStatus }: V1Pod): boolean {
  if (podStatus?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True') return false
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = status
  return currentHealthy >= desiredHealthy && desiredHealthy > 0
}

/** The budget less one disruption. @throws ApiStatusError 429, 403 */
export function spend(budget: V1PodDisruptionBudget, podName: string, nowMs: number): V1PodDisruptionBudget {
  const { metadata, status = {} } = budget
  const name = metadata.name ?? ''
  const { disruptionsAllowed = 0, disruptedPods = {} } = status
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, 10)
  }
  const resource = { group: 'policy', resource: 'poddisruptionbudget' }
  if (disruptionsAllowed < 0) throw forbiddenError(resource, name, 'pdb disruptions allowed is negative')
  if (Object.keys(disruptedPods).length > MAX_DISRUPTED_PODS) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller'
    throw forbiddenError(resource, name, why)
  }
  if (disruptionsAllowed === 0) throw refusal(whyNone(budget), 0)
  const left = disruptionsAllowed - 1
  const spent = {
    ...status,
    disruptionsAllowed: left,
    disruptedPods: { ...disruptedPods, [podName]: formatTime(nowMs) },
  }
  return { ...budget, status: left > 0 ? spent : { ...spent, conditions: withDisruptionAllowed(spent, nowMs) } }
}

function whyNone({ metadata: { name = '' }, status = {} }: V1PodDisruptionBudget): string {
  const { currentHealthy = 0, desiredHealthy = 0 } = status
  const condition = disruptionAllowedCondition(status)
  const told = condition?.status === 'False' && condition.message !== '' ? condition : undefined
  const refused = `The disruption budget ${name} does not allow evicting pods currently`
  // Where the budget could not be reckoned its numbers mean nothing.
  if (told?.reason === SYNC_FAILED_REASON) return `${refused} because it failed sync: ${told.message}`
  if (currentHealthy <= desiredHealthy) {
    const [needed, found] = [desiredHealthy, currentHealthy].map(String)
    return `The disruption budget ${name} needs ${needed ?? ''} healthy pods and has ${found ?? ''} currently`
  }
  return told === undefined ? refused : `${refused} (${told.reason}): ${told.message}`
}

function refusal(why: string, retryAfterSeconds: number): ApiStatusError {
  return new ApiStatusError('TooManyRequests', WOULD_VIOLATE, {
    causes: [{ reason: 'DisruptionBudget', message: why }],
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  })
}
