/**
 * Validation of what a HorizontalPodAutoscaler scales by: one source a metric, and a target in it.
 * Upstream: kubernetes/kubernetes pkg/apis/autoscaling/validation/validation.go, validateMetricSpec.
 */
import {
  childPath, forbidden, indexPath, invalid, notSupported, ofNamedType, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isPathSegmentName } from '../../../apimachinery/names.ts'
import { compareQuantities } from '../../../apimachinery/quantity.ts'
import { validateContainerResourceName } from '../../core/pod/containers/resources.ts'
import type {
  V2ContainerResourceMetricSource, V2ExternalMetricSource, V2MetricIdentifier, V2MetricSpec, V2MetricTarget,
  V2ObjectMetricSource, V2PodsMetricSource, V2ResourceMetricSource,
} from '../../generated/types.ts'
import { dnsLabel, invalidFor } from '../../validation/rules.ts'
import { validateReference, type Leniency } from './reference.ts'

/** Type of a metric → the field that holds it, in the order in which upstream looks at them. */
const SOURCES = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
} as const
const TYPES = Object.keys(SOURCES).toSorted()
const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue']

function isSource(type: string): type is keyof typeof SOURCES {
  return Object.hasOwn(SOURCES, type)
}

function validateIdentifier({ name }: Partial<V2MetricIdentifier>, at: string): FieldError[] {
  const nameAt = childPath(at, 'name')
  if ((name ?? '') === '') return [required(nameAt, 'must specify a metric name')]
  return invalidFor(nameAt, name, isPathSegmentName(name ?? ''))
}

function validateTarget(target: Partial<V2MetricTarget>, at: string): FieldError[] {
  const { type = '', averageUtilization } = target
  const typeAt = childPath(at, 'type')
  const errors = type === '' ? [required(typeAt, 'must specify a metric target type')] : []
  if (!TARGET_TYPES.includes(type)) {
    errors.push(invalid(typeAt, ofNamedType(type), 'must be either Utilization, Value, or AverageValue'))
  }
  for (const name of ['value', 'averageValue'] as const) {
    const quantity = target[name]
    if (quantity !== undefined && compareQuantities(quantity, 0) <= 0) {
      errors.push(invalid(childPath(at, name), quantity, 'must be positive'))
    }
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(invalid(childPath(at, 'averageUtilization'), averageUtilization, 'must be greater than 0'))
  }
  return errors
}

function validateObject(source: V2ObjectMetricSource, leniency: Leniency, at: string): FieldError[] {
  const target: Partial<V2MetricTarget> = source.target ?? {}
  const isUnset = target.value === undefined && target.averageValue === undefined
  const averageAt = childPath(at, 'target', 'averageValue')
  return [
    ...validateReference(source.describedObject ?? {}, leniency, childPath(at, 'describedObject')),
    ...validateIdentifier(source.metric ?? {}, childPath(at, 'metric')),
    ...validateTarget(target, childPath(at, 'target')),
    ...(isUnset ? [required(averageAt, 'must set either a target value or averageValue')] : []),
  ]
}

function validateExternal(source: V2ExternalMetricSource, at: string): FieldError[] {
  const target: Partial<V2MetricTarget> = source.target ?? {}
  const errors = [
    ...validateIdentifier(source.metric ?? {}, childPath(at, 'metric')),
    ...validateTarget(target, childPath(at, 'target')),
  ]
  if (target.value === undefined && target.averageValue === undefined) {
    const why = 'must set either a target value for metric or a per-pod target'
    errors.push(required(childPath(at, 'target', 'averageValue'), why))
  }
  if (target.value !== undefined && target.averageValue !== undefined) {
    const why = 'may not set both a target value for metric and a per-pod target'
    errors.push(forbidden(childPath(at, 'target', 'value'), why))
  }
  return errors
}

