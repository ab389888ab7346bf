/**
 * APIService: who serves a group and version of the API.
 * This is the kind's one entry (apiregistration.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: k8s.io/kube-aggregator pkg/registry/apiservice.
 */
import { defineKind } from '../define-kind.ts'
import type { V1APIService } from '../generated/types.ts'
import { specAndStatusStrategy } from '../status-strategy.ts'

export const apiService = defineKind<V1APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  resource: 'apiservices',
  scope: 'Cluster',
  type: 'V1APIService',
  categories: ['api-extensions'],
  subresources: [{ name: 'status', verbs: ['get', 'patch', 'update'] }],
  strategy: specAndStatusStrategy<V1APIService>('V1APIService'),
})
