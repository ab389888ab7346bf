/** What is counted of scheduling, under upstream's names (kubernetes pkg/scheduler/metrics). */
import type { MetricRegistry, MetricSnapshot } from '../lib/metrics.ts'

const SECONDS = [
  0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192, 16.384,
] as const

export type SchedulerMetrics = ReturnType<typeof schedulerMetrics>

export function schedulerMetrics(registry: MetricRegistry) {
  return {
    attempts: registry.counter({
      name: 'scheduler_schedule_attempts_total',
      help: "Number of attempts to schedule pods, by the result. 'unschedulable' means a pod could not be scheduled, while 'error' means an internal scheduler problem.",
      stability: 'STABLE',
      labels: ['profile', 'result'],
    }),
    duration: registry.histogram({
      name: 'scheduler_scheduling_attempt_duration_seconds',
      help: 'Scheduling attempt latency in seconds (scheduling algorithm + binding)',
      stability: 'STABLE',
      labels: ['profile', 'result'],
      buckets: SECONDS,
    }),
  }
}

/** Worked out when somebody reads. */
export function pendingPods(pending: Readonly<Record<string, number>>): MetricSnapshot {
  return {
    name: 'scheduler_pending_pods',
    help: "Number of pending pods, by the queue type. 'active' means number of pods in activeQ; 'backoff' means number of pods in backoffQ; 'unschedulable' means number of pods in unschedulablePods that the scheduler attempted to schedule and failed; 'gated' is the number of unschedulable pods that the scheduler never attempted to schedule because they are gated.",
    type: 'gauge',
    stability: 'STABLE',
    labels: ['queue'],
    series: Object.entries(pending).map(([queue, value]) => ({ labels: [queue], value })),
  }
}
