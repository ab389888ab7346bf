/**
 * PersistentVolume: a piece of storage and the claim that it is bound to.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/persistentvolume.
 */
import { defineKind } from '../../../define-kind.ts'
import { STATUS } from '../../../subresources.ts'
import type { V1PersistentVolume } from '../../../generated/types.ts'
import { persistentVolumeColumns } from '../../columns/volume.ts'
import { persistentVolumeStrategy } from './strategy.ts'

export const persistentVolume = defineKind<V1PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  resource: 'persistentvolumes',
  scope: 'Cluster',
  type: 'V1PersistentVolume',
  shortNames: ['pv'],
  subresources: [STATUS],
  columns: persistentVolumeColumns,
  strategy: persistentVolumeStrategy,
  notActedUpon: 'PersistentVolume: nothing acts on it yet: the volume binder is not built',
})
