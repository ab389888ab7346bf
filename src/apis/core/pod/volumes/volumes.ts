/**
 * Validation of a pod's volumes: names, and exactly one source each. Answers with the volumes that are sound as well,
 * because mounts may refer to those only.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateVolumes, validateVolumeSource.
 */
import {
  addErrors, childPath, duplicate, forbidden, indexPath, invalid, quote, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { isDns1123Subdomain } from '../../../../apimachinery/names.ts'
import type { V1Volume } from '../../../generated/types.ts'
import { dnsLabel, requiredAnd } from '../../../validation/rules.ts'
import { LEGACY_CHECKS } from './legacy-sources.ts'
import { SOURCE_CHECKS, type SourceChecks, type VolumeSurroundings } from './sources.ts'

const MORE_THAN_ONE = 'may not specify more than 1 volume type'
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
/** Where the paths in upstream's errors are not the field's name: of what is in the source, and of one too many. */
const CHECKED_AT: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' }
const FORBIDDEN_AT: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }
/** Name and portal of an iSCSI volume make one name on the node. */
const MAX_PORTAL_LENGTH = 64
const CHECKS: SourceChecks = { ...SOURCE_CHECKS, ...LEGACY_CHECKS }

function validateSource<Source extends (typeof SOURCES)[number]>(
  volume: V1Volume,
  name: Source,
  at: string,
  surroundings: VolumeSurroundings,
): FieldError[] {
  const source = volume[name]
  const check: SourceChecks[Source] = CHECKS[name]
  if (source === undefined || check === undefined) return []
  return check(source, childPath(at, CHECKED_AT[name] ?? name), surroundings)
}

/** What a source says about the name of its volume. `claimOf`: the pod by which its claim is called, or ''. */
function validateNameOf({ name, iscsi }: V1Volume, claimOf: string, at: string): FieldError[] {
  const nameAt = childPath(at, 'name')
  const errors: FieldError[] = []
  if (iscsi?.initiatorName !== undefined && `${name}:${iscsi.targetPortal}`.length > MAX_PORTAL_LENGTH) {
    const why =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
    errors.push(invalid(nameAt, name, why))
  }
  if (claimOf !== '' && name !== '') {
    const claim = `${claimOf}-${name}`
    for (const message of isDns1123Subdomain(claim)) {
      errors.push(invalid(nameAt, name, `PVC name ${quote(claim)}: ${message}`))
    }
  }
  return errors
}

function validateSources(volume: V1Volume, at: string, surroundings: VolumeSurroundings): FieldError[] {
  const [first, ...others] = SOURCES.filter((source) => volume[source] !== undefined)
  if (first === undefined) return [required(at, 'must specify a volume type')]
  return [
    ...validateSource(volume, first, at, surroundings),
    ...others.map((other) => forbidden(childPath(at, FORBIDDEN_AT[other] ?? other), MORE_THAN_ONE)),
    ...validateNameOf(volume, first === 'ephemeral' ? surroundings.podName : '', at),
  ]
}

export interface CheckedVolumes {
  readonly errors: FieldError[]
  /** The volumes in which nothing is wrong, by name. */
  readonly sound: ReadonlyMap<string, V1Volume>
}

export function validateVolumes(
  volumes: readonly V1Volume[],
  surroundings: VolumeSurroundings,
  field: string,
): CheckedVolumes {
  const errors: FieldError[] = []
  const sound = new Map<string, V1Volume>()
  const { podName } = surroundings
  const ephemeral = volumes.filter((volume) => podName !== '' && volume.ephemeral !== undefined)
  const made = new Set(ephemeral.map(({ name }) => `${podName}-${name}`))
  for (const [index, volume] of volumes.entries()) {
    const at = indexPath(field, index)
    const nameAt = childPath(at, 'name')
    const found = [...validateSources(volume, at, surroundings), ...requiredAnd(nameAt, volume.name, dnsLabel)]
    if (sound.has(volume.name)) found.push(duplicate(nameAt, volume.name))
    if (found.length === 0) sound.set(volume.name, volume)
    addErrors(errors, found)
    const claimName = volume.persistentVolumeClaim?.claimName
    if (claimName !== undefined && made.has(claimName)) {
      const why = 'must not reference a PVC that gets created for an ephemeral volume'
      errors.push(invalid(childPath(at, 'persistentVolumeClaim', 'claimName'), claimName, why))
    }
  }
  return { errors, sound }
}
