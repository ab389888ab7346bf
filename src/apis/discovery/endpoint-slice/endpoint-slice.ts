/**
 * EndpointSlice: some of the addresses behind a Service.
 * This is the kind's one entry (discovery.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/discovery/endpointslice.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1EndpointSlice } from '../../generated/types.ts'
import { endpointSliceColumns } from '../columns.ts'
import { endpointSliceStrategy } from './strategy.ts'

export const endpointSlice = defineKind<V1EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  scope: 'Namespaced',
  type: 'V1EndpointSlice',
  columns: endpointSliceColumns,
  strategy: endpointSliceStrategy,
})
