/** The options of auditing: upstream's flags, as far as they mean something here. */
import type { ArgsDef } from 'citty'
import * as z from 'zod'
import { parseDuration } from '../apimachinery/wire/go-duration.ts'
import { AUDIT_MODES } from '../env.ts'
import type { AuditOptions } from '../local/audit/audit-options.ts'
import { LOG_FORMATS } from '../local/audit/audit-options.ts'

const MODES = AUDIT_MODES.join('|')
const MAX_EVENT_BYTES = '102400'

export const AUDIT_ARGS = {
  'audit-policy-file': { type: 'string', valueHint: 'FILE', description: 'audit.k8s.io/v1 Policy: what is audited' },
  'audit-log-path': { type: 'string', valueHint: 'FILE', description: 'file of audit events; - is stdout' },
  'audit-log-format': { type: 'string', default: 'json', valueHint: 'json|legacy', description: 'form of its lines' },
  'audit-log-mode': { type: 'string', default: 'blocking', valueHint: MODES, description: 'whether they wait for it' },
  'audit-log-maxsize': { type: 'string', default: '100', valueHint: 'MIB', description: 'size at which it is rotated' },
  'audit-log-maxbackup': { type: 'string', default: '100', valueHint: 'N', description: 'rotated files kept; 0: all' },
  'audit-log-truncate-enabled': { type: 'boolean', description: 'leave objects out of large events' },
  'audit-log-truncate-max-event-size': {
    type: 'string', default: MAX_EVENT_BYTES, valueHint: 'BYTES', description: 'what is large',
  },
  'audit-webhook-config-file': { type: 'string', valueHint: 'FILE', description: 'kubeconfig of an audit webhook' },
  'audit-webhook-mode': { type: 'string', default: 'batch', valueHint: MODES, description: 'whether they wait for it' },
  'audit-webhook-batch-max-size': { type: 'string', default: '400', valueHint: 'N', description: 'events of a batch' },
  'audit-webhook-batch-max-wait': { type: 'string', default: '1s', valueHint: 'TIME', description: 'until it is sent' },
  'audit-webhook-batch-buffer-size': { type: 'string', default: '10000', valueHint: 'N', description: 'what may wait' },
  'audit-webhook-initial-backoff': { type: 'string', default: '1s', valueHint: 'TIME', description: 'until a retry' },
  'audit-webhook-truncate-enabled': { type: 'boolean', description: 'leave objects out of large events' },
  'audit-webhook-truncate-max-event-size': {
    type: 'string', default: MAX_EVENT_BYTES, valueHint: 'BYTES', description: 'what is large',
  },
} as const satisfies ArgsDef

const file = z.string().min(1, 'must not be empty').optional()
const mode = z.enum(AUDIT_MODES)

const amount = z.coerce.number('must be a number').int('must be whole').min(0, 'must be at least 0')
const atLeastOne = amount.min(1, 'must be at least 1')

/** In milliseconds. */
const duration = z.string().transform((text, context) => {
  const parsed = parseDuration(text)
  if (typeof parsed === 'number' && parsed >= 0) return Math.ceil(parsed)
  context.addIssue({ code: 'custom', message: 'must be a time such as 500ms or 2s' })
  return z.NEVER
})

export const AUDIT_SCHEMA = {
  'audit-policy-file': file,
  'audit-log-path': file,
  'audit-log-format': z.enum(LOG_FORMATS),
  'audit-log-mode': mode,
  'audit-log-maxsize': atLeastOne,
  'audit-log-maxbackup': amount,
  'audit-log-truncate-enabled': z.boolean().default(false),
  'audit-log-truncate-max-event-size': atLeastOne,
  'audit-webhook-config-file': file,
  'audit-webhook-mode': mode,
  'audit-webhook-batch-max-size': atLeastOne,
  'audit-webhook-batch-max-wait': duration,
  'audit-webhook-batch-buffer-size': atLeastOne,
  'audit-webhook-initial-backoff': duration,
  'audit-webhook-truncate-enabled': z.boolean().default(false),
  'audit-webhook-truncate-max-event-size': atLeastOne,
}

const schema = z.object(AUDIT_SCHEMA)

export function auditOptionsOf(options: z.infer<typeof schema>): AuditOptions {
  const truncated = (isEnabled: boolean, bytes: number): number | undefined => (isEnabled ? bytes : undefined)
  return {
    policyFile: options['audit-policy-file'],
    logPath: options['audit-log-path'],
    logFormat: options['audit-log-format'],
    logMode: options['audit-log-mode'],
    logMaxSizeMib: options['audit-log-maxsize'],
    logMaxBackups: options['audit-log-maxbackup'],
    logMaxEventBytes: truncated(options['audit-log-truncate-enabled'], options['audit-log-truncate-max-event-size']),
    webhookConfigFile: options['audit-webhook-config-file'],
    webhookMode: options['audit-webhook-mode'],
    webhookBatchSize: options['audit-webhook-batch-max-size'],
    webhookBatchWaitMs: options['audit-webhook-batch-max-wait'],
    webhookBufferSize: options['audit-webhook-batch-buffer-size'],
    webhookRetryMs: options['audit-webhook-initial-backoff'],
    webhookMaxEventBytes: truncated(
      options['audit-webhook-truncate-enabled'], options['audit-webhook-truncate-max-event-size']),
  }
}
