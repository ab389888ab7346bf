/**
 * Columns of HorizontalPodAutoscalers, in both versions, and of the scale of anything. Upstream: kubernetes/kubernetes
 * pkg/printers/internalversion/printers.go, printHorizontalPodAutoscaler, formatHPAMetrics, printScale.
 */
import type { Column } from '../../apimachinery/table.ts'
import type {
  V1HorizontalPodAutoscaler,
  V1Scale,
  V2HorizontalPodAutoscaler,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
  V2MetricValueStatus,
} from '../generated/types.ts'
import { NONE, UNKNOWN, UNSET, ageColumn, column, countColumn, listed, nameColumn } from '../table-columns.ts'
import { hpaToStored } from './conversion.ts'

const MAX_METRICS = 2

/** Of a metric's sources the one that its type names: the same fields in its spec and in its status. */
interface MetricSources<T> {
  readonly type: string
  readonly resource?: T | undefined
  readonly containerResource?: T | undefined
  readonly pods?: T | undefined
  readonly object?: T | undefined
  readonly external?: T | undefined
}

function sourceOf<T>({ type, ...sources }: MetricSources<T>): T | undefined {
  const { resource, containerResource, pods, object, external } = sources
  const byType = {
    Resource: resource,
    ContainerResource: containerResource,
    Pods: pods,
    Object: object,
    External: external,
  }
  return byType[type as keyof typeof byType]
}

const targetOf = (metric: V2MetricSpec): V2MetricTarget | undefined =>
  sourceOf<{ readonly target: V2MetricTarget }>(metric)?.target

/** What a status calls itself is not looked at: it is the one at the place of the metric. */
const currentOf = (status: V2MetricStatus, type: string): V2MetricValueStatus | undefined =>
  sourceOf<{ readonly current: V2MetricValueStatus }>({ ...status, type })?.current

/** What Go prints of a quantity that is not there. */
const NO_QUANTITY = '<nil>'

/** `cpu: 12%/80%`, `<unknown>/10 (avg)` */
function metricText(metric: V2MetricSpec, status: V2MetricStatus | undefined): string {
  const target = targetOf(metric)
  if (target === undefined) return '<unknown type>'
  const current = status === undefined ? undefined : currentOf(status, metric.type)
  const without = current === undefined ? UNKNOWN : NO_QUANTITY
  const average = `${current?.averageValue ?? without}/${target.averageValue ?? NO_QUANTITY}`
  const resource = metric.resource ?? metric.containerResource
  if (resource !== undefined) {
    const share = `${percent(current?.averageUtilization, UNKNOWN)}/${percent(target.averageUtilization, '<auto>')}`
    return `${resource.name}: ${target.averageValue === undefined ? share : average}`
  }
  if (metric.type === 'Pods') return average
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`
  return `${current?.value ?? without}/${target.value ?? NO_QUANTITY}`
}

function percent(share: number | undefined, otherwise: string): string {
  return share === undefined ? otherwise : `${String(share)}%`
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

/** Of the subresource, whatever has it. */
export const scaleColumns: readonly Column<V1Scale>[] = [
  column('Name', ({ metadata }) => metadata.name ?? ''),
  countColumn('Desired', ({ spec }) => spec?.replicas),
  countColumn('Available', ({ status }) => status?.replicas),
  ageColumn,
]

/** Who scales nothing is in a bookmark, and was not given the metric that conversion gives to others. */
const shownAs = (autoscaler: V1HorizontalPodAutoscaler): V2HorizontalPodAutoscaler =>
  autoscaler.spec?.scaleTargetRef.name === '' ? autoscaler : hpaToStored(autoscaler)

/** The same cells for the first version, by way of the stored form. */
export const horizontalPodAutoscalerV1Columns: readonly Column<V1HorizontalPodAutoscaler>[] =
  horizontalPodAutoscalerColumns.map((inV2) => ({
    ...inV2,
    cell: (autoscaler: V1HorizontalPodAutoscaler, nowMs: number) => inV2.cell(shownAs(autoscaler), nowMs),
  }))