function validatePods(source: V2PodsMetricSource, at: string): FieldError[] {
  const target: Partial<V2MetricTarget> = source.target ?? {}
  const averageAt = childPath(at, 'target', 'averageValue')
  return [
    ...validateIdentifier(source.metric ?? {}, childPath(at, 'metric')),
    ...validateTarget(target, childPath(at, 'target')),
    ...(target.averageValue === undefined ? [required(averageAt, 'must specify a positive target averageValue')] : []),
  ]
}

/** A resource is given as a share of what pods ask for, or as an amount. */
function validateResourceTarget(target: Partial<V2MetricTarget>, at: string): FieldError[] {
  const { averageUtilization, averageValue } = target
  const errors = validateTarget(target, at)
  if (averageUtilization === undefined && averageValue === undefined) {
    const why = 'must set either a target raw value or a target utilization'
    errors.push(required(childPath(at, 'averageUtilization'), why))
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    const why = 'may not set both a target raw value and a target utilization'
    errors.push(forbidden(childPath(at, 'averageValue'), why))
  }
  return errors
}

function validateResource({ name, target }: Partial<V2ResourceMetricSource>, at: string): FieldError[] {
  return [
    ...((name ?? '') === '' ? [required(childPath(at, 'name'), 'must specify a resource name')] : []),
    ...validateResourceTarget(target ?? {}, childPath(at, 'target')),
  ]
}

function validateContainerResource(source: Partial<V2ContainerResourceMetricSource>, at: string): FieldError[] {
  const { name = '', container = '', target = {} } = source
  const [nameAt, containerAt] = [childPath(at, 'name'), childPath(at, 'container')]
  return [
    ...(name === ''
      ? [required(nameAt, 'must specify a resource name')]
      : validateContainerResourceName(name, nameAt)),
    ...(container === '' ? [required(containerAt, 'must specify a container')] : dnsLabel(containerAt, container)),
    ...validateResourceTarget(target, childPath(at, 'target')),
  ]
}

/** Only the first source that is there is looked into. */
function validateFirstSource(metric: V2MetricSpec, leniency: Leniency, at: string): FieldError[] {
  const { object, external, pods, resource, containerResource } = metric
  if (object !== undefined) return validateObject(object, leniency, childPath(at, 'object'))
  if (external !== undefined) return validateExternal(external, childPath(at, 'external'))
  if (pods !== undefined) return validatePods(pods, childPath(at, 'pods'))
  if (resource !== undefined) return validateResource(resource, childPath(at, 'resource'))
  if (containerResource === undefined) return []
  return validateContainerResource(containerResource, childPath(at, 'containerResource'))
}

function validateMetric(metric: V2MetricSpec, leniency: Leniency, at: string): FieldError[] {
  const { type } = metric
  const typeAt = childPath(at, 'type')
  const unsupported = isSource(type) ? [] : [notSupported(typeAt, type, TYPES)]
  const errors = [
    ...(type === '' ? [required(typeAt, 'must specify a metric source type')] : []),
    ...unsupported,
    ...validateFirstSource(metric, leniency, at),
  ]
  const expected = isSource(type) ? SOURCES[type] : undefined
  if (expected === undefined) errors.push(...unsupported)
  else if (metric[expected] === undefined) {
    errors.push(required(childPath(at, expected), 'must populate information for the given metric source'))
  }
  const present = Object.values(SOURCES).filter((name) => metric[name] !== undefined)
  if (present.length === 1) return errors
  const others = present.filter((name) => name !== expected)
  return [
    ...errors,
    ...others.map((name) => forbidden(childPath(at, name), 'must populate the given metric source only')),
  ]
}

export function validateMetrics(
  metrics: readonly V2MetricSpec[],
  minReplicas: number | undefined,
  leniency: Leniency,
): FieldError[] {
  const at = 'spec.metrics'
  const errors = metrics.flatMap((metric, index) => validateMetric(metric, leniency, indexPath(at, index)))
  // Metrics of pods say nothing when there are none.
  const isSeenFromOutside = metrics.some(({ type }) => type === 'Object' || type === 'External')
  if (minReplicas !== 0 || isSeenFromOutside) return errors
  const why = 'must specify at least one Object or External metric to support scaling to zero replicas'
  return [...errors, forbidden(at, why)]
}
