/**
 * StorageClass: how storage for claims is provisioned.
 * This is the kind's one entry (storage.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/storageclass.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1StorageClass } from '../../generated/types.ts'
import { storageClassColumns } from '../columns.ts'
import { storageClassStrategy } from './strategy.ts'

export const storageClass = defineKind<V1StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  resource: 'storageclasses',
  scope: 'Cluster',
  type: 'V1StorageClass',
  shortNames: ['sc'],
  columns: storageClassColumns,
  strategy: storageClassStrategy,
  notActedUpon: 'StorageClass: nothing acts on it yet: the volume provisioner is not built',
})
