/**
 * VolumeAttributesClass: parameters of volumes that may change while they are in use.
 * This is the kind's one entry (storage.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/volumeattributesclass.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1VolumeAttributesClass } from '../../generated/types.ts'
import { volumeAttributesClassColumns } from '../columns.ts'
import { volumeAttributesClassStrategy } from './strategy.ts'

export const volumeAttributesClass = defineKind<V1VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  resource: 'volumeattributesclasses',
  scope: 'Cluster',
  type: 'V1VolumeAttributesClass',
  shortNames: ['vac'],
  columns: volumeAttributesClassColumns,
  strategy: volumeAttributesClassStrategy,
  notActedUpon: 'VolumeAttributesClass: nothing acts on it yet: the volume provisioner is not built',
})
