/**
 * Endpoints: the addresses behind a Service in the old form, one object a Service; EndpointSlice is what is used.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/endpoint.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1Endpoints } from '../../generated/types.ts'
import { endpointsColumns } from '../columns/service.ts'
import { endpointsStrategy } from './strategy.ts'

export const endpoints = defineKind<V1Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  scope: 'Namespaced',
  type: 'V1Endpoints',
  shortNames: ['ep'],
  columns: endpointsColumns,
  strategy: endpointsStrategy,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
})
