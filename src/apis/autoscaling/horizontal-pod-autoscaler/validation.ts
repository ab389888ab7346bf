/**
 * Validation of HorizontalPodAutoscaler objects, in the form of autoscaling/v2 whatever the request's is.
 * Upstream: kubernetes/kubernetes pkg/apis/autoscaling/validation/validation.go,
 * validateHorizontalPodAutoscalerSpec; pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go,
 * validationOptionsForHorizontalPodAutoscaler.
 */
import {
  addErrors, childPath, indexPath, invalid, notSupported, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { compareQuantities } from '../../../apimachinery/quantity.ts'
import type {
  V2HorizontalPodAutoscaler, V2HorizontalPodAutoscalerSpec, V2HPAScalingPolicy, V2HPAScalingRules,
} from '../../generated/types.ts'
import { notNegative, supportedIfSet } from '../../validation/rules.ts'
import { validateMetrics } from './metrics.ts'
import { validateReference, versionMessages, type Leniency } from './reference.ts'

type Spec = Partial<V2HorizontalPodAutoscalerSpec>

const MAX_PERIOD_SECONDS = 1800
const MAX_WINDOW_SECONDS = 3600
/** HPAScaleToZero is off in 1.36. */
const MIN_REPLICAS = 1
const OF_DESCRIBED: Leniency = { allowsCoreGroup: true }

function validateReplicas({ minReplicas, maxReplicas = 0 }: Spec, least: number): FieldError[] {
  const maxAt = 'spec.maxReplicas'
  const errors: FieldError[] = []
  if (minReplicas !== undefined && minReplicas < least) {
    errors.push(invalid('spec.minReplicas', minReplicas, `must be greater than or equal to ${String(least)}`))
  }
  if (maxReplicas === 0) errors.push(required(maxAt, 'must be set and greater than 0'))
  if (maxReplicas < 0) errors.push(invalid(maxAt, maxReplicas, 'must be greater than or equal to 1'))
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.push(invalid(maxAt, maxReplicas, 'must be greater than or equal to `minReplicas`'))
  }
  return errors
}

function validatePolicy({ type, value = 0, periodSeconds = 0 }: Partial<V2HPAScalingPolicy>, at: string): FieldError[] {
  const periodAt = childPath(at, 'periodSeconds')
  const types = ['Percent', 'Pods']
  const errors = types.includes(type ?? '') ? [] : [notSupported(childPath(at, 'type'), type ?? '', types)]
  if (value <= 0) errors.push(invalid(childPath(at, 'value'), value, 'must be greater than zero'))
  if (periodSeconds <= 0) errors.push(invalid(periodAt, periodSeconds, 'must be greater than zero'))
  if (periodSeconds > MAX_PERIOD_SECONDS) {
    errors.push(invalid(periodAt, periodSeconds, `must be less than or equal to ${String(MAX_PERIOD_SECONDS)}`))
  }
  return errors
}

function validateRules(rules: V2HPAScalingRules, at: string): FieldError[] {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules
  const [windowAt, policiesAt] = [childPath(at, 'stabilizationWindowSeconds'), childPath(at, 'policies')]
  const errors: FieldError[] = []
  if (window !== undefined && window < 0) {
    errors.push(invalid(windowAt, window, 'must be greater than or equal to zero'))
  }
  if (window !== undefined && window > MAX_WINDOW_SECONDS) {
    errors.push(invalid(windowAt, window, `must be less than or equal to ${String(MAX_WINDOW_SECONDS)}`))
  }
  errors.push(...supportedIfSet(childPath(at, 'selectPolicy'), selectPolicy, ['Disabled', 'Max', 'Min']))
  if (policies.length === 0) errors.push(required(policiesAt, 'must specify at least one Policy'))
  addErrors(errors, policies.flatMap((policy, index) => validatePolicy(policy, indexPath(policiesAt, index))))
  if (tolerance !== undefined && compareQuantities(tolerance, 0) < 0) {
    errors.push(invalid(childPath(at, 'tolerance'), tolerance, 'must be greater than or equal to 0'))
  }
  return errors
}

/** What is asked of the target's group; an update that leaves the target alone is asked nothing. */
function targetLeniency(next: Spec, previous: Spec | undefined): Leniency {
  const [target, before] = [next.scaleTargetRef, previous?.scaleTargetRef]
  const isKept = target?.kind === before?.kind && target?.apiVersion === before?.apiVersion
  if (previous !== undefined && isKept) return { allowsInvalidVersion: true }
  return { allowsCoreGroup: target?.kind === 'ReplicationController' }
}

function metricLeniency(previous: Spec | undefined): Leniency {
  const wasWrong = previous?.metrics?.some(({ type, object }) => {
    if (type !== 'Object' || object === undefined) return false
    return versionMessages(object.describedObject.apiVersion, OF_DESCRIBED).length > 0
  })
  return { ...OF_DESCRIBED, allowsInvalidVersion: wasWrong === true }
}

function validateSpec(spec: Spec, previous: Spec | undefined): FieldError[] {
  const { scaleUp, scaleDown } = spec.behavior ?? {}
  const least = previous?.minReplicas === 0 ? 0 : MIN_REPLICAS
  return [
    ...validateReplicas(spec, least),
    ...validateReference(spec.scaleTargetRef ?? {}, targetLeniency(spec, previous), 'spec.scaleTargetRef'),
    ...validateMetrics(spec.metrics ?? [], spec.minReplicas, metricLeniency(previous)),
    ...(scaleUp === undefined ? [] : validateRules(scaleUp, 'spec.behavior.scaleUp')),
    ...(scaleDown === undefined ? [] : validateRules(scaleDown, 'spec.behavior.scaleDown')),
  ]
}

export function validateHorizontalPodAutoscaler({ spec }: V2HorizontalPodAutoscaler): FieldError[] {
  return validateSpec(spec ?? {}, undefined)
}

export function validateHorizontalPodAutoscalerUpdate(
  { spec }: V2HorizontalPodAutoscaler,
  previous: V2HorizontalPodAutoscaler,
): FieldError[] {
  return validateSpec(spec ?? {}, previous.spec ?? {})
}

export function validateHorizontalPodAutoscalerStatusUpdate({ status }: V2HorizontalPodAutoscaler): FieldError[] {
  return [
    ...notNegative('status.currentReplicas', status?.currentReplicas),
    ...notNegative('status.desiredReplicas', status?.desiredReplicas),
  ]
}
