/**
 * How VolumeAttachment objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/volumeattachment/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1VolumeAttachment } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { validateVolumeAttachment, validateVolumeAttachmentUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1VolumeAttachment>('V1VolumeAttachment', { keepsMetadata: true })

export const volumeAttachmentStrategy: Strategy<V1VolumeAttachment> = {
  ...base,
  validate: validateVolumeAttachment,
  validateUpdate: validateVolumeAttachmentUpdate,
  status: { ...base.status, validateUpdate: validateVolumeAttachmentUpdate },
}
