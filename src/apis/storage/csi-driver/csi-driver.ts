/**
 * CSIDriver: how a storage driver wants to be used.
 * This is the kind's one entry (storage.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/csidriver.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1CSIDriver } from '../../generated/types.ts'
import { csiDriverColumns } from '../columns.ts'
import { csiDriverStrategy } from './strategy.ts'

export const csiDriver = defineKind<V1CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  resource: 'csidrivers',
  scope: 'Cluster',
  type: 'V1CSIDriver',
  columns: csiDriverColumns,
  strategy: csiDriverStrategy,
  notActedUpon: 'CSIDriver: nothing acts on it yet: the volume attacher is not built',
})
