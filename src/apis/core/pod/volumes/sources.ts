/**
 * What each source of a volume needs: those that nodes here can mount, and those whose drivers live elsewhere.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateVolumeSource and what it calls.
 */
import {
  childPath, forbidden, invalid, required, tooLong, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { byteLength, isDns1123Subdomain } from '../../../../apimachinery/names.ts'
import { compareQuantities } from '../../../../apimachinery/quantity.ts'
import type { V1CSIVolumeSource, V1Volume } from '../../../generated/types.ts'
import { invalidFor, oneOf, requiredText, supportedIfSet } from '../../../validation/rules.ts'
import { validateDownwardFile } from './downward-files.ts'
import { validateClaimTemplate } from './claim-template.ts'
import { validateItems, validateMode, validateNoBacksteps } from './paths.ts'
import { validateProjected } from './projected.ts'

const HOST_PATH_TYPES = [
  '', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket',
]
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const MAX_DRIVER_LENGTH = 63

/** What a source is judged by. */
export interface VolumeSurroundings {
  /** Of the pod; '' in templates. */
  readonly podName: string
  /** Templates may leave out what pods must have. */
  readonly isPod: boolean
}

type SourceName = Exclude<keyof V1Volume, 'name'>
export type SourceChecks = {
  readonly [Source in SourceName]?: (
    source: NonNullable<V1Volume[Source]>,
    at: string,
    surroundings: VolumeSurroundings,
  ) => FieldError[]
}

/** Of a CSI driver. */
export function validateDriverName(field: string, driver: string): FieldError[] {
  if (driver === '') return [required(field)]
  const errors = byteLength(driver) > MAX_DRIVER_LENGTH ? [tooLong(field, MAX_DRIVER_LENGTH)] : []
  return [...errors, ...invalidFor(field, driver, isDns1123Subdomain(driver.toLowerCase()))]
}

/** The name of the secret is placed at the source when it is of the wrong form. */
function validateCsi({ driver, nodePublishSecretRef }: V1CSIVolumeSource, at: string): FieldError[] {
  const errors = validateDriverName(childPath(at, 'driver'), driver)
  if (nodePublishSecretRef === undefined) return errors
  const { name = '' } = nodePublishSecretRef
  if (name === '') return [...errors, required(childPath(at, 'nodePublishSecretRef', 'name'))]
  return [...errors, ...invalidFor(childPath(at, 'name'), name, isDns1123Subdomain(name))]
}

export const SOURCE_CHECKS: SourceChecks = {
  emptyDir: ({ sizeLimit }, at) =>
    sizeLimit !== undefined && compareQuantities(sizeLimit, 0) < 0
      ? [forbidden(childPath(at, 'sizeLimit'), 'SizeLimit field must be a valid resource quantity')]
      : [],
  hostPath: ({ path, type }, at) =>
    path === ''
      ? [required(childPath(at, 'path'))]
      : [
          ...validateNoBacksteps(childPath(at, 'path'), path),
          ...supportedIfSet(childPath(at, 'type'), type, HOST_PATH_TYPES),
        ],
  secret: ({ secretName, defaultMode, items }, at) => [
    ...requiredText(childPath(at, 'secretName'), secretName),
    ...validateMode(childPath(at, 'defaultMode'), defaultMode),
    ...validateItems(at, items),
  ],
  nfs: ({ server, path }, at) => [
    ...requiredText(childPath(at, 'server'), server),
    ...requiredText(childPath(at, 'path'), path),
    ...(path.startsWith('/') ? [] : [invalid(childPath(at, 'path'), path, 'must be an absolute path')]),
  ],
  persistentVolumeClaim: ({ claimName }, at) => requiredText(childPath(at, 'claimName'), claimName),
  configMap: ({ name, defaultMode, items }, at) => [
    ...requiredText(childPath(at, 'name'), name),
    ...validateMode(childPath(at, 'defaultMode'), defaultMode),
    ...validateItems(at, items),
  ],
  downwardAPI: ({ defaultMode, items }, at) => [
    ...validateMode(childPath(at, 'defaultMode'), defaultMode),
    ...(items ?? []).flatMap((file) => validateDownwardFile(file, at)),
  ],
  projected: validateProjected,
  csi: validateCsi,
  ephemeral: ({ volumeClaimTemplate }, at) => {
    const templateAt = childPath(at, 'volumeClaimTemplate')
    return volumeClaimTemplate === undefined
      ? [required(templateAt)]
      : validateClaimTemplate(volumeClaimTemplate, templateAt)
  },
  image: ({ reference = '', pullPolicy }, at, { isPod }) => [
    ...(isPod && reference === '' ? [required(childPath(at, 'reference'))] : []),
    ...oneOf(childPath(at, 'pullPolicy'), pullPolicy, PULL_POLICIES),
  ],
}
