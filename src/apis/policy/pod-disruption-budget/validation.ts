/**
 * Validation of PodDisruptionBudget objects. Upstream: kubernetes/kubernetes pkg/apis/policy/validation/validation.go,
 * ValidatePodDisruptionBudgetSpec, ValidatePodDisruptionBudgetStatusUpdate.
 */
import { invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import type { V1PodDisruptionBudget } from '../../generated/types.ts'
import { validateConditions } from '../../validation/conditions.ts'
import { internalForm } from '../../validation/internal-form.ts'
import {
  atMostWhole, countOrPercent, itemsOf, notNegative, supportedIfSet, validateLabelSelector,
} from '../../validation/rules.ts'

export function validatePodDisruptionBudget({ spec = {} }: V1PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = []
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    const printed = internalForm('PodDisruptionBudgetSpec', spec)
    errors.push(invalid('spec', printed, 'minAvailable and maxUnavailable cannot be both set'))
  }
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    errors.push(...countOrPercent(`spec.${name}`, spec[name]), ...atMostWhole(`spec.${name}`, spec[name]))
  }
  const policies = ['AlwaysAllow', 'IfHealthyBudget']
  return [
    ...errors,
    ...(spec.selector === undefined ? [] : validateLabelSelector(spec.selector, 'spec.selector')),
    ...supportedIfSet('spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, policies),
  ]
}

export function validatePodDisruptionBudgetStatusUpdate({ status }: V1PodDisruptionBudget): FieldError[] {
  return [
    ...validateConditions(itemsOf(status?.conditions), 'status.conditions'),
    ...(['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const).flatMap((name) =>
      notNegative(`status.${name}`, status?.[name]),
    ),
  ]
}
