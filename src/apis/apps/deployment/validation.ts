/**
 * Validation of Deployment objects. Upstream: kubernetes/kubernetes pkg/apis/apps/validation/validation.go,
 * ValidateDeploymentSpec, ValidateDeploymentStrategy, ValidateDeploymentStatus, ValidateDeploymentUpdate.
 */
import {
  childPath,
  forbidden,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../../apimachinery/field-path.ts'
import {
  atMostWhole,
  countOf,
  countOrPercent,
  immutableSelector,
  notNegative,
} from '../../validation/rules.ts'
import type { V1Deployment, V1DeploymentStrategy, V1RollingUpdateDeployment } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { ROLLBACK_TO } from '../numbered-annotations.ts'
import {
  saidSelector, validateCounts, validateNotDecremented, validateSelectorAndTemplate,
} from '../replica-set/validation.ts'

const OF_ALL = 'cannot be greater than status.replicas'

function validateRollingUpdate({ maxUnavailable, maxSurge }: V1RollingUpdateDeployment, at: string): FieldError[] {
  const unavailableAt = childPath(at, 'maxUnavailable')
  const errors = [
    ...countOrPercent(unavailableAt, maxUnavailable),
    ...countOrPercent(childPath(at, 'maxSurge'), maxSurge),
  ]
  if (countOf(maxUnavailable) === 0 && countOf(maxSurge) === 0) {
    errors.push(invalid(unavailableAt, maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'))
  }
  return [...errors, ...atMostWhole(unavailableAt, maxUnavailable)]
}

function validateStrategy(strategy: V1DeploymentStrategy, at: string): FieldError[] {
  const { type, rollingUpdate } = strategy
  const rollingAt = childPath(at, 'rollingUpdate')
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return []
    return [forbidden(rollingAt, "may not be specified when strategy `type` is 'Recreate'")]
  }
  if (type === 'RollingUpdate') {
    if (rollingUpdate === undefined) return [required(rollingAt, 'this should be defaulted and never be nil')]
    return validateRollingUpdate(rollingUpdate, rollingAt)
  }
  // Upstream means the whole strategy, not its type.
  return [notSupported(at, internalForm('DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate'])]
}

/** What once was a field. */
function validateRollback(revision: string | undefined): FieldError[] {
  return notNegative('spec.rollback.version', Number(revision ?? 0))
}

export function validateDeployment({ metadata, spec }: V1Deployment, old?: V1Deployment): FieldError[] {
  const deadline = spec?.progressDeadlineSeconds
  const errors = [
    ...notNegative('spec.replicas', spec?.replicas),
    ...validateSelectorAndTemplate(saidSelector(spec), spec?.template, 'spec', old?.spec?.template),
    ...validateStrategy(spec?.strategy ?? {}, 'spec.strategy'),
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...notNegative('spec.revisionHistoryLimit', spec?.revisionHistoryLimit),
    ...validateRollback(metadata.annotations?.[ROLLBACK_TO]),
    ...notNegative('spec.progressDeadlineSeconds', deadline),
  ]
  if (deadline !== undefined && deadline <= (spec?.minReadySeconds ?? 0)) {
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'))
  }
  return errors
}

export function validateDeploymentUpdate(next: V1Deployment, previous: V1Deployment): FieldError[] {
  return [
    ...validateDeployment(next, previous),
    ...immutableSelector('spec.selector', saidSelector(next.spec), saidSelector(previous.spec)),
  ]
}

export function validateDeploymentStatusUpdate(next: V1Deployment, previous: V1Deployment): FieldError[] {
  return [...validateCounts(
    next.status ?? {},
    [
      'observedGeneration',
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'terminatingReplicas',
      'collisionCount',
    ],
    [
      ['updatedReplicas', 'replicas', OF_ALL],
      ['readyReplicas', 'replicas', OF_ALL],
      ['availableReplicas', 'replicas', OF_ALL],
      ['availableReplicas', 'readyReplicas', 'cannot be greater than readyReplicas'],
    ],
  ), ...validateNotDecremented(next.status?.collisionCount, previous.status?.collisionCount)]
}
