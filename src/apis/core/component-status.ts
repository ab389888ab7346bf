/**
 * ComponentStatus: how a part of the control plane does, looked at when somebody asks; deprecated upstream.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/componentstatus, pkg/printers/internalversion/printers.go.
 */
import { defineKind } from '../define-kind.ts'
import type { V1ComponentStatus } from '../generated/types.ts'
import { column, nameColumn } from '../table-columns.ts'

const HEALTHY = 'Healthy'

const healthOf = ({ conditions }: V1ComponentStatus) => conditions?.find(({ type }) => type === HEALTHY)

export const componentStatus = defineKind<V1ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  resource: 'componentstatuses',
  scope: 'Cluster',
  type: 'V1ComponentStatus',
  shortNames: ['cs'],
  verbs: ['get', 'list'],
  isVirtual: true,
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    nameColumn,
    column('Status', wordOf, { description: 'Status of the component conditions' }),
    column('Message', (subject) => healthOf(subject)?.message ?? '', {
      description: 'Message of the component conditions',
    }),
    column('Error', (subject) => healthOf(subject)?.error ?? '', { description: 'Error of the component conditions' }),
  ],
})

function wordOf(subject: V1ComponentStatus): string {
  const health = healthOf(subject)
  if (health === undefined) return 'Unknown'
  return health.status === 'True' ? 'Healthy' : 'Unhealthy'
}

/** `wrong`: what is the matter with it; undefined: nothing. */
export function componentStatusOf(name: string, wrong: string | undefined): V1ComponentStatus {
  const [status, message] = wrong === undefined ? ['True', 'ok'] : ['False', wrong]
  return {
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name },
    conditions: [{ type: HEALTHY, status, message }],
  }
}
