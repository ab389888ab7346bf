/**
 * Auditing as it is set on the command line: files are read and checked before anything starts, so that a wrong one is
 * one line that says where.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AuditPolicyError, readAuditPolicy } from '../../apiserver/operations/audit/policy-file.ts'
import { YamlError, readYaml } from '../../apimachinery/wire/yaml.ts'
import type { AuditMode } from '../../env.ts'
import { OperatorError } from '../operator-error.ts'

export const LOG_FORMATS = ['json', 'legacy'] as const
type LogFormat = (typeof LOG_FORMATS)[number]

/** Left out: as upstream has it, but for times, which are shorter. */
export interface AuditModes {
  readonly logMode?: AuditMode | undefined
  /** Undefined: no event is too large. */
  readonly logMaxEventBytes?: number | undefined
  readonly webhookMode?: AuditMode | undefined
  readonly webhookMaxEventBytes?: number | undefined
  readonly webhookBatchSize?: number | undefined
  readonly webhookBatchWaitMs?: number | undefined
  readonly webhookBufferSize?: number | undefined
  readonly webhookRetryMs?: number | undefined
}

export interface AuditOptions extends AuditModes {
  readonly policyFile?: string | undefined
  /** `-`: standard output. */
  readonly logPath?: string | undefined
  readonly logFormat: LogFormat
  readonly logMaxSizeMib: number
  readonly logMaxBackups: number
  readonly webhookConfigFile?: string | undefined
}

/** A server that audit events are posted to. */
export interface AuditWebhook {
  readonly url: string
  readonly token: string
  /** PEM; undefined: a public CA, or plain HTTP. */
  readonly authority: string | undefined
}

export interface AuditPlan {
  /** Of the control plane (src/env.ts). */
  readonly variables: Readonly<Record<string, string>>
  /** Whether requests wait until their lines are in the log. */
  readonly isLogAwaited: boolean
  readonly webhook: AuditWebhook | undefined
}

/** Undefined: nothing is audited. @throws OperatorError */
export function readAuditOptions(options: AuditOptions, warn: (text: string) => void): AuditPlan | undefined {
  const { policyFile, logPath, webhookConfigFile } = options
  if (policyFile === undefined) {
    const set = logPath !== undefined ? '--audit-log-path' : '--audit-webhook-config-file'
    if ((logPath ?? webhookConfigFile) === undefined) return undefined
    throw new OperatorError(`${set} needs --audit-policy-file, which says what is audited`)
  }
  if (logPath === undefined && webhookConfigFile === undefined) {
    throw new OperatorError('--audit-policy-file needs --audit-log-path or --audit-webhook-config-file for its events')
  }
  const policy = readOption('--audit-policy-file', policyFile)
  try {
    readAuditPolicy(policy, warn)
  } catch (error) {
    if (error instanceof AuditPolicyError) throw new OperatorError(`--audit-policy-file: ${policyFile}: ${error.message}`)
    throw error
  }
  const webhook = webhookConfigFile === undefined ? undefined : readWebhook(webhookConfigFile)
  const { logMode = 'blocking' } = options
  const isLogAwaited = logPath !== undefined && logMode !== 'batch'
  return { variables: variablesOf(options, policy, webhook), isLogAwaited, webhook }
}

/** What is not said is as src/env.ts has it. */
function variablesOf(
  options: AuditOptions,
  policy: string,
  webhook: AuditWebhook | undefined,
): Readonly<Record<string, string>> {
  const { logPath, logMode = 'blocking' } = options
  const said = {
    AUDIT_POLICY: policy,
    AUDIT_LOG: logPath === undefined ? undefined : 'console',
    AUDIT_LOG_MODE: logPath === undefined ? undefined : logMode,
    AUDIT_LOG_MAX_EVENT_SIZE: options.logMaxEventBytes,
    AUDIT_WEBHOOK_URL: webhook?.url,
    AUDIT_WEBHOOK_MODE: webhook === undefined ? undefined : options.webhookMode,
    AUDIT_WEBHOOK_MAX_EVENT_SIZE: options.webhookMaxEventBytes,
    AUDIT_WEBHOOK_BATCH_SIZE: options.webhookBatchSize,
    AUDIT_WEBHOOK_BATCH_WAIT_MS: options.webhookBatchWaitMs,
    AUDIT_WEBHOOK_BUFFER_SIZE: options.webhookBufferSize,
    AUDIT_WEBHOOK_RETRY_MS: options.webhookRetryMs,
  }
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}

function readOption(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new OperatorError(`${option}: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

interface NamedEntry {
  readonly name?: string
  readonly cluster?: { readonly server?: string; readonly [field: string]: unknown }
  readonly user?: { readonly token?: string; readonly [field: string]: unknown }
  readonly context?: { readonly cluster?: string; readonly user?: string }
}

interface Kubeconfig {
  readonly clusters?: readonly NamedEntry[]
  readonly users?: readonly NamedEntry[]
  readonly contexts?: readonly NamedEntry[]
  readonly 'current-context'?: string
}

/** What of a kubeconfig is used; anything else would change who is asked, or as whom, so it is refused. */
const CLUSTER_FIELDS = new Set(['server', 'certificate-authority', 'certificate-authority-data'])
const USER_FIELDS = new Set(['token'])

/** The server of a kubeconfig's current context, as upstream's option has it. */
function readWebhook(file: string): AuditWebhook {
  const refuse = (why: string): OperatorError => new OperatorError(`--audit-webhook-config-file: ${file}: ${why}`)
  const config = parseKubeconfig(readOption('--audit-webhook-config-file', file), refuse)
  const byName = (entries: readonly NamedEntry[] | undefined, name: string | undefined): NamedEntry | undefined =>
    entries?.find((entry) => entry.name === name)
  const context = byName(config.contexts, config['current-context'])?.context
  if (context === undefined) throw refuse('current-context names no context')
  const { cluster } = byName(config.clusters, context.cluster) ?? {}
  if (!URL.canParse(cluster?.server ?? '')) throw refuse('the server of its cluster is no URL')
  const { user = {} } = byName(config.users, context.user) ?? {}
  const unknown = [
    ...Object.keys(cluster ?? {}).filter((field) => !CLUSTER_FIELDS.has(field)),
    ...Object.keys(user).filter((field) => !USER_FIELDS.has(field)),
  ]
  if (unknown.length > 0) throw refuse(`${unknown.join(', ')} cannot be used here: workerd verifies the server by its CA`)
  return { url: cluster?.server ?? '', token: user.token ?? '', authority: authorityOf(cluster ?? {}, file) }
}

function parseKubeconfig(text: string, refuse: (why: string) => OperatorError): Kubeconfig {
  try {
    const config = readYaml(text)
    if (typeof config === 'object' && config !== null) return config
  } catch (error) {
    if (error instanceof YamlError) throw refuse(error.message)
    throw error
  }
  throw refuse('it is no kubeconfig')
}

function authorityOf(cluster: Readonly<Record<string, unknown>>, file: string): string | undefined {
  const data = cluster['certificate-authority-data']
  if (typeof data === 'string') return Buffer.from(data, 'base64').toString()
  const path = cluster['certificate-authority']
  return typeof path === 'string' ? readOption('certificate-authority', resolve(dirname(file), path)) : undefined
}
