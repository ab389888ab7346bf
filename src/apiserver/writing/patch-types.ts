/** What a patch may be, by the media type that says so. */
import { ApiStatusError, unsupportedMediaTypeError } from '../../apimachinery/status-error.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import type { PatchType } from '../../client/client.ts'
import { bareMediaType } from '../negotiate.ts'
import type { ResourceRequest } from '../request-info.ts'

export const PATCH_MEDIA_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

export const ACCEPTED_PATCHES = Object.values(PATCH_MEDIA_TYPES)
/** Of custom resources no merge keys are known. */
export const ACCEPTED_PATCHES_OF_CUSTOM = ACCEPTED_PATCHES.filter((type) => type !== PATCH_MEDIA_TYPES.strategic)

/**
 * The type of a patch is looked at before what is to be answered. For built-in kinds it is upstream's router that knows
 * it, and does not say which it would take.
 * @throws ApiStatusError 415
 */
export function checkRoutedType({ custom }: KindDefinition, { verb }: ResourceRequest, { headers }: Request): void {
  if (verb !== 'patch') return
  const type = bareMediaType(headers.get('content-type'))
  if (custom !== undefined && !ACCEPTED_PATCHES_OF_CUSTOM.includes(type)) {
    throw unsupportedMediaTypeError(ACCEPTED_PATCHES_OF_CUSTOM)
  }
  if (ACCEPTED_PATCHES.includes(type)) return
  throw new ApiStatusError('UnsupportedMediaType', '415: Unsupported Media Type', {})
}
