/**
 * DaemonSet: one pod on every node that fits.
 * This is the kind's one entry (apps/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/daemonset.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1DaemonSet } from '../../generated/types.ts'
import { daemonSetColumns } from '../columns.ts'
import { daemonSetStrategy } from './strategy.ts'
import { TEMPLATE_GENERATION } from './template-generation.ts'

export const daemonSet = defineKind<V1DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  scope: 'Namespaced',
  type: 'V1DaemonSet',
  inNothing: { metadata: { annotations: { [TEMPLATE_GENERATION]: '0' } } },
  shortNames: ['ds'],
  categories: ['all'],
  subresources: [STATUS],
  columns: daemonSetColumns,
  strategy: daemonSetStrategy,
  notActedUpon: 'DaemonSet: nothing acts on it yet: the DaemonSet controller is not built',
})
