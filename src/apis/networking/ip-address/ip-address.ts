/**
 * IPAddress: an address in use by a Service; its name is the address.
 * This is the kind's one entry (networking.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/ipaddress.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1IPAddress } from '../../generated/types.ts'
import { ipAddressColumns } from '../columns.ts'
import { ipAddressStrategy } from './strategy.ts'

export const ipAddress = defineKind<V1IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  resource: 'ipaddresses',
  scope: 'Cluster',
  type: 'V1IPAddress',
  shortNames: ['ip'],
  columns: ipAddressColumns,
  strategy: ipAddressStrategy,
  notActedUpon: 'IPAddress: nothing acts on it yet: the address allocator that reads it is not built',
})
