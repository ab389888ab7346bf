/**
 * Columns of HorizontalPodAutoscalers, in both versions. Upstream: kubernetes/kubernetes
 * pkg/printers/internalversion/printers.go, printHorizontalPodAutoscaler, formatHPAMetrics.
 */
import type { Column } from '../../apimachinery/table.ts'
import type {
  V1HorizontalPodAutoscaler,
  V2HorizontalPodAutoscaler,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
  V2MetricValueStatus,
} from '../generated/types.ts'
import { NONE, UNKNOWN, UNSET, ageColumn, column, listed, nameColumn } from '../table-columns.ts'
import { hpaToStored } from './conversion.ts'

const MAX_METRICS = 2

function sourceOf(metric: V2MetricSpec): { target: V2MetricTarget; name: string } | undefined {
  switch (metric.type) {
    case 'Resource':
      return metric.resource && { target: metric.resource.target, name: metric.resource.name }
    case 'ContainerResource':
      return (
        metric.containerResource && { target: metric.containerResource.target, name: metric.containerResource.name }
      )
    case 'Pods':
      return metric.pods && { target: metric.pods.target, name: '' }
    case 'Object':
      return metric.object && { target: metric.object.target, name: '' }
    case 'External':
      return metric.external && { target: metric.external.target, name: '' }
    default:
      return undefined
  }
}

function currentOf({ type, ...sources }: V2MetricStatus): V2MetricValueStatus | undefined {
  const { resource, containerResource, pods, object, external } = sources
  const byType = {
    Resource: resource,
    ContainerResource: containerResource,
    Pods: pods,
    Object: object,
    External: external,
  }
  return byType[type as keyof typeof byType]?.current
}

/** `cpu: 12%/80%`, `<unknown>/10 (avg)` */
function metricText(metric: V2MetricSpec, status: V2MetricStatus | undefined): string {
  const source = sourceOf(metric)
  if (source === undefined) return '<unknown type>'
  const { target, name } = source
  const current = status === undefined ? undefined : currentOf(status)
  const prefix = name === '' ? '' : `${name}: `
  if (name !== '' && target.averageUtilization !== undefined) {
    const reached = current?.averageUtilization === undefined ? UNKNOWN : `${String(current.averageUtilization)}%`
    return `${prefix}${reached}/${String(target.averageUtilization)}%`
  }
  if (target.averageValue !== undefined) {
    const isAveraged = metric.type === 'Object' || metric.type === 'External'
    return `${prefix}${current?.averageValue ?? UNKNOWN}/${target.averageValue}${isAveraged ? ' (avg)' : ''}`
  }
  return `${prefix}${current?.value ?? UNKNOWN}/${target.value ?? '<auto>'}`
}

function targetsText({ spec, status }: V2HorizontalPodAutoscaler): string {
  const current = (status?.currentMetrics as V2MetricStatus[] | null | undefined) ?? []
  const texts = (spec?.metrics ?? []).map((metric, index) => metricText(metric, current[index]))
  // Upstream separates with a space here, unlike in other lists.
  return listed(texts, NONE, MAX_METRICS).replaceAll(/,(?=\S)/g, ', ')
}

export const horizontalPodAutoscalerColumns: readonly Column<V2HorizontalPodAutoscaler>[] = [
  nameColumn,
  column('Reference', ({ spec }) => `${spec?.scaleTargetRef.kind ?? ''}/${spec?.scaleTargetRef.name ?? ''}`),
  column('Targets', targetsText),
  column('MinPods', ({ spec }) => (spec?.minReplicas === undefined ? UNSET : String(spec.minReplicas))),
  column('MaxPods', ({ spec }) => spec?.maxReplicas ?? 0),
  column('Replicas', ({ status }) => status?.currentReplicas ?? 0),
  ageColumn,
]

/** The same cells for the first version, by way of the stored form. */
export const horizontalPodAutoscalerV1Columns: readonly Column<V1HorizontalPodAutoscaler>[] =
  horizontalPodAutoscalerColumns.map((inV2) => ({
    ...inV2,
    cell: (autoscaler: V1HorizontalPodAutoscaler, nowMs: number) => inV2.cell(hpaToStored(autoscaler), nowMs),
  }))
