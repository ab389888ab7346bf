/**
 * autoscaling/v1 ↔ autoscaling/v2 HorizontalPodAutoscaler. The first version knows one CPU target; what else the
 * second one says travels in annotations, so that nothing is lost when an object is written back in the first version.
 * Upstream: kubernetes/kubernetes pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/annotations.go.
 */
import { parseJson } from '../../lib/exact-json.ts'
import { isJsonObject } from '../../apimachinery/patch/json-value.ts'
import { goJson } from '../../apimachinery/field-path.ts'
import type { KubeObject } from '../../apimachinery/meta.ts'
import { DecodeError } from '../../apimachinery/schema/decode-error.ts'
import { decodeObject } from '../../apimachinery/schema/decode.ts'
import type { Fields } from '../defaulting.ts'
import type {
  V1HorizontalPodAutoscaler,
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerCondition,
  V2HorizontalPodAutoscalerSpec,
  V2MetricSpec,
  V2MetricStatus,
} from '../generated/types.ts'
import { schema } from '../schema.ts'
import { internalForm, jsonNameOf } from '../validation/internal-form.ts'
import { defaultMetrics } from './defaults.ts'
import { metricFromV1, metricToV1, statusFromV1, statusToV1 } from './metric-conversion.ts'

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics'
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'
const ANNOTATIONS = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR]

/** An annotation's JSON as a value of the type; what does not read as one says nothing, as upstream drops it too. */
function readAnnotation(subject: KubeObject, name: string, read: (value: unknown) => unknown): unknown {
  const text = subject.metadata.annotations?.[name]
  if (text === undefined) return undefined
  try {
    return read(parseJson(text))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DecodeError) return undefined
    throw error
  }
}

/** A list of values of a type, once `change` has brought them into its form. */
function listIn<T>(subject: KubeObject, name: string, type: string, change: (flat: Fields) => unknown): T[] {
  const items = readAnnotation(subject, name, (value) => {
    if (!Array.isArray(value)) return []
    return value.map((item: unknown) => decodeObject(schema, type, isJsonObject(item) ? change(item) : item).object)
  })
  return (items ?? []) as T[]
}

/** The annotation has Go's names of fields, and null for those that are not set. */
function withJsonNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withJsonNames)
  if (!isJsonObject(value)) return value
  const said = Object.entries(value).filter(([, field]) => field !== null)
  return Object.fromEntries(said.map(([name, field]) => [jsonNameOf(name), withJsonNames(field)]))
}

function behaviorIn(subject: KubeObject): V2HorizontalPodAutoscalerSpec['behavior'] {
  const behavior = readAnnotation(subject, BEHAVIOR, (value) => {
    return decodeObject(schema, 'V2HorizontalPodAutoscalerBehavior', withJsonNames(value)).object
  })
  return isJsonObject(behavior) && Object.keys(behavior).length > 0 ? behavior : undefined
}

/** What is wrong is converted before it is refused: a target may be missing. */
function utilizationOf(resource: V2MetricSpec['resource']): number | undefined {
  const target: { averageUtilization?: number } | undefined = resource?.target
  return target?.averageUtilization
}

function isCpuUtilization({ type, resource }: V2MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && utilizationOf(resource) !== undefined
}

export function hpaToStored(subject: V1HorizontalPodAutoscaler): V2HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage, ...spec } = subject.spec ?? {
    maxReplicas: 0,
    scaleTargetRef: { kind: '', name: '' },
  }
  const { currentCPUUtilizationPercentage, ...status } = subject.status ?? { currentReplicas: 0, desiredReplicas: 0 }
  const cpu: V2MetricSpec[] =
    targetCPUUtilizationPercentage === undefined ? [] : [cpuTarget(targetCPUUtilizationPercentage)]
  const said = [...listIn<V2MetricSpec>(subject, METRICS, 'V2MetricSpec', metricFromV1), ...cpu]
  // Upstream's default stands here, where all metrics are known.
  const metrics = said.length > 0 ? said : (defaultMetrics() as V2MetricSpec[])
  const current: V2MetricStatus[] =
    currentCPUUtilizationPercentage === undefined
      ? []
      : [
          {
            type: 'Resource',
            resource: { name: 'cpu', current: { averageUtilization: currentCPUUtilizationPercentage } },
          },
        ]
  const saved = listIn<V2MetricStatus>(subject, CURRENT_METRICS, 'V2MetricStatus', statusFromV1)
  const currentMetrics = saved.length > 0 ? saved : current
  const behavior = behaviorIn(subject)
  const conditions = listIn<V2HorizontalPodAutoscalerCondition>(
    subject, CONDITIONS, 'V2HorizontalPodAutoscalerCondition', (condition) => condition,
  )
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: withoutAnnotations(subject.metadata),
    spec: { ...spec, metrics, ...(behavior === undefined ? {} : { behavior }) },
    status: {
      ...status,
      ...(conditions.length === 0 ? {} : { conditions }),
      currentMetrics: currentMetrics.length > 0 ? currentMetrics : (null as unknown as V2MetricStatus[]),
    },
  }
}

function cpuTarget(averageUtilization: number): V2MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }
}

function withoutAnnotations(metadata: KubeObject['metadata']): KubeObject['metadata'] {
  if (!ANNOTATIONS.some((name) => metadata.annotations?.[name] !== undefined)) return metadata
  const { annotations, ...rest } = metadata
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !ANNOTATIONS.includes(name))
  return kept.length > 0 ? { ...rest, annotations: Object.fromEntries(kept) } : rest
}

export function hpaFromStored(stored: KubeObject): V1HorizontalPodAutoscaler {
  const { metadata, spec, status } = stored as V2HorizontalPodAutoscaler
  const { metrics = [], behavior, ...restOfSpec } = spec ?? { maxReplicas: 0, scaleTargetRef: { kind: '', name: '' } }
  const { conditions = [], currentMetrics, currentReplicas = 0, desiredReplicas, ...restOfStatus } =
    status ?? { desiredReplicas: 0 }
  const current = (currentMetrics as V2MetricStatus[] | null | undefined) ?? []
  const cpu = metrics.find(isCpuUtilization)
  const currentCpu = current.findLast(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')
  const otherMetrics = metrics.filter((metric) => !isCpuUtilization(metric))
  const annotations: Record<string, string> = { ...metadata.annotations }
  if (otherMetrics.length > 0) annotations[METRICS] = goJson(otherMetrics.map(metricToV1))
  // All of them: a share of CPU has an amount as well.
  if (current.length > 0) annotations[CURRENT_METRICS] = goJson(current.map(statusToV1))
  if (conditions.length > 0) annotations[CONDITIONS] = goJson(conditions)
  if (behavior !== undefined) {
    annotations[BEHAVIOR] = goJson(internalForm('HorizontalPodAutoscalerBehavior', behavior))
  }
  const target = utilizationOf(cpu?.resource)
  const reachedNow: { averageUtilization?: number } | undefined = currentCpu?.resource?.current
  const reached = reachedNow?.averageUtilization
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
    spec: { ...restOfSpec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...restOfStatus,
      currentReplicas,
      desiredReplicas,
      ...(reached === undefined ? {} : { currentCPUUtilizationPercentage: reached }),
    },
  }
}
