/**
 * Validation of DaemonSet objects. Upstream: kubernetes/kubernetes pkg/apis/apps/validation/validation.go,
 * ValidateDaemonSetSpec, ValidateDaemonSetUpdateStrategy, ValidateDaemonSetUpdate, validateDaemonSetStatus.
 */
import {
  addErrors, childPath, invalid, notSupported, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { validateKeptRunning, validatePodTemplate, validateSelected } from '../../core/pod/spec/template.ts'
import type { V1DaemonSet, V1DaemonSetUpdateStrategy, V1RollingUpdateDaemonSet } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import {
  atMostWhole,
  countOf,
  countOrPercent,
  immutableSelector,
  isEmptySelector,
  notNegative,
  validateLabelSelector,
} from '../../validation/rules.ts'
import { saidSelector, validateCounts, validateNotDecremented } from '../replica-set/validation.ts'

function validateRollingUpdate({ maxUnavailable, maxSurge }: V1RollingUpdateDaemonSet, at: string): FieldError[] {
  const [unavailableAt, surgeAt] = [childPath(at, 'maxUnavailable'), childPath(at, 'maxSurge')]
  const errors = [
    ...countOrPercent(unavailableAt, maxUnavailable),
    ...countOrPercent(surgeAt, maxSurge),
    ...atMostWhole(unavailableAt, maxUnavailable),
    ...atMostWhole(surgeAt, maxSurge),
  ]
  const [givesWay, surges] = [countOf(maxUnavailable) !== 0, countOf(maxSurge) !== 0]
  if (givesWay && surges) errors.push(invalid(surgeAt, maxSurge, 'may not be set when maxUnavailable is non-zero'))
  if (!givesWay && !surges) errors.push(required(unavailableAt, 'cannot be 0 when maxSurge is 0'))
  return errors
}

function validateUpdateStrategy(strategy: V1DaemonSetUpdateStrategy): FieldError[] {
  const at = 'spec.updateStrategy'
  const rollingAt = childPath(at, 'rollingUpdate')
  const { type, rollingUpdate } = strategy
  if (type === 'OnDelete') return []
  if (type === 'RollingUpdate') {
    return rollingUpdate === undefined ? [required(rollingAt)] : validateRollingUpdate(rollingUpdate, rollingAt)
  }
  // Upstream means the whole strategy, not its type.
  return [notSupported(at, internalForm('DaemonSetUpdateStrategy', strategy), ['RollingUpdate', 'OnDelete'])]
}

export function validateDaemonSet({ spec }: V1DaemonSet, old?: V1DaemonSet): FieldError[] {
  const selector = saidSelector(spec)
  const at = 'spec.template'
  const errors = selector === undefined ? [] : validateLabelSelector(selector, 'spec.selector')
  addErrors(errors, validateSelected(spec?.template, selector, at))
  if (selector !== undefined && isEmptySelector(selector)) {
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'))
  }
  return [
    ...errors,
    ...validatePodTemplate(spec?.template, at, old?.spec?.template),
    ...validateKeptRunning(spec?.template, 'DaemonSet', at),
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...validateUpdateStrategy(spec?.updateStrategy ?? {}),
    ...notNegative('spec.revisionHistoryLimit', spec?.revisionHistoryLimit),
  ]
}

export function validateDaemonSetUpdate(next: V1DaemonSet, previous: V1DaemonSet): FieldError[] {
  return [
    ...immutableSelector('spec.selector', saidSelector(next.spec), saidSelector(previous.spec)),
    ...validateDaemonSet(next, previous),
  ]
}

export function validateDaemonSetStatusUpdate(next: V1DaemonSet, previous: V1DaemonSet): FieldError[] {
  return [
    ...validateCounts(
      next.status ?? {},
      [
        'currentNumberScheduled',
        'numberMisscheduled',
        'desiredNumberScheduled',
        'numberReady',
        'observedGeneration',
        'updatedNumberScheduled',
        'numberAvailable',
        'numberUnavailable',
        'collisionCount',
      ],
      [],
    ),
    ...validateNotDecremented(next.status?.collisionCount, previous.status?.collisionCount),
  ]
}
