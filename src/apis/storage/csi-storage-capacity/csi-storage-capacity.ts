/**
 * CSIStorageCapacity: how much a storage driver could still provide, and where.
 * This is the kind's one entry (storage.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/csistoragecapacity.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1CSIStorageCapacity } from '../../generated/types.ts'
import { csiStorageCapacityColumns } from '../columns.ts'
import { csiStorageCapacityStrategy } from './strategy.ts'

export const csiStorageCapacity = defineKind<V1CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  resource: 'csistoragecapacities',
  scope: 'Namespaced',
  type: 'V1CSIStorageCapacity',
  columns: csiStorageCapacityColumns,
  strategy: csiStorageCapacityStrategy,
  notActedUpon: 'CSIStorageCapacity: nothing acts on it yet: scheduling by storage capacity is not built',
})
