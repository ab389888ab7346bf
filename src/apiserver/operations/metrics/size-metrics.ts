/** Sizes of what comes and goes, under upstream's names (k8s.io/apiserver pkg/endpoints/{metrics,handlers/metrics}). */
import type { MetricRegistry } from '../../../lib/metrics.ts'

const BODY_BYTES = Array.from({ length: 31 }, (_, index) => 50_000 + 100_000 * index)
/** 1 kB to 1 GB. */
const ANSWER_BYTES = Array.from({ length: 7 }, (_, index) => 1000 * 10 ** index)
const EVENT_BYTES = Array.from({ length: 8 }, (_, index) => 1024 * 2 ** index)

export type SizeMetrics = ReturnType<typeof sizeMetrics>

export function sizeMetrics(registry: MetricRegistry, answerLabels: readonly string[]) {
  return {
    bodies: registry.histogram({
      name: 'apiserver_request_body_size_bytes',
      help: 'Apiserver request body size in bytes broken out by resource and verb.',
      labels: ['group', 'resource', 'verb'],
      buckets: BODY_BYTES,
    }),
    answers: registry.histogram({
      name: 'apiserver_response_sizes',
      help: 'Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component; before compression, and of texts that are sent in one piece in characters.',
      stability: 'STABLE',
      labels: answerLabels,
      buckets: ANSWER_BYTES,
    }),
    watchEvents: registry.histogram({
      name: 'apiserver_watch_events_sizes',
      help: 'Watch event size distribution in bytes',
      labels: ['group', 'version', 'resource'],
      buckets: EVENT_BYTES,
    }),
  }
}
