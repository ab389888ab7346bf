/**
 * ResourceSlice: devices that a driver offers on a node.
 * This is the kind's one entry (resource.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/resourceslice.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1ResourceSlice } from '../../generated/types.ts'
import { resourceSliceColumns } from '../../small-group-columns.ts'
import { resourceSliceStrategy } from './strategy.ts'

export const resourceSlice = defineKind<V1ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  resource: 'resourceslices',
  scope: 'Cluster',
  type: 'V1ResourceSlice',
  columns: resourceSliceColumns,
  strategy: resourceSliceStrategy,
  fieldRefusal: (field) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  selectableFields: (subject) => ({
    'spec.nodeName': subject.spec?.nodeName ?? '',
    'spec.driver': subject.spec?.driver ?? '',
  }),
  notActedUpon: 'ResourceSlice: nothing acts on it yet: dynamic resource allocation is not built',
})
