/**
 * Sources of volumes whose drivers upstream has removed or replaced by CSI, but whose fields it still judges.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateISCSIVolumeSource and the like.
 */
import {
  childPath, invalid, keyPath, notSupportedText, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { rangeMessage } from '../../../../apimachinery/names.ts'
import type { V1AzureDiskVolumeSource, V1FCVolumeSource, V1ISCSIVolumeSource } from '../../../generated/types.ts'
import { itemsOf, dnsLabel, requiredAnd, requiredText, supportedIfSet, unlessEmpty } from '../../../validation/rules.ts'
import { validateDescendingPath } from './paths.ts'
import type { SourceChecks } from './sources.ts'

const MAX_BYTE = 255
const MAX_TENANT_LENGTH = 64
/** Of these names for an initiator, each prefix has its own form. */
const INITIATOR_FORMS: readonly (readonly [prefix: string, form: RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[A-Za-z0-9]{16}$/],
  ['naa', /^naa.[A-Za-z0-9]{32}$/],
]
const CACHING_MODES = ['None', 'ReadOnly', 'ReadWrite']
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared']
const MANAGED_DISK = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const BLOB_DISK = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

/** The first partition is 1, though 0 passes as "not said". */
function validatePartition(field: string, partition = 0): FieldError[] {
  return partition < 0 || partition > MAX_BYTE ? [invalid(field, partition, rangeMessage(1, MAX_BYTE))] : []
}

/** undefined for a name of no known beginning. */
export function isInitiatorName(name: string): boolean | undefined {
  return INITIATOR_FORMS.find(([prefix]) => name.startsWith(prefix))?.[1].test(name)
}

function validateInitiator(field: string, name: string): FieldError[] {
  const isOne = isInitiatorName(name)
  if (isOne === undefined) return [invalid(field, name, 'must be valid format starting with iqn, eui, or naa')]
  return isOne ? [] : [invalid(field, name, 'must be valid format')]
}

function validateIscsi(source: V1ISCSIVolumeSource, at: string): FieldError[] {
  const { targetPortal, iqn, lun, initiatorName, secretRef } = source
  const isSecret = source.chapAuthDiscovery === true || source.chapAuthSession === true
  return [
    ...requiredText(childPath(at, 'targetPortal'), targetPortal),
    ...requiredAnd(childPath(at, 'iqn'), iqn, validateInitiator),
    ...(lun < 0 || lun > MAX_BYTE ? [invalid(childPath(at, 'lun'), lun, rangeMessage(0, MAX_BYTE))] : []),
    ...(isSecret && secretRef === undefined ? [required(childPath(at, 'secretRef'))] : []),
    ...(initiatorName === undefined ? [] : validateInitiator(childPath(at, 'initiatorname'), initiatorName)),
  ]
}

function validateFibreChannel({ targetWWNs = [], wwids = [], lun }: V1FCVolumeSource, at: string): FieldError[] {
  const namesAt = childPath(at, 'targetWWNs')
  const lunAt = childPath(at, 'lun')
  const errors: FieldError[] = []
  if (targetWWNs.length === 0 && wwids.length === 0) {
    errors.push(required(namesAt, 'must specify either targetWWNs or wwids, but not both'))
  }
  if (targetWWNs.length === 0) return errors
  if (wwids.length > 0) {
    errors.push(invalid(namesAt, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'))
  }
  if (lun === undefined) errors.push(required(lunAt, 'lun is required if targetWWNs is specified'))
  else if (lun < 0 || lun > MAX_BYTE) errors.push(invalid(lunAt, lun, rangeMessage(0, MAX_BYTE)))
  return errors
}

function validateAzureDisk(
  { diskName, diskURI, cachingMode, kind }: V1AzureDiskVolumeSource,
  at: string,
): FieldError[] {
  const uriAt = childPath(at, 'diskURI')
  const errors = [
    ...requiredText(childPath(at, 'diskName'), diskName),
    ...requiredText(uriAt, diskURI),
    ...supportedIfSet(childPath(at, 'cachingMode'), cachingMode, CACHING_MODES),
    ...supportedIfSet(childPath(at, 'kind'), kind, DISK_KINDS),
  ]
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) {
    errors.push(notSupportedText(uriAt, diskURI, [MANAGED_DISK]))
  }
  if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://')) {
    errors.push(notSupportedText(uriAt, diskURI, [BLOB_DISK]))
  }
  return errors
}

function validateRegistry(registry: string, tenant: string, at: string): FieldError[] {
  const why = 'must be a host:port pair or multiple pairs separated by commas'
  const registryAt = childPath(at, 'registry')
  if (registry === '') return [required(registryAt, why)]
  if (tenant.length > MAX_TENANT_LENGTH) {
    return [required(childPath(at, 'tenant'), 'must be a UUID and may not exceed a length of 64 characters')]
  }
  const isPair = (pair: string): boolean => /^(?:[^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(pair)
  return registry.split(',').flatMap((pair) => (isPair(pair) ? [] : [invalid(registryAt, registry, why)]))
}

/** Options of drivers must not look like Kubernetes' own. */
function validateOptions(options: Readonly<Record<string, string>>, at: string): FieldError[] {
  return Object.keys(options).flatMap((key) => {
    const [namespace = ''] = key.split('/')
    const isReserved = /\.(?:kubernetes|k8s)\.io$/.test(`.${namespace.toLowerCase()}`)
    return isReserved ? [invalid(keyPath(at, key), key, 'kubernetes.io and k8s.io namespaces are reserved')] : []
  })
}

export const LEGACY_CHECKS: SourceChecks = {
  gitRepo: ({ repository, directory = '' }, at) => [
    ...requiredText(childPath(at, 'repository'), repository),
    ...validateDescendingPath(childPath(at, 'directory'), directory),
  ],
  gcePersistentDisk: ({ pdName, partition }, at) => [
    ...requiredText(childPath(at, 'pdName'), pdName),
    ...validatePartition(childPath(at, 'partition'), partition),
  ],
  awsElasticBlockStore: ({ volumeID, partition }, at) => [
    ...requiredText(childPath(at, 'volumeID'), volumeID),
    ...validatePartition(childPath(at, 'partition'), partition),
  ],
  iscsi: validateIscsi,
  glusterfs: ({ endpoints, path }, at) => [
    ...requiredText(childPath(at, 'endpoints'), endpoints),
    ...requiredText(childPath(at, 'path'), path),
  ],
  flocker: ({ datasetName = '', datasetUUID = '' }, at) => [
    ...(datasetName === '' && datasetUUID === ''
      ? [required(at, 'one of datasetName and datasetUUID is required')]
      : []),
    ...(datasetName !== '' && datasetUUID !== ''
      ? [invalid(at, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')]
      : []),
    ...(datasetName.includes('/') ? [invalid(childPath(at, 'datasetName'), datasetName, "must not contain '/'")] : []),
  ],
  rbd: ({ monitors, image }, at) => [
    ...(itemsOf(monitors).length === 0 ? [required(childPath(at, 'monitors'))] : []),
    ...requiredText(childPath(at, 'image'), image),
  ],
  cinder: ({ volumeID, secretRef }, at) => [
    ...requiredText(childPath(at, 'volumeID'), volumeID),
    ...(secretRef === undefined ? [] : requiredText(childPath(at, 'secretRef', 'name'), secretRef.name)),
  ],
  cephfs: ({ monitors }, at) => (itemsOf(monitors).length === 0 ? [required(childPath(at, 'monitors'))] : []),
  quobyte: ({ registry, tenant = '', volume }, at) => [
    ...validateRegistry(registry, tenant, at),
    ...requiredText(childPath(at, 'volume'), volume),
  ],
  fc: validateFibreChannel,
  flexVolume: ({ driver, options = {} }, at) => [
    ...requiredText(childPath(at, 'driver'), driver),
    ...validateOptions(options, childPath(at, 'options')),
  ],
  azureFile: ({ secretName, shareName }, at) => [
    ...requiredText(childPath(at, 'secretName'), secretName),
    ...requiredText(childPath(at, 'shareName'), shareName),
  ],
  vsphereVolume: ({ volumePath }, at) => requiredText(childPath(at, 'volumePath'), volumePath),
  photonPersistentDisk: ({ pdID }, at) => requiredText(childPath(at, 'pdID'), pdID),
  portworxVolume: ({ volumeID }, at) => requiredText(childPath(at, 'volumeID'), volumeID),
  azureDisk: validateAzureDisk,
  storageos: ({ volumeName, volumeNamespace, secretRef }, at) => [
    ...requiredAnd(childPath(at, 'volumeName'), volumeName, dnsLabel),
    ...unlessEmpty(childPath(at, 'volumeNamespace'), volumeNamespace, dnsLabel),
    ...(secretRef === undefined ? [] : requiredText(childPath(at, 'secretRef', 'name'), secretRef.name)),
  ],
  scaleIO: ({ gateway, system, volumeName }, at) => [
    ...requiredText(childPath(at, 'gateway'), gateway),
    ...requiredText(childPath(at, 'system'), system),
    ...requiredText(childPath(at, 'volumeName'), volumeName),
  ],
}
