/**
 * Validation of VolumeAttachment objects. Upstream: kubernetes/kubernetes pkg/apis/storage/validation/validation.go,
 * ValidateVolumeAttachment, ValidateVolumeAttachmentUpdate.
 */
import { childPath, forbidden, invalid, required, tooLong, type FieldError } from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import { byteLength, rangeMessage } from '../../../apimachinery/names.ts'
import { validateDriverName } from '../../core/pod/volumes/sources.ts'
import { validateInlineVolume } from '../../core/volume/persistent-volume/validation.ts'
import type { V1VolumeAttachment, V1VolumeAttachmentSource, V1VolumeError } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { dnsSubdomain, isEqual, MAX_INT32 } from '../../validation/rules.ts'
import { sizeOf } from '../parameters.ts'

const MAX_METADATA_SIZE = 256 * 1024
const MAX_MESSAGE_LENGTH = 1024
const SOURCE_AT = 'spec.source'
const NAME_AT = 'spec.source.persistentVolumeName'
const ONE_OF_TWO = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'

function validateSource(source: V1VolumeAttachmentSource): FieldError[] {
  const { inlineVolumeSpec: inline, persistentVolumeName: name } = source
  if (inline === undefined && name === undefined) return [required(SOURCE_AT, ONE_OF_TWO)]
  if (inline !== undefined && name !== undefined) return [forbidden(SOURCE_AT, ONE_OF_TWO)]
  if (inline !== undefined) return validateInlineVolume(inline, childPath(SOURCE_AT, 'inlineVolumeSpec'))
  return name === '' ? [required(NAME_AT, 'must specify non empty persistentVolumeName')] : []
}

function validateError({ message = '', errorCode }: V1VolumeError, at: string): FieldError[] {
  const codeAt = childPath(at, 'errorCode')
  return [
    // The limit that upstream names is another one than it counts.
    ...(byteLength(message) > MAX_MESSAGE_LENGTH ? [tooLong(childPath(at, 'message'), MAX_METADATA_SIZE)] : []),
    ...(errorCode !== undefined && errorCode < 0 ? [invalid(codeAt, errorCode, rangeMessage(0, MAX_INT32))] : []),
  ]
}

export function validateVolumeAttachment({ spec, status }: V1VolumeAttachment): FieldError[] {
  const { attacher, source, nodeName } = spec
  const { attachmentMetadata = {}, attachError, detachError } = status ?? {}
  const metadataAt = 'status.attachmentMetadata'
  const name = source.persistentVolumeName
  return [
    ...validateDriverName('spec.attacher', attacher),
    ...validateSource(source),
    ...dnsSubdomain('spec.nodeName', nodeName),
    ...(sizeOf(attachmentMetadata) > MAX_METADATA_SIZE ? [tooLong(metadataAt, MAX_METADATA_SIZE)] : []),
    ...(attachError === undefined ? [] : validateError(attachError, 'status.attachError')),
    ...(detachError === undefined ? [] : validateError(detachError, 'status.detachError')),
    ...(name === undefined ? [] : dnsSubdomain(NAME_AT, name)),
  ]
}

export function validateVolumeAttachmentUpdate(next: V1VolumeAttachment, previous: V1VolumeAttachment): FieldError[] {
  const errors = validateVolumeAttachment(next)
  if (isEqual(next.spec, previous.spec)) return errors
  return [...errors, invalid('spec', internalForm('VolumeAttachmentSpec', next.spec), FIELD_IMMUTABLE_MESSAGE)]
}
