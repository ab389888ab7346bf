/**
 * What is counted of the controllers' queues, under upstream's names (k8s.io/component-base
 * metrics/prometheus/workqueue); `name` is the controller's.
 */
import type { MetricRegistry, MetricSnapshot } from '../lib/metrics.ts'
import type { RunningKey } from './work-queue.ts'

const LABELS = ['name'] as const
/** As upstream multiplies them, which is not quite 1e-5 and 1e-4: bounds of different servers are compared as texts. */
const SECONDS = [1e-8, 1e-7, 1e-6, 9.999999999999999e-6, 9.999999999999999e-5, 0.001, 0.01, 0.1, 1, 10] as const
const BETA = { stability: 'BETA', labels: LABELS } as const

export type WorkMetrics = ReturnType<typeof workMetrics>

export function workMetrics(registry: MetricRegistry) {
  const seconds = (name: string, help: string) =>
    registry.histogram({ name: `workqueue_${name}`, help, ...BETA, buckets: SECONDS })
  return {
    adds: registry.counter({
      name: 'workqueue_adds_total',
      help: 'Total number of adds handled by workqueue',
      ...BETA,
    }),
    depth: registry.gauge({ name: 'workqueue_depth', help: 'Current depth of workqueue', ...BETA }),
    waited: seconds(
      'queue_duration_seconds',
      'How long in seconds an item stays in workqueue before being requested.',
    ),
    worked: seconds('work_duration_seconds', 'How long in seconds processing an item from workqueue takes.'),
    retries: registry.counter({
      name: 'workqueue_retries_total',
      help: 'Total number of retries handled by workqueue',
      ...BETA,
    }),
  }
}

/**
 * Of the keys that run at this moment: how long they have in all, and the one that has for longest; of each of these
 * controllers.
 */
export function runningWork(
  controllers: readonly string[],
  running: readonly RunningKey[],
  nowMs: number,
): MetricSnapshot[] {
  const seconds = ({ sinceMs }: RunningKey): number => Math.max(0, nowMs - sinceMs) / 1_000
  const byName = Map.groupBy(running, ({ controller }) => controller)
  const told = (of: (all: readonly number[]) => number) =>
    controllers.map((name) => ({ labels: [name], value: of((byName.get(name) ?? []).map(seconds)) }))
  return [
    {
      name: 'workqueue_unfinished_work_seconds',
      help: "How many seconds of work has done that is in progress and hasn't been observed by work_duration. Large values indicate stuck threads. One can deduce the number of stuck threads by observing the rate at which this increases.",
      type: 'gauge',
      ...BETA,
      series: told((all) => all.reduce((sum, one) => sum + one, 0)),
    },
    {
      name: 'workqueue_longest_running_processor_seconds',
      help: 'How many seconds has the longest running processor for workqueue been running.',
      type: 'gauge',
      ...BETA,
      isHighest: true,
      series: told((all) => Math.max(0, ...all)),
    },
  ]
}
