/**
 * Validation of a pod's volumes: names, exactly one source each, and what the common sources need. Answers with the
 * names that are sound as well, because mounts may refer to those only.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateVolumes, validateVolumeSource.
 * Differs: sources that are served by drivers upstream has removed are counted, not looked into.
 */
import {
  childPath,
  duplicate,
  forbidden,
  indexPath,
  invalid,
  required,
  type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isConfigMapKey, isDns1123Label } from '../../../apimachinery/names.ts'
import { compareQuantities } from '../../../apimachinery/quantity.ts'
import type { V1KeyToPath, V1Volume } from '../../generated/types.ts'
import { invalidFor, optionallyOneOf, requiredText } from './validation-rules.ts'

const MODE_MESSAGE = 'must be a number between 0 and 0777 (octal), both inclusive'
const MAX_MODE = 0o777
const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]
/** In the order in which upstream looks at them: the first one said is the one that counts. */
const SOURCES = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const

function validateMode(field: string, mode: number | undefined): FieldError[] {
  return mode !== undefined && (mode < 0 || mode > MAX_MODE) ? [invalid(field, mode, MODE_MESSAGE)] : []
}

/** A path that stays below the directory it is in. */
export function validateDescendingPath(field: string, path: string): FieldError[] {
  const errors = path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []
  return [...errors, ...validateNoBacksteps(field, path)]
}

function validateNoBacksteps(field: string, path: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []
}

function validateItems(field: string, items: readonly V1KeyToPath[] | undefined): FieldError[] {
  return (items ?? []).flatMap(({ key, path, mode }, index) => {
    const at = indexPath(childPath(field, 'items'), index)
    const pathAt = childPath(at, 'path')
    return [
      ...requiredText(childPath(at, 'key'), key),
      ...(key === '' ? [] : invalidFor(childPath(at, 'key'), key, isConfigMapKey(key))),
      ...requiredText(pathAt, path),
      ...validateDescendingPath(pathAt, path),
      ...(path.startsWith('..') && path !== '..' && !path.startsWith('../')
        ? [invalid(pathAt, path, "must not start with '..'")]
        : []),
      ...validateMode(childPath(at, 'mode'), mode),
    ]
  })
}

type Checks = {
  [Source in (typeof SOURCES)[number]]?: (source: NonNullable<V1Volume[Source]>, at: string) => FieldError[]
}

const CHECKS: Checks = {
  emptyDir: ({ sizeLimit }, at) =>
    sizeLimit !== undefined && compareQuantities(sizeLimit, 0) < 0
      ? [forbidden(childPath(at, 'sizeLimit'), 'SizeLimit field must be a valid resource quantity')]
      : [],
  hostPath: ({ path, type }, at) =>
    path === ''
      ? [required(childPath(at, 'path'))]
      : [
          ...validateNoBacksteps(childPath(at, 'path'), path),
          ...optionallyOneOf(childPath(at, 'type'), type, HOST_PATH_TYPES),
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
  downwardAPI: ({ defaultMode }, at) => validateMode(childPath(at, 'defaultMode'), defaultMode),
  projected: ({ defaultMode }, at) => validateMode(childPath(at, 'defaultMode'), defaultMode),
  csi: ({ driver }, at) => requiredText(childPath(at, 'driver'), driver),
  ephemeral: ({ volumeClaimTemplate }, at) =>
    volumeClaimTemplate === undefined ? [required(childPath(at, 'volumeClaimTemplate'))] : [],
}

function validateSource<Source extends keyof Checks>(volume: V1Volume, name: Source, at: string): FieldError[] {
  const source = volume[name]
  const check: Checks[Source] = CHECKS[name]
  return source === undefined || check === undefined ? [] : check(source, childPath(at, name))
}

function validateSources(volume: V1Volume, at: string): FieldError[] {
  const said = SOURCES.filter((source) => volume[source] !== undefined)
  const [first, ...others] = said
  if (first === undefined) return [required(at, 'must specify a volume type')]
  return [
    ...validateSource(volume, first, at),
    ...others.map((other) => forbidden(childPath(at, other), 'may not specify more than 1 volume type')),
  ]
}

export interface CheckedVolumes {
  readonly errors: FieldError[]
  /** Names of the volumes in which nothing is wrong. */
  readonly sound: ReadonlySet<string>
}

export function validateVolumes(volumes: readonly V1Volume[], field: string): CheckedVolumes {
  const errors: FieldError[] = []
  const sound = new Set<string>()
  for (const [index, volume] of volumes.entries()) {
    const at = indexPath(field, index)
    const nameAt = childPath(at, 'name')
    const found = validateSources(volume, at)
    if (volume.name === '') found.push(required(nameAt))
    else found.push(...invalidFor(nameAt, volume.name, isDns1123Label(volume.name)))
    if (sound.has(volume.name)) found.push(duplicate(nameAt, volume.name))
    if (found.length === 0) sound.add(volume.name)
    errors.push(...found)
  }
  return { errors, sound }
}
