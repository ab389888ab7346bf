/**
 * ResourceClaim: a claim to devices.
 * This is the kind's one entry (resource.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/resourceclaim.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { ResourceV1ResourceClaim } from '../../generated/types.ts'
import { resourceClaimColumns } from '../../small-group-columns.ts'
import { loadSelectors } from '../device-selector.ts'
import { resourceClaimStrategy } from './strategy.ts'

export const resourceClaim = defineKind<ResourceV1ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  resource: 'resourceclaims',
  scope: 'Namespaced',
  type: 'ResourceV1ResourceClaim',
  subresources: [STATUS],
  columns: resourceClaimColumns,
  strategy: resourceClaimStrategy,
  load: loadSelectors,
  notActedUpon: 'ResourceClaim: nothing acts on it yet: dynamic resource allocation is not built',
})
