/** What is counted of admission, under upstream's names (k8s.io/apiserver pkg/admission/metrics). */
import type { AdmissionWatch } from '../../../admission/chain.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Distribution, MetricRegistry } from '../../../lib/metrics.ts'

const SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 2.5] as const

/** Series found by what they are of: a write passes some ten of them. */
class BySubject {
  readonly #find: (...labels: readonly string[]) => Distribution
  readonly #known = new Map<string, Distribution>()

  constructor(find: (...labels: readonly string[]) => Distribution) {
    this.#find = find
  }

  of(name: string, type: string, operation: string, isRejected: boolean): Distribution {
    const key = `${name} ${type} ${operation} ${String(isRejected)}`
    let found = this.#known.get(key)
    if (found === undefined) {
      found = this.#find(name, operation, String(isRejected), type)
      this.#known.set(key, found)
    }
    return found
  }
}

/** Told by each chain; `clock` is that of its object. */
export type AdmissionMetrics = (clock: Pick<Clock, 'now'>) => AdmissionWatch

export function admissionMetrics(registry: MetricRegistry): AdmissionMetrics {
  const labels = ['operation', 'rejected', 'type'] as const
  const controllers = registry.histogram({
    name: 'apiserver_admission_controller_admission_duration_seconds',
    help: 'Admission controller latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).',
    stability: 'STABLE',
    labels: ['name', ...labels],
    buckets: SECONDS,
  })
  const steps = registry.histogram({
    name: 'apiserver_admission_step_admission_duration_seconds',
    help: 'Admission sub-step latency histogram in seconds, broken out for each operation and API resource and step type (validate or admit).',
    stability: 'STABLE',
    labels,
    buckets: SECONDS,
  })
  const byController = new BySubject((...values) => controllers.of(...values))
  const byStep = new BySubject((_, ...values) => steps.of(...values))
  return (clock) => ({
    nowMs: () => clock.now(),
    controller(name, type, operation, isRejected, tookMs) {
      byController.of(name, type, operation, isRejected).observe(tookMs / 1000)
    },
    step(type, operation, isRejected, tookMs) {
      byStep.of('', type, operation, isRejected).observe(tookMs / 1000)
    },
  })
}
