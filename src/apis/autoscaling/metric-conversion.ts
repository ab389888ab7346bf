/**
 * One metric between the two forms: autoscaling/v1 keeps metrics in annotations, in a flat form of its own
 * (`targetAverageUtilization`), autoscaling/v2 has `target` and `current` objects.
 * Upstream: kubernetes/kubernetes pkg/apis/autoscaling/v1/conversion.go.
 */
import type { V2MetricSpec, V2MetricStatus } from '../generated/types.ts'

type Flat = Record<string, unknown>

/** Metric type → the field that holds it. */
const SOURCES: Readonly<Record<string, string>> = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
}

function convert(from: Flat, change: (source: Flat, type: string) => Flat): Flat {
  const type = String(from['type'])
  const field = SOURCES[type]
  if (field === undefined || typeof from[field] !== 'object') return from
  return { type, [field]: change(from[field] as Flat, type) }
}

function pick(source: Flat, names: Readonly<Record<string, string>>): Flat {
  return Object.fromEntries(
    Object.entries(names).flatMap(([from, to]) => (source[from] === undefined ? [] : [[to, source[from]]])),
  )
}

/** `metricName` and `metricSelector` of the flat form. */
function metricOf(source: Flat, type: string): Flat {
  if (type === 'Resource' || type === 'ContainerResource') return {}
  const selector = source['metricSelector'] ?? source['selector']
  return { metric: { name: source['metricName'], ...(selector === undefined ? {} : { selector }) } }
}

function flatMetricOf(source: Flat, type: string): Flat {
  const metric = source['metric'] as Flat | undefined
  if (metric === undefined) return {}
  const field = type === 'External' ? 'metricSelector' : 'selector'
  return { metricName: metric['name'], ...(metric['selector'] === undefined ? {} : { [field]: metric['selector'] }) }
}

function targetType(source: Flat): string {
  if (source['targetAverageUtilization'] !== undefined) return 'Utilization'
  return source['targetAverageValue'] !== undefined || source['averageValue'] !== undefined ? 'AverageValue' : 'Value'
}

export function metricFromV1(flat: Flat): V2MetricSpec {
  return convert(flat, (source, type) => ({
    ...pick(source, { name: 'name', container: 'container' }),
    ...(type === 'Object' ? { describedObject: source['target'] } : {}),
    ...metricOf(source, type),
    target: {
      type: targetType(source),
      ...pick(source, {
        targetAverageUtilization: 'averageUtilization',
        targetAverageValue: 'averageValue',
        averageValue: 'averageValue',
        targetValue: 'value',
      }),
    },
  })) as unknown as V2MetricSpec
}

export function metricToV1(metric: V2MetricSpec): Flat {
  return convert(metric as unknown as Flat, (source, type) => ({
    ...pick(source, { name: 'name', container: 'container' }),
    ...(type === 'Object' ? { target: source['describedObject'] } : {}),
    ...flatMetricOf(source, type),
    ...pick(source['target'] as Flat, {
      averageUtilization: 'targetAverageUtilization',
      averageValue: type === 'Object' ? 'averageValue' : 'targetAverageValue',
      value: 'targetValue',
    }),
  }))
}

export function statusFromV1(flat: Flat): V2MetricStatus {
  return convert(flat, (source, type) => ({
    ...pick(source, { name: 'name', container: 'container' }),
    ...(type === 'Object' ? { describedObject: source['target'] } : {}),
    ...metricOf(source, type),
    current: pick(source, {
      currentAverageUtilization: 'averageUtilization',
      currentAverageValue: 'averageValue',
      averageValue: 'averageValue',
      currentValue: 'value',
    }),
  })) as unknown as V2MetricStatus
}

/** Of a resource the flat form always has an amount. */
function amountOf(current: Flat, type: string): Flat {
  return type === 'Resource' || type === 'ContainerResource' ? { averageValue: '0', ...current } : current
}

export function statusToV1(metric: V2MetricStatus): Flat {
  return convert(metric as unknown as Flat, (source, type) => ({
    ...pick(source, { name: 'name', container: 'container' }),
    ...(type === 'Object' ? { target: source['describedObject'] } : {}),
    ...flatMetricOf(source, type),
    ...pick(amountOf(source['current'] as Flat, type), {
      averageUtilization: 'currentAverageUtilization',
      averageValue: type === 'Object' ? 'averageValue' : 'currentAverageValue',
      value: 'currentValue',
    }),
  }))
}
