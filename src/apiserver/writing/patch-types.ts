/** What a patch may be, by the media type that says so. */
import type { PatchType } from '../../client/client.ts'

export const PATCH_MEDIA_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

export const ACCEPTED_PATCHES = Object.values(PATCH_MEDIA_TYPES)
/** Of custom resources no merge keys are known. */
export const ACCEPTED_PATCHES_OF_CUSTOM = ACCEPTED_PATCHES.filter((type) => type !== PATCH_MEDIA_TYPES.strategic)
