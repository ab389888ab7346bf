/**
 * How PodDisruptionBudget objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/policy/poddisruptionbudget/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1PodDisruptionBudget } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { validatePodDisruptionBudget, validatePodDisruptionBudgetStatusUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1PodDisruptionBudget>('V1PodDisruptionBudget', { countsGenerations: true })

export const podDisruptionBudgetStrategy: Strategy<V1PodDisruptionBudget> = {
  ...base,
  validate: validatePodDisruptionBudget,
  judgesBeforeMetadata: true,
  validateUpdate: validatePodDisruptionBudget,
  status: { ...base.status, validateUpdate: validatePodDisruptionBudgetStatusUpdate },
}
