/**
 * What a pod may be told about itself, as a file or in the environment: fields of its object and resources of its
 * containers.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateObjectFieldSelector,
 * validateContainerResourceFieldSelector, validateDownwardAPIVolumeFile; pkg/apis/core/pods/helpers.go.
 */
import {
  childPath, invalid, notSupportedText, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { canonicalQuantity, compareQuantities } from '../../../../apimachinery/quantity.ts'
import type {
  V1DownwardAPIVolumeFile,
  V1ObjectFieldSelector,
  V1ResourceFieldSelector,
} from '../../../generated/types.ts'
import { qualifiedName, requiredText } from '../../../validation/rules.ts'
import { validateMode, validateNonReservedPath } from './paths.ts'

export const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const VOLUME_FIELDS = [
  'metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid',
]
/** All that a pod can be asked by name; the old name of the node is still understood. */
const POD_FIELDS = [
  ...ENV_FIELDS, 'metadata.annotations', 'metadata.labels', 'spec.restartPolicy', 'spec.schedulerName', 'status.phase',
]
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const CPU_DIVISORS = ['1m', '1']
const BYTE_DIVISORS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']
const SUBSCRIPTED = /^(.+?)\['(.*)'\]$/s

export function validateFieldRef(
  { apiVersion, fieldPath }: V1ObjectFieldSelector,
  fields: readonly string[],
  at: string,
): FieldError[] {
  if ((apiVersion ?? '') === '') return [required(childPath(at, 'apiVersion'))]
  if (fieldPath === '') return [required(childPath(at, 'fieldPath'))]
  const pathAt = childPath(at, 'fieldPath')
  const wrong = (why: string): FieldError[] => [invalid(pathAt, fieldPath, `error converting fieldPath: ${why}`)]
  if (apiVersion !== 'v1') return wrong(`unsupported pod version: ${apiVersion ?? ''}`)
  const [, map, key = ''] = SUBSCRIPTED.exec(fieldPath) ?? []
  if (map === 'metadata.annotations') return qualifiedName(at, key.toLowerCase())
  if (map === 'metadata.labels') return qualifiedName(at, key)
  if (map !== undefined) return wrong(`field label does not support subscript: ${fieldPath}`)
  const path = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath
  if (!POD_FIELDS.includes(path)) return wrong(`field label not supported: ${fieldPath}`)
  return fields.includes(path) ? [] : [notSupportedText(pathAt, path, fields)]
}

function validateDivisor({ resource, divisor }: V1ResourceFieldSelector, at: string): FieldError[] {
  if (divisor === undefined || compareQuantities(divisor, 0) === 0) return []
  const refuse = (supported: readonly string[], list: string, what: string): FieldError[] => {
    if (supported.includes(canonicalQuantity(divisor))) return []
    const why = `only divisor's values ${list} are supported with the ${what} resource`
    return [invalid(childPath(at, 'divisor'), resource, why)]
  }
  const bytes = BYTE_DIVISORS.join(', ')
  const [, name = ''] = /^(?:limits|requests)\.(.*)$/.exec(resource) ?? []
  if (name === 'cpu') return refuse(CPU_DIVISORS, '1m and 1', 'cpu')
  if (name === 'memory') return refuse(BYTE_DIVISORS, bytes, 'memory')
  if (name === 'ephemeral-storage') return refuse(BYTE_DIVISORS, bytes, 'local ephemeral storage')
  return name.startsWith('hugepages-') ? refuse(BYTE_DIVISORS, bytes, 'hugepages') : []
}

/** In a volume it must be said of which container. */
export function validateResourceRef(reference: V1ResourceFieldSelector, isVolume: boolean, at: string): FieldError[] {
  const { containerName = '', resource } = reference
  const isKnown = RESOURCES.includes(resource) || /^(?:limits|requests)\.hugepages-/.test(resource)
  const errors: FieldError[] = []
  if (isVolume && containerName === '') errors.push(required(childPath(at, 'containerName')))
  else if (resource === '') errors.push(required(childPath(at, 'resource')))
  else if (!isKnown) errors.push(notSupportedText(childPath(at, 'resource'), resource, RESOURCES))
  return [...errors, ...validateDivisor(reference, at)]
}

/** Upstream's paths have no index. */
export function validateDownwardFile(file: V1DownwardAPIVolumeFile, at: string): FieldError[] {
  const { path, fieldRef, resourceFieldRef, mode } = file
  const errors = [
    ...requiredText(childPath(at, 'path'), path),
    ...validateNonReservedPath(childPath(at, 'path'), path),
  ]
  if (fieldRef !== undefined) {
    errors.push(...validateFieldRef(fieldRef, VOLUME_FIELDS, childPath(at, 'fieldRef')))
    if (resourceFieldRef !== undefined) {
      errors.push(invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
    }
  } else if (resourceFieldRef !== undefined) {
    errors.push(...validateResourceRef(resourceFieldRef, true, childPath(at, 'resourceFieldRef')))
  } else errors.push(required(at, 'one of fieldRef and resourceFieldRef is required'))
  return [...errors, ...validateMode(childPath(at, 'mode'), mode)]
}
