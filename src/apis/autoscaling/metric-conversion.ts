/**
 * One metric between the two forms: autoscaling/v1 keeps metrics in annotations, in a flat form of its own
 * (`targetAverageUtilization`), autoscaling/v2 has `target` and `current` objects.
 * Upstream: kubernetes/kubernetes pkg/apis/autoscaling/v1/conversion.go.
 */
import type { V2MetricSpec, V2MetricStatus } from '../generated/types.ts'

type Flat = Record<string, unknown>

/** Amounts that Go prints whether they are set or not. */
const NO_AMOUNT = '0'

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

function targetType(source: Flat): string {
  if (source['targetAverageUtilization'] !== undefined) return 'Utilization'
  return source['targetAverageValue'] !== undefined || source['averageValue'] !== undefined ? 'AverageValue' : 'Value'
}

function isOnlyPrinted({ averageValue, targetValue }: Flat): boolean {
  return averageValue !== undefined && targetValue === NO_AMOUNT
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
        // Go prints an amount where none is set: of an average it says nothing.
        ...(isOnlyPrinted(source) ? {} : { targetValue: 'value' }),
      }),
    },
  })) as unknown as V2MetricSpec
}

/** What a source measures, and by what: nothing of it may be there while it is wrong. */
interface Parts {
  readonly metric: Flat
  readonly of: Flat
  readonly object: Flat
}

function partsOf(source: Flat, amounts: 'target' | 'current'): Parts {
  const part = (name: string): Flat => (source[name] ?? {}) as Flat
  return { metric: part('metric'), of: part(amounts), object: part('describedObject') }
}

/** In the order in which Go prints them; without what is not set. */
function inOrder(...fields: readonly (readonly [string, unknown])[]): Flat {
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
}

function referenceOf({ kind = '', name = '', apiVersion }: Flat): Flat {
  return inOrder(['kind', kind], ['name', name], ['apiVersion', apiVersion])
}

export function metricToV1(metric: V2MetricSpec): Flat {
  return convert(metric as unknown as Flat, (source, type) => {
    const { metric: { name = '', selector }, of, object } = partsOf(source, 'target')
    if (type === 'Object') {
      return inOrder(['target', referenceOf(object)], ['metricName', name], ['targetValue', of['value'] ?? NO_AMOUNT],
        ['selector', selector], ['averageValue', of['averageValue']])
    }
    if (type === 'Pods') {
      const average = of['averageValue'] ?? NO_AMOUNT
      return inOrder(['metricName', name], ['targetAverageValue', average], ['selector', selector])
    }
    if (type === 'External') {
      return inOrder(['metricName', name], ['metricSelector', selector], ['targetValue', of['value']],
        ['targetAverageValue', of['averageValue']])
    }
    return inOrder(['name', source['name'] ?? ''], ['targetAverageUtilization', of['averageUtilization']],
      ['targetAverageValue', of['averageValue']], ['container', source['container']])
  })
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

export function statusToV1(metric: V2MetricStatus): Flat {
  return convert(metric as unknown as Flat, (source, type) => {
    const { metric: { name = '', selector }, of, object } = partsOf(source, 'current')
    if (type === 'Object') {
      return inOrder(['target', referenceOf(object)], ['metricName', name], ['currentValue', of['value'] ?? NO_AMOUNT],
        ['selector', selector], ['averageValue', of['averageValue']])
    }
    const average = of['averageValue'] ?? NO_AMOUNT
    if (type === 'Pods') {
      return inOrder(['metricName', name], ['currentAverageValue', average], ['selector', selector])
    }
    if (type === 'External') {
      return inOrder(['metricName', name], ['metricSelector', selector], ['currentValue', of['value'] ?? NO_AMOUNT],
        ['currentAverageValue', of['averageValue']])
    }
    return inOrder(['name', source['name'] ?? ''], ['currentAverageUtilization', of['averageUtilization']],
      ['currentAverageValue', average], ['container', source['container']])
  })
}
