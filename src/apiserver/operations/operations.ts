/**
 * What runs and watches over the requests of one object, beside answering them: priority and fairness, metrics, the
 * request log. Made by the composition root, one per object; what is counted is shared by the objects of an isolate
 * that belong to one logical cluster.
 */
import type { LastAllowed } from '../../auth/impersonation/impersonate.ts'
import { noneAllowed } from '../../auth/impersonation/impersonate.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Auditor } from './audit/auditor.ts'
import { FlowControl } from './flow/flow-control.ts'
import type { ApiMetrics } from './metrics/api-metrics.ts'
import type { RequestLine } from './request-log.ts'

export interface OperationsPorts {
  readonly metrics: ApiMetrics
  /** Takes the line of each request; left out where nobody reads them. */
  readonly log?: ((line: RequestLine) => void) | undefined
  /** Left out where nothing is audited. */
  readonly audit?: Auditor | undefined
}

export class Operations {
  readonly metrics: ApiMetrics
  readonly flow: FlowControl
  readonly log: ((line: RequestLine) => void) | undefined
  readonly audit: Auditor | undefined
  /** By which verb users were allowed to act as somebody else. */
  readonly lastAllowed: LastAllowed = noneAllowed()

  constructor(clock: Clock, { metrics, log, audit }: OperationsPorts) {
    this.metrics = metrics
    this.flow = new FlowControl(clock, metrics.flow)
    this.log = log
    this.audit = audit
  }
}
