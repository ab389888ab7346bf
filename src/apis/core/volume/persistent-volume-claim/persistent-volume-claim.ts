/**
 * PersistentVolumeClaim: a wish for storage, filled by binding a PersistentVolume.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/persistentvolumeclaim.
 */
import { defineKind } from '../../../define-kind.ts'
import { STATUS } from '../../../subresources.ts'
import type { V1PersistentVolumeClaim } from '../../../generated/types.ts'
import { persistentVolumeClaimColumns } from '../../columns/volume.ts'
import { persistentVolumeClaimStrategy } from './strategy.ts'

export const persistentVolumeClaim = defineKind<V1PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  resource: 'persistentvolumeclaims',
  scope: 'Namespaced',
  type: 'V1PersistentVolumeClaim',
  shortNames: ['pvc'],
  subresources: [STATUS],
  columns: persistentVolumeClaimColumns,
  strategy: persistentVolumeClaimStrategy,
  notActedUpon: 'PersistentVolumeClaim: nothing acts on it yet: the volume binder is not built',
})
