/**
 * VolumeAttachment: the wish to attach a volume to a node.
 * This is the kind's one entry (storage.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/volumeattachment.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1VolumeAttachment } from '../../generated/types.ts'
import { volumeAttachmentColumns } from '../columns.ts'
import { volumeAttachmentStrategy } from './strategy.ts'

export const volumeAttachment = defineKind<V1VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  resource: 'volumeattachments',
  scope: 'Cluster',
  type: 'V1VolumeAttachment',
  subresources: [STATUS],
  columns: volumeAttachmentColumns,
  strategy: volumeAttachmentStrategy,
  notActedUpon: 'VolumeAttachment: nothing acts on it yet: the volume attacher is not built',
})
