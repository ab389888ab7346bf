/**
 * ResourceClaimTemplate: a template of claims, one for each pod.
 * This is the kind's one entry (resource.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/resourceclaimtemplate.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1ResourceClaimTemplate } from '../../generated/types.ts'
import { loadSelectors } from '../device-selector.ts'
import { resourceClaimTemplateStrategy } from './strategy.ts'

export const resourceClaimTemplate = defineKind<V1ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  resource: 'resourceclaimtemplates',
  scope: 'Namespaced',
  type: 'V1ResourceClaimTemplate',
  strategy: resourceClaimTemplateStrategy,
  load: loadSelectors,
  notActedUpon: 'ResourceClaimTemplate: nothing acts on it yet: dynamic resource allocation is not built',
})
