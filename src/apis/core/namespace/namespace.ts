/**
 * Namespace: a namespace: one Durable Object with everything in it. Its deletion ends by way of
 * namespaces/finalize.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/namespace.
 */
import { ALL_VERBS, defineKind } from '../../define-kind.ts'
import type { V1Namespace } from '../../generated/types.ts'
import { namespaceColumns } from '../columns/plain.ts'
import { namespaceStrategy } from './strategy.ts'
import { STATUS } from '../../subresources.ts'

export const namespace = defineKind<V1Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  scope: 'Cluster',
  type: 'V1Namespace',
  shortNames: ['ns'],
  // Emptying the cluster of namespaces at one stroke is not offered upstream either.
  verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
  subresources: [
    { name: 'finalize', verbs: ['update'] },
    STATUS,
  ],
  columns: namespaceColumns,
  strategy: namespaceStrategy,
  selectableFields: (subject) => ({
    'status.phase': subject.status?.phase ?? '',
  }),
})
