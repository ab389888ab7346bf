/**
 * What the objects of one logical cluster count in this isolate. Counters live as long as the isolate does, which may
 * be longer than an object; each isolate has a name, so that whoever gathers from objects counts each isolate once.
 */
import { versionDocument } from '../../apiserver/discovery/version.ts'
import { ApiMetrics } from '../../apiserver/operations/metrics/api-metrics.ts'
import { systemClock } from '../../lib/clock.ts'
import type { MetricSnapshot } from '../../lib/metrics.ts'
import { MetricRegistry } from '../../lib/metrics.ts'
import type { WorkMetrics } from '../../reconcile/work-metrics.ts'
import { workMetrics } from '../../reconcile/work-metrics.ts'
import type { SchedulerMetrics } from '../../scheduler/scheduler-metrics.ts'
import { schedulerMetrics } from '../../scheduler/scheduler-metrics.ts'
import { BUILD } from '../worker/build.ts'

/** Clusters counted for in one isolate; the one that was made first is forgotten, and begins at nought. */
const MAX_CLUSTERS = 256

/** What one isolate has counted for a cluster, and what one object adds that is its own. */
export interface MetricsReport {
  readonly isolate: string
  /** Empty when the asker has this isolate's already. */
  readonly shared: readonly MetricSnapshot[]
  readonly own: readonly MetricSnapshot[]
}

export class ClusterMetrics {
  readonly registry = new MetricRegistry()
  readonly api = new ApiMetrics(this.registry)
  readonly work: WorkMetrics = workMetrics(this.registry)
  readonly scheduler: SchedulerMetrics = schedulerMetrics(this.registry)
}

const byCluster = new Map<string, ClusterMetrics>()
let isolate: { readonly name: string; readonly startMs: number } | undefined

/** Chance and time are only there once a request is: not while modules are loaded. */
export function thisIsolate(): { readonly name: string; readonly startMs: number } {
  isolate ??= { name: crypto.randomUUID(), startMs: systemClock.now() }
  return isolate
}

export function metricsOf(cluster: string): ClusterMetrics {
  let metrics = byCluster.get(cluster)
  if (metrics === undefined) {
    thisIsolate()
    metrics = new ClusterMetrics()
    if (byCluster.size >= MAX_CLUSTERS) byCluster.delete(byCluster.keys().next().value ?? '')
    byCluster.set(cluster, metrics)
  }
  return metrics
}

/** `isReset`: it is the last that is told of what was counted until now. */
export function metricsReport(
  cluster: string,
  known: readonly string[],
  own: readonly MetricSnapshot[],
  isReset: boolean,
): MetricsReport {
  const { name } = thisIsolate()
  const { registry } = metricsOf(cluster)
  const shared = known.includes(name) ? [] : registry.snapshots()
  if (isReset) registry.forget()
  return { isolate: name, shared, own }
}

/** What is said of the build and of the isolate that answers. */
export function buildInfo(): MetricSnapshot[] {
  const document: Readonly<Record<string, string>> = versionDocument(BUILD)
  const fields = [
    'major', 'minor', 'gitVersion', 'gitCommit', 'gitTreeState', 'buildDate', 'goVersion', 'compiler', 'platform',
  ]
  return [
    {
      name: 'kubernetes_build_info',
      help: "A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      type: 'gauge',
      stability: 'BETA',
      labels: fields.map((field) => field.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)),
      series: [{ labels: fields.map((field) => document[field] ?? ''), value: 1 }],
    },
    {
      name: 'process_start_time_seconds',
      help: 'Start time of the process since unix epoch in seconds; at the edge, of the isolate that answers.',
      type: 'gauge',
      series: [{ labels: [], value: thisIsolate().startMs / 1000 }],
    },
  ]
}
