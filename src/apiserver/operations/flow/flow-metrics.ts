/**
 * What priority and fairness counts, under upstream's names (k8s.io/apiserver pkg/util/flowcontrol/metrics). Limits and
 * seats are those of one Durable Object, summed over the objects of an isolate.
 */
import type { MetricRegistry } from '../../../lib/metrics.ts'
import type { Demand } from './concurrency.ts'

const PREFIX = 'apiserver_flowcontrol_'
const BY_LEVEL = ['priority_level'] as const
const BY_SCHEMA = ['priority_level', 'flow_schema'] as const
const BETA = { stability: 'BETA' } as const
const SECONDS = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30] as const

export type FlowMetrics = ReturnType<typeof flowMetrics>

export function flowMetrics(registry: MetricRegistry) {
  const gauge = (name: string, help: string, more: { readonly stability?: 'BETA' } = BETA) =>
    registry.gauge({ name: PREFIX + name, help, ...more, labels: BY_SCHEMA })
  return {
    ...levelMetrics(registry),
    executingSeats: gauge(
      'current_executing_seats',
      'Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem',
    ),
    rejected: registry.counter({
      name: `${PREFIX}rejected_requests_total`,
      help: 'Number of requests rejected by API Priority and Fairness subsystem',
      ...BETA,
      labels: [...BY_SCHEMA, 'reason'],
    }),
    dispatched: registry.counter({
      name: `${PREFIX}dispatched_requests_total`,
      help: 'Number of requests executed by API Priority and Fairness subsystem',
      ...BETA,
      labels: BY_SCHEMA,
    }),
    queued: gauge(
      'current_inqueue_requests',
      'Number of requests currently pending in queues of the API Priority and Fairness subsystem',
    ),
    queuedSeats: gauge(
      'current_inqueue_seats',
      'Number of seats currently pending in queues of the API Priority and Fairness subsystem',
      {},
    ),
    estimatedSeats: registry.histogram({
      name: `${PREFIX}work_estimated_seats`,
      help: 'Number of estimated seats (maximum of initial and final seats) associated with requests in API Priority and Fairness',
      labels: BY_SCHEMA,
      buckets: [1, 2, 4, 8, 16, 32, 64, 100],
    }),
    watchers: registry.histogram({
      name: `${PREFIX}watch_count_samples`,
      help: 'count of watchers for mutating requests in API Priority and Fairness',
      labels: BY_SCHEMA,
      buckets: [0, 1, 10, 100, 1000, 10_000],
    }),
    executing: gauge(
      'current_executing_requests',
      'Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
    ),
    ...timeMetrics(registry),
  }
}

/** How long requests wait and are carried out. */
function timeMetrics(registry: MetricRegistry) {
  const seconds = (name: string, help: string, label: string, more: { readonly stability?: 'BETA' } = {}) =>
    registry.histogram({ name: PREFIX + name, help, ...more, labels: [...BY_SCHEMA, label], buckets: SECONDS })
  return {
    queueLength: registry.histogram({
      name: `${PREFIX}request_queue_length_after_enqueue`,
      help: 'Length of queue in the API Priority and Fairness subsystem, as seen by each request after it is enqueued',
      labels: BY_SCHEMA,
      buckets: [0, 10, 25, 50, 100, 250, 500, 1000],
    }),
    waited: seconds('request_wait_duration_seconds', 'Length of time a request spent waiting in its queue', 'execute', BETA),
    executed: seconds(
      'request_execution_seconds',
      'Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem',
      'type',
    ),
  }
}

/** What is said of each priority level. */
function levelMetrics(registry: MetricRegistry) {
  const gauge = (name: string, help: string, more: { readonly stability?: 'BETA' } = {}) =>
    registry.gauge({ name: PREFIX + name, help, ...more, labels: BY_LEVEL })
  const during = 'over last adjustment period, of demand_seats'
  const demand = {
    highest: gauge('demand_seats_high_watermark', `High watermark, ${during}`),
    average: gauge('demand_seats_average', `Time-weighted average, ${during}`),
    deviation: gauge('demand_seats_stdev', `Time-weighted standard deviation, ${during}`),
    smoothed: gauge('demand_seats_smoothed', 'Smoothed seat demands'),
    target: gauge('target_seats', 'Seat allocation targets'),
  }
  const available = 'number of execution seats available to each priority level'
  return {
    /** What a level wanted lately. */
    demanded(level: string, { highest, average, deviation, smoothed }: Demand, target: number): void {
      demand.highest.of(level).set(highest)
      demand.average.of(level).set(average)
      demand.deviation.of(level).set(deviation)
      demand.smoothed.of(level).set(smoothed)
      demand.target.of(level).set(target)
    },
    fairFraction: registry.gauge({
      name: `${PREFIX}seat_fair_frac`,
      help: "Fair fraction of server's concurrency to allocate to each priority level that can use it",
    }).of(),
    nominal: gauge('nominal_limit_seats', 'Nominal number of execution seats configured for each priority level', BETA),
    lower: gauge('lower_limit_seats', `Configured lower bound on ${available}`),
    upper: gauge('upper_limit_seats', `Configured upper bound on ${available}`),
    current: gauge('current_limit_seats', `current derived ${available}`),
  }
}
