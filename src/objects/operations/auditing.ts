/**
 * Auditing of a deployment: its policy and where events go come from variables. One webhook buffer per isolate, one
 * auditor per logical cluster; clusters other than the root one are named in their events.
 */
import type { AuditPolicy } from '../../apiserver/operations/audit/policy.ts'
import type { AuditMetrics, Sent } from '../../apiserver/operations/audit/auditor.ts'
import { Auditor } from '../../apiserver/operations/audit/auditor.ts'
import { readAuditPolicy } from '../../apiserver/operations/audit/policy-file.ts'
import { ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { SECRET_HEADER } from '../calls/hop-headers.ts'
import type { AuditSink } from './audit-sinks.ts'
import { AuditWebhook, logSink, truncating, writtenLog } from './audit-sinks.ts'
import { metricsOf } from './cluster-metrics.ts'

interface Auditing {
  readonly policy: AuditPolicy
  readonly auditors: Map<string, Auditor>
  readonly webhook: AuditWebhook | undefined
}

const byEnv = new WeakMap<Env, Auditing | null>()

/** Undefined: nothing is audited. @throws AuditPolicyError at first use, for a wrong policy */
export function auditorOf(env: Env, cluster: string): Auditor | undefined {
  let auditing = byEnv.get(env)
  if (auditing === undefined) {
    auditing = auditingOf(env) ?? null
    byEnv.set(env, auditing)
  }
  if (auditing === null) return undefined
  let auditor = auditing.auditors.get(cluster)
  if (auditor === undefined) {
    auditor = newAuditor(env, cluster, auditing)
    auditing.auditors.set(cluster, auditor)
  }
  return auditor
}

function auditingOf(env: Env): Auditing | undefined {
  const { AUDIT_POLICY, AUDIT_WEBHOOK_URL } = variablesOf(env)
  if (AUDIT_POLICY === '') return undefined
  const policy = readAuditPolicy(AUDIT_POLICY, (text) => console.warn(text))
  const webhook = AUDIT_WEBHOOK_URL === '' ? undefined : webhookOf(env, AUDIT_WEBHOOK_URL)
  return { policy, auditors: new Map(), webhook }
}

/** Loss is counted for the root cluster: a batch may hold events of several. */
function webhookOf(env: Env, url: string): AuditWebhook {
  const variables = variablesOf(env)
  const { AUDIT_WEBHOOK_TOKEN } = variables
  const headers = {
    'content-type': 'application/json',
    ...(AUDIT_WEBHOOK_TOKEN === '' ? {} : { authorization: `Bearer ${AUDIT_WEBHOOK_TOKEN}` }),
  }
  const ports = {
    clock: systemClock,
    errors: metricsOf(ROOT_CLUSTER).api.audit.errors,
    async post(body: string) {
      const request = { method: 'POST', headers, body }
      const { AUDIT_WEBHOOK: binding } = env
      const response = await (binding === undefined ? fetch(url, request) : binding.fetch(url, request))
      await response.body?.cancel()
      return response.status
    },
  }
  return new AuditWebhook(ports, {
    mode: variables.AUDIT_WEBHOOK_MODE,
    bufferSize: variables.AUDIT_WEBHOOK_BUFFER_SIZE,
    batchSize: variables.AUDIT_WEBHOOK_BATCH_SIZE,
    batchWaitMs: variables.AUDIT_WEBHOOK_BATCH_WAIT_MS,
    firstRetryMs: variables.AUDIT_WEBHOOK_RETRY_MS,
  })
}

function newAuditor(env: Env, cluster: string, { policy, webhook }: Auditing): Auditor {
  const metrics = metricsOf(cluster).api.audit
  const variables = variablesOf(env)
  const { AUDIT_LOG, AUDIT_LOG_MODE, AUDIT_LOG_MAX_EVENT_SIZE } = variables
  const { AUDIT_WEBHOOK_MODE, AUDIT_WEBHOOK_MAX_EVENT_SIZE } = variables
  const within = (sink: AuditSink, maxBytes: number): AuditSink =>
    maxBytes === 0 ? sink : truncating(sink, maxBytes, metrics.errors)
  const sinks: AuditSink[] = []
  const isLogged = AUDIT_LOG === 'console' || webhook === undefined
  if (isLogged) sinks.push(within(logOf(env, metrics), AUDIT_LOG_MAX_EVENT_SIZE))
  if (webhook !== undefined) sinks.push(within((event) => webhook.send(event), AUDIT_WEBHOOK_MAX_EVENT_SIZE))
  return new Auditor({
    policy,
    clock: systemClock,
    metrics,
    isAwaited: AUDIT_WEBHOOK_MODE !== 'batch' || AUDIT_LOG_MODE !== 'batch',
    annotations: cluster === ROOT_CLUSTER ? {} : { 'workernetes.dev/cluster': cluster },
    send(event) {
      const sent = sinks.map((sink) => sink(event))
      return sent.some((one) => one instanceof Promise) ? allOf(sent) : !sent.includes(false)
    },
  })
}

async function allOf(sent: readonly Sent[]): Promise<boolean> {
  return !(await Promise.all(sent.map((one) => Promise.resolve(one)))).includes(false)
}

/** Whoever waits for the log asks the local server's host, which writes the file; the platform's own is printed. */
function logOf(env: Env, { errors }: AuditMetrics): AuditSink {
  const { AUDIT_LOG_FILE: file, INTERNAL_SECRET = '' } = env
  const { AUDIT_LOG_MODE } = variablesOf(env)
  if (file === undefined || AUDIT_LOG_MODE === 'batch') return logSink(errors, (line) => console.log(line))
  return writtenLog(errors, AUDIT_LOG_MODE, async (line) => {
    const request = { method: 'POST', headers: { [SECRET_HEADER]: INTERNAL_SECRET }, body: line }
    const response = await file.fetch('http://audit-log/', request)
    await response.body?.cancel()
    return response.status === 200
  })
}
