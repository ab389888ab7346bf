/**
 * Projected volumes: several sources in one folder, of which no two may write the same file.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateProjectionSources.
 * The sources clusterTrustBundle and podCertificate are dropped before validation: their features are off in 1.36.
 */
import {
  childPath, forbidden, indexPath, invalid, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import type {
  V1KeyToPath, V1ProjectedVolumeSource, V1ServiceAccountTokenProjection, V1VolumeProjection,
} from '../../../generated/types.ts'
import { requiredText } from '../../../validation/rules.ts'
import { validateDownwardFile } from './downward-files.ts'
import { validateItems, validateMode, validateNonReservedPath } from './paths.ts'

const MIN_TOKEN_SECONDS = 600
const MAX_TOKEN_SECONDS = 2 ** 32

/** Upstream places the path of a token at the volume, not at the source. */
function validateToken(token: V1ServiceAccountTokenProjection, at: string, volumeAt: string): FieldError[] {
  const { expirationSeconds = 0, path } = token
  const secondsAt = childPath(at, 'expirationSeconds')
  const pathAt = childPath(volumeAt, 'path')
  return [
    ...(expirationSeconds < MIN_TOKEN_SECONDS
      ? [invalid(secondsAt, expirationSeconds, 'may not specify a duration less than 10 minutes')]
      : []),
    ...(expirationSeconds > MAX_TOKEN_SECONDS
      ? [invalid(secondsAt, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')]
      : []),
    ...(path === '' ? [required(pathAt)] : validateNonReservedPath(pathAt, path)),
  ]
}

class ProjectedFolder {
  readonly #at: string
  readonly #paths = new Set<string>()

  constructor(at: string) {
    this.#at = at
  }

  #claim(path: string, printed: string): FieldError[] {
    if (path === '') return []
    if (this.#paths.has(path)) return [invalid(this.#at, printed, 'conflicting duplicate paths')]
    this.#paths.add(path)
    return []
  }

  #items(name: string, items: readonly V1KeyToPath[] | undefined, at: string): FieldError[] {
    return [
      ...requiredText(childPath(at, 'name'), name),
      ...validateItems(at, items),
      ...(items ?? []).flatMap(({ path }) => this.#claim(path, name)),
    ]
  }

  validate({ secret, configMap, downwardAPI, serviceAccountToken }: V1VolumeProjection, at: string): FieldError[] {
    const said = [secret, configMap, downwardAPI, serviceAccountToken].filter((source) => source !== undefined)
    const tokenAt = childPath(at, 'serviceAccountToken')
    return [
      ...(secret === undefined ? [] : this.#items(secret.name ?? '', secret.items, childPath(at, 'secret'))),
      ...(configMap === undefined
        ? []
        : this.#items(configMap.name ?? '', configMap.items, childPath(at, 'configMap'))),
      ...(downwardAPI?.items ?? []).flatMap((file) => [
        ...validateDownwardFile(file, childPath(at, 'downwardAPI')),
        ...this.#claim(file.path, file.path),
      ]),
      ...(serviceAccountToken === undefined ? [] : validateToken(serviceAccountToken, tokenAt, this.#at)),
      ...(said.length > 1 ? [forbidden(at, 'may not specify more than 1 volume type per source')] : []),
    ]
  }
}

export function validateProjected({ defaultMode, sources }: V1ProjectedVolumeSource, at: string): FieldError[] {
  const folder = new ProjectedFolder(at)
  return [
    ...validateMode(childPath(at, 'defaultMode'), defaultMode),
    ...(sources ?? []).flatMap((source, index) => folder.validate(source, indexPath(childPath(at, 'sources'), index))),
  ]
}
