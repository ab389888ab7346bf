/** What a patch may be, by the media type that says so. */
import { unsupportedMediaTypeError } from '../../apimachinery/status-error.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import type { PatchType } from '../../client/client.ts'
import { UnroutedError } from '../negotiate.ts'
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
 * The type of a patch is looked at before what is to be answered, and in its very letters. For built-in kinds it is
 * upstream's router that knows it first, which reads several and does not say which it would take.
 * @throws ApiStatusError 415
 */
export function checkRoutedType({ custom }: KindDefinition, { verb }: ResourceRequest, { headers }: Request): void {
  if (verb !== 'patch') return
  const said = headers.get('content-type') ?? ''
  if (custom === undefined && !isRouted(said)) {
    throw new UnroutedError('UnsupportedMediaType', '415: Unsupported Media Type', {})
  }
  const accepted = custom === undefined ? ACCEPTED_PATCHES : ACCEPTED_PATCHES_OF_CUSTOM
  if (!accepted.includes(said.replace(/;.*/s, ''))) throw unsupportedMediaTypeError(accepted)
}

/** Whether one of the types that a header names, parted by commas, is that of a patch, letter for letter. */
function isRouted(contentType: string): boolean {
  return contentType.split(',').some((type) => ACCEPTED_PATCHES.includes(type.replace(/;.*/s, '').trim()))
}
