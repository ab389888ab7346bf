/**
 * Auditing of a deployment: its policy and where events go come from variables. One webhook buffer per isolate, one
 * auditor per logical cluster; clusters other than the root one are named in their events.
 */
import type { AuditPolicy } from '../../apiserver/operations/audit/policy.ts'
import { Auditor } from '../../apiserver/operations/audit/auditor.ts'
import { readAuditPolicy } from '../../apiserver/operations/audit/policy-file.ts'
import { ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { AuditWebhook, logSink } from './audit-sinks.ts'
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
  const { AUDIT_WEBHOOK_TOKEN } = variablesOf(env)
  const headers = {
    'content-type': 'application/json',
    ...(AUDIT_WEBHOOK_TOKEN === '' ? {} : { authorization: `Bearer ${AUDIT_WEBHOOK_TOKEN}` }),
  }
  return new AuditWebhook({
    clock: systemClock,
    errors: metricsOf(ROOT_CLUSTER).api.audit.errors,
    async post(body) {
      const request = { method: 'POST', headers, body }
      const { AUDIT_WEBHOOK: binding } = env
      const response = await (binding === undefined ? fetch(url, request) : binding.fetch(url, request))
      await response.body?.cancel()
      return response.status
    },
  })
}

function newAuditor(env: Env, cluster: string, { policy, webhook }: Auditing): Auditor {
  const metrics = metricsOf(cluster).api.audit
  const isLogged = variablesOf(env).AUDIT_LOG === 'console' || webhook === undefined
  const log = logSink(metrics.errors, (line) => console.log(line))
  return new Auditor({
    policy,
    clock: systemClock,
    metrics,
    annotations: cluster === ROOT_CLUSTER ? {} : { 'workernetes.dev/cluster': cluster },
    send(event) {
      if (isLogged) log(event)
      webhook?.send(event)
    },
  })
}
