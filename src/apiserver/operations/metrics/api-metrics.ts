/**
 * Every metric of the API's face, made once per registry. A registry belongs to one logical cluster in one isolate:
 * the objects that live in it count together (objects/operations/cluster-metrics.ts).
 */
import type { Counter } from '../../../lib/metrics.ts'
import { MetricRegistry } from '../../../lib/metrics.ts'
import { AuditMetrics } from '../audit/auditor.ts'
import type { FlowMetrics } from '../flow/flow-metrics.ts'
import { flowMetrics } from '../flow/flow-metrics.ts'
import { AccessMetrics } from './access-metrics.ts'
import type { AdmissionMetrics } from './admission-metrics.ts'
import { admissionMetrics } from './admission-metrics.ts'
import { ConversionMetrics } from './conversion-metrics.ts'
import type { HealthMetrics } from '../health.ts'
import { healthMetrics } from '../health.ts'
import { RequestMetrics } from './request-metrics.ts'

export class ApiMetrics {
  readonly registry: MetricRegistry
  readonly flow: FlowMetrics
  readonly requests: RequestMetrics
  readonly access: AccessMetrics
  readonly admission: AdmissionMetrics
  readonly audit: AuditMetrics
  readonly conversions: ConversionMetrics
  /** APIs of other servers that answered until then, by name and reason. */
  readonly unavailable: Counter
  /** Of /metrics/slis: what one object has found last, which cannot be added up. */
  readonly slis = new MetricRegistry()
  readonly health: HealthMetrics = healthMetrics(this.slis)

  constructor(registry: MetricRegistry) {
    this.registry = registry
    this.flow = flowMetrics(registry)
    this.requests = new RequestMetrics(registry)
    this.access = new AccessMetrics(registry)
    this.admission = admissionMetrics(registry)
    this.audit = new AuditMetrics(registry)
    this.conversions = new ConversionMetrics(registry)
    this.unavailable = registry.counter({
      name: 'aggregator_unavailable_apiservice_total',
      help: 'Counter of APIServices which are marked as unavailable broken down by APIService name and reason.',
      labels: ['name', 'reason'],
    })
  }
}
