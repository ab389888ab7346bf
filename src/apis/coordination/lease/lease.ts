/**
 * Lease: who holds something and until when: elections and heartbeats.
 * This is the kind's one entry (coordination.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/coordination/lease.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1Lease } from '../../generated/types.ts'
import { leaseColumns } from '../../small-group-columns.ts'
import { leaseStrategy } from './strategy.ts'

export const lease = defineKind<V1Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  scope: 'Namespaced',
  type: 'V1Lease',
  columns: leaseColumns,
  strategy: leaseStrategy,
})
