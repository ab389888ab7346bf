/**
 * autoscaling/v1 ↔ autoscaling/v2 HorizontalPodAutoscaler. The first version knows one CPU target; what else the
 * second one says travels in annotations, so that nothing is lost when an object is written back in the first version.
 * Upstream: kubernetes/kubernetes pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/annotations.go.
 */
import type { KubeObject } from '../../apimachinery/meta.ts'
import type {
  V1HorizontalPodAutoscaler,
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerSpec,
  V2MetricSpec,
  V2MetricStatus,
} from '../generated/types.ts'
import { metricFromV1, metricToV1, statusFromV1, statusToV1 } from './metric-conversion.ts'

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics'
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'
const ANNOTATIONS = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR]

/** An annotation's JSON; what does not parse says nothing, as upstream drops it too. */
function readAnnotation(subject: KubeObject, name: string): unknown {
  const text = subject.metadata.annotations?.[name]
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function listIn(subject: KubeObject, name: string): Record<string, unknown>[] {
  const value = readAnnotation(subject, name)
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : []
}

function isCpuUtilization({ type, resource }: V2MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined
}

export function hpaToStored(subject: V1HorizontalPodAutoscaler): V2HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage, ...spec } = subject.spec ?? {
    maxReplicas: 0,
    scaleTargetRef: { kind: '', name: '' },
  }
  const { currentCPUUtilizationPercentage, ...status } = subject.status ?? { currentReplicas: 0, desiredReplicas: 0 }
  const cpu: V2MetricSpec[] =
    targetCPUUtilizationPercentage === undefined ? [] : [cpuTarget(targetCPUUtilizationPercentage)]
  const metrics = [...cpu, ...listIn(subject, METRICS).map(metricFromV1)]
  const current: V2MetricStatus[] =
    currentCPUUtilizationPercentage === undefined
      ? []
      : [
          {
            type: 'Resource',
            resource: { name: 'cpu', current: { averageUtilization: currentCPUUtilizationPercentage } },
          },
        ]
  const currentMetrics = [...current, ...listIn(subject, CURRENT_METRICS).map(statusFromV1)]
  const behavior = readAnnotation(subject, BEHAVIOR) as V2HorizontalPodAutoscalerSpec['behavior']
  const conditions = listIn(subject, CONDITIONS) as unknown as NonNullable<
    V2HorizontalPodAutoscaler['status']
  >['conditions']
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: withoutAnnotations(subject.metadata),
    spec: { ...spec, ...(metrics.length > 0 ? { metrics } : {}), ...(behavior === undefined ? {} : { behavior }) },
    status: {
      ...status,
      ...(conditions === undefined || conditions.length === 0 ? {} : { conditions }),
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
  const { conditions = [], currentMetrics, ...restOfStatus } = status ?? { desiredReplicas: 0 }
  const current = (currentMetrics as V2MetricStatus[] | null | undefined) ?? []
  const cpu = metrics.find(isCpuUtilization)
  const currentCpu = current.find(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')
  const otherMetrics = metrics.filter((metric) => metric !== cpu)
  const otherCurrent = current.filter((metric) => metric !== currentCpu)
  const annotations: Record<string, string> = { ...metadata.annotations }
  if (otherMetrics.length > 0) annotations[METRICS] = JSON.stringify(otherMetrics.map(metricToV1))
  if (otherCurrent.length > 0) annotations[CURRENT_METRICS] = JSON.stringify(otherCurrent.map(statusToV1))
  if (conditions.length > 0) annotations[CONDITIONS] = JSON.stringify(conditions)
  if (behavior !== undefined) annotations[BEHAVIOR] = JSON.stringify(behavior)
  const target = cpu?.resource?.target.averageUtilization
  const reached = currentCpu?.resource?.current.averageUtilization
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
    spec: { ...restOfSpec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...restOfStatus,
      currentReplicas: restOfStatus.currentReplicas ?? 0,
      ...(reached === undefined ? {} : { currentCPUUtilizationPercentage: reached }),
    },
  }
}
