/**
 * What runs and watches over the requests of one object, beside answering them: priority and fairness, metrics. Made by
 * the composition root, one per object; what is counted is shared by the objects of an isolate that belong to one
 * logical cluster.
 */
import type { Clock } from '../../lib/clock.ts'
import { MetricRegistry } from '../../lib/metrics.ts'
import { FlowControl } from './flow/flow-control.ts'
import type { FlowMetrics } from './flow/flow-metrics.ts'
import { flowMetrics } from './flow/flow-metrics.ts'

/** Every metric of the API's face, made once per registry. */
export class ApiMetrics {
  readonly registry = new MetricRegistry()
  readonly flow: FlowMetrics = flowMetrics(this.registry)
}

export class Operations {
  readonly metrics: ApiMetrics
  readonly flow: FlowControl

  constructor(clock: Clock, metrics: ApiMetrics) {
    this.metrics = metrics
    this.flow = new FlowControl(clock, metrics.flow)
  }
}
