/** Sizes of what comes and goes, under upstream's names (k8s.io/apiserver pkg/endpoints/{metrics,handlers/metrics}). */
import type { MetricRegistry } from '../../../lib/metrics.ts'

const BODY_BYTES = Array.from({ length: 31 }, (_, index) => 50_000 + 100_000 * index)
const EVENT_BYTES = Array.from({ length: 8 }, (_, index) => 1024 * 2 ** index)

export type SizeMetrics = ReturnType<typeof sizeMetrics>

export function sizeMetrics(registry: MetricRegistry) {
  return {
    bodies: registry.histogram({
      name: 'apiserver_request_body_size_bytes',
      help: 'Apiserver request body size in bytes broken out by resource and verb; of those that say their length.',
      labels: ['group', 'resource', 'verb'],
      buckets: BODY_BYTES,
    }),
    watchEvents: registry.histogram({
      name: 'apiserver_watch_events_sizes',
      help: 'Watch event size distribution in bytes',
      labels: ['group', 'version', 'resource'],
      buckets: EVENT_BYTES,
    }),
  }
}
