/**
 * ServiceCIDR: a range of addresses for Services.
 * This is the kind's one entry (networking.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/servicecidr.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1ServiceCIDR } from '../../generated/types.ts'
import { serviceCIDRColumns } from '../columns.ts'
import { serviceCIDRStrategy } from './strategy.ts'

export const serviceCIDR = defineKind<V1ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  resource: 'servicecidrs',
  scope: 'Cluster',
  type: 'V1ServiceCIDR',
  subresources: [STATUS],
  columns: serviceCIDRColumns,
  strategy: serviceCIDRStrategy,
  notActedUpon: 'ServiceCIDR: nothing acts on it yet: the address allocator that reads it is not built',
})
