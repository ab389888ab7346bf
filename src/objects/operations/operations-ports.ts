/** What an object of a logical cluster runs and watches its requests with: metrics, the request log, auditing. */
import type { OperationsPorts } from '../../apiserver/operations/operations.ts'
import type { RequestLine } from '../../apiserver/operations/request-log.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { auditorOf } from './auditing.ts'
import { metricsOf } from './cluster-metrics.ts'

export function operationsPorts(env: Env, cluster: string): OperationsPorts {
  return {
    metrics: metricsOf(cluster).api,
    log: variablesOf(env).LOG_LEVEL === 'debug' ? printLine : undefined,
    audit: auditorOf(env, cluster),
  }
}

/** Whether the log or the audit of this deployment says where requests came from. */
export function recordsSources(env: Env): boolean {
  const { LOG_LEVEL, AUDIT_POLICY } = variablesOf(env)
  return LOG_LEVEL === 'debug' || AUDIT_POLICY !== ''
}

/** One line of JSON: the edge's log and the local server's host take it as it is. */
function printLine(line: RequestLine): void {
  console.log(JSON.stringify(line))
}
