/**
 * What each source of a PersistentVolume needs: what a pod's volume of that sort does, and names of namespaces.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePersistentVolumeSpec and the
 * validate…PersistentVolumeSource that it calls.
 */
import {
  childPath, forbidden, invalid, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { byteLength, rangeMessage } from '../../../../apimachinery/names.ts'
import type {
  V1CSIPersistentVolumeSource, V1ISCSIPersistentVolumeSource, V1PersistentVolumeSpec, V1SecretReference,
} from '../../../generated/types.ts'
import { dnsLabel, dnsSubdomain, orUnset, requiredAnd, requiredText, unlessEmpty } from '../../../validation/rules.ts'
import { isInitiatorName, LEGACY_CHECKS } from '../../pod/volumes/legacy-sources.ts'
import { validateNoBacksteps } from '../../pod/volumes/paths.ts'
import { SOURCE_CHECKS, validateDriverName, type SourceChecks } from '../../pod/volumes/sources.ts'

/** In the order in which upstream looks at them: the first one said is the one that counts. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const
type SourceName = (typeof SOURCES)[number]
type Checks = {
  readonly [Name in SourceName]?: (
    source: NonNullable<V1PersistentVolumeSpec[Name]>,
    at: string,
    volumeName: string,
  ) => FieldError[]
}

/** Where the paths in upstream's errors are not the field's name: of what is in the source, and of one too many. */
const CHECKED_AT: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' }
const FORBIDDEN_AT: Readonly<Record<string, string>> = { cephfs: 'cephFS' }
const MORE_THAN_ONE = 'may not specify more than 1 volume type'
const MAX_BYTE = 255
/** Name and portal of an iSCSI volume make one name on the node. */
const MAX_PORTAL_LENGTH = 64
/** What a volume may be that is written down with its options for mounting. */
const MOUNTED_WITH_OPTIONS = [
  'gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'nfs', 'rbd', 'quobyte', 'iscsi', 'cinder', 'cephfs',
  'azureFile', 'vsphereVolume', 'azureDisk', 'photonPersistentDisk',
] as const

function validateInitiator(field: string, name: string): FieldError[] {
  return isInitiatorName(name) === true ? [] : [invalid(field, name, 'must be valid format')]
}

function validateIscsi(source: V1ISCSIPersistentVolumeSource, at: string, volumeName: string): FieldError[] {
  const { targetPortal, iqn, lun, initiatorName, secretRef } = source
  const isSecret = source.chapAuthDiscovery === true || source.chapAuthSession === true
  const isLong = byteLength(`${volumeName}:${targetPortal}`) > MAX_PORTAL_LENGTH
  const why =
    'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
  return [
    ...requiredText(childPath(at, 'targetPortal'), targetPortal),
    ...(initiatorName !== undefined && isLong ? [invalid(childPath(at, 'targetportal'), targetPortal, why)] : []),
    ...requiredAnd(childPath(at, 'iqn'), iqn, validateInitiator),
    ...(lun < 0 || lun > MAX_BYTE ? [invalid(childPath(at, 'lun'), lun, rangeMessage(0, MAX_BYTE))] : []),
    ...(isSecret && secretRef === undefined ? [required(childPath(at, 'secretRef'))] : []),
    ...(secretRef === undefined ? [] : requiredText(childPath(at, 'secretRef', 'name'), secretRef.name)),
    ...(initiatorName === undefined ? [] : validateInitiator(childPath(at, 'initiatorname'), initiatorName)),
  ]
}

/** That there is a secret, wherever it may be. */
function validateSecretText(secretRef: V1SecretReference | undefined, at: string): FieldError[] {
  if (secretRef === undefined) return []
  return [
    ...requiredText(childPath(at, 'secretRef', 'name'), secretRef.name),
    ...requiredText(childPath(at, 'secretRef', 'namespace'), secretRef.namespace),
  ]
}

function validateCsi(source: V1CSIPersistentVolumeSource, at: string): FieldError[] {
  const secrets = [
    'controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef',
  ] as const
  return [
    ...validateDriverName(childPath(at, 'driver'), source.driver),
    ...requiredText(childPath(at, 'volumeHandle'), source.volumeHandle),
    ...secrets.flatMap((field) => {
      const secret = source[field]
      if (secret === undefined) return []
      return [
        ...requiredAnd(childPath(at, field, 'name'), secret.name, dnsSubdomain),
        ...requiredAnd(childPath(at, field, 'namespace'), secret.namespace, dnsLabel),
      ]
    }),
  ]
}

function validateEndpointsNamespace(namespace: string | undefined, field: string): FieldError[] {
  if (namespace === undefined) return []
  if (namespace !== '') return dnsLabel(field, namespace)
  return [invalid(field, namespace, 'if the endpointnamespace is set, it must be a valid namespace name')]
}

/** What is judged as a pod's volume is. */
const SHARED: SourceChecks = { ...SOURCE_CHECKS, ...LEGACY_CHECKS }
const OWN: Checks = {
  glusterfs: ({ endpoints, path, endpointsNamespace }, at) => [
    ...requiredText(childPath(at, 'endpoints'), endpoints),
    ...requiredText(childPath(at, 'path'), path),
    ...validateEndpointsNamespace(orUnset(endpointsNamespace), childPath(at, 'endpointsNamespace')),
  ],
  iscsi: validateIscsi,
  cinder: ({ volumeID, secretRef }, at) => [
    ...requiredText(childPath(at, 'volumeID'), volumeID),
    ...validateSecretText(secretRef, at),
  ],
  azureFile: ({ secretName, shareName, secretNamespace }, at) => [
    ...requiredText(childPath(at, 'secretName'), secretName),
    ...requiredText(childPath(at, 'shareName'), shareName),
    ...(orUnset(secretNamespace) === '' ? [required(childPath(at, 'secretNamespace'))] : []),
  ],
  local: ({ path }, at) => requiredAnd(childPath(at, 'path'), path, validateNoBacksteps),
  storageos: ({ volumeName, volumeNamespace, secretRef }, at) => [
    ...requiredAnd(childPath(at, 'volumeName'), volumeName, dnsLabel),
    ...unlessEmpty(childPath(at, 'volumeNamespace'), volumeNamespace, dnsLabel),
    ...validateSecretText(secretRef, at),
  ],
  csi: validateCsi,
}
const CHECKS = { ...SHARED, ...OWN } as Checks

function validateSource<Name extends SourceName>(
  spec: Partial<V1PersistentVolumeSpec>,
  name: Name,
  volumeName: string,
  at: string,
): FieldError[] {
  const source: V1PersistentVolumeSpec[Name] = spec[name]
  const check: Checks[Name] = CHECKS[name]
  if (source === undefined || source === null || check === undefined) return []
  return check(source, childPath(at, CHECKED_AT[name] ?? name), volumeName)
}

export function sourcesOf(spec: Partial<V1PersistentVolumeSpec>): SourceName[] {
  return SOURCES.filter((name) => spec[name] !== undefined)
}

export function validateSources(
  spec: Partial<V1PersistentVolumeSpec>,
  volumeName: string,
  at: string,
): FieldError[] {
  const said = sourcesOf(spec)
  if (said.length === 0) return [required(at, 'must specify a volume type')]
  return said.flatMap((name, index) => {
    // A flexVolume is looked into wherever it stands.
    if (index > 0 && name !== 'flexVolume') {
      return [forbidden(childPath(at, FORBIDDEN_AT[name] ?? name), MORE_THAN_ONE)]
    }
    const errors = validateSource(spec, name, volumeName, at)
    if (name !== 'local' || spec.nodeAffinity !== undefined) return errors
    return [...errors, required(childPath(at, 'nodeAffinity'), 'Local volume requires node affinity')]
  })
}

/** Whether the volume's sort knows options for mounting. */
export function takesMountOptions(spec: Partial<V1PersistentVolumeSpec>): boolean {
  return MOUNTED_WITH_OPTIONS.some((name) => spec[name] !== undefined)
}
