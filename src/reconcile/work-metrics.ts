/**
 * What is counted of the controllers' queues, under upstream's names (k8s.io/component-base
 * metrics/prometheus/workqueue); `name` is the controller's.
 */
import type { MetricRegistry } from '../lib/metrics.ts'

const LABELS = ['name'] as const
const SECONDS = [0.000_01, 0.000_1, 0.001, 0.01, 0.1, 1, 10] as const

export type WorkMetrics = ReturnType<typeof workMetrics>

export function workMetrics(registry: MetricRegistry) {
  const seconds = (name: string, help: string) =>
    registry.histogram({ name: `workqueue_${name}`, help, labels: LABELS, buckets: SECONDS })
  return {
    adds: registry.counter({
      name: 'workqueue_adds_total',
      help: 'Total number of adds handled by workqueue',
      labels: LABELS,
    }),
    depth: registry.gauge({ name: 'workqueue_depth', help: 'Current depth of workqueue', labels: LABELS }),
    waited: seconds(
      'queue_duration_seconds',
      'How long in seconds an item stays in workqueue before being requested.',
    ),
    worked: seconds('work_duration_seconds', 'How long in seconds processing an item from workqueue takes.'),
    retries: registry.counter({
      name: 'workqueue_retries_total',
      help: 'Total number of retries handled by workqueue',
      labels: LABELS,
    }),
  }
}
