/**
 * Validation of what a claim asks for: of a PersistentVolumeClaim, of the claim that an ephemeral volume makes for its
 * pod, and of a StatefulSet's templates.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimSpec.
 */
import {
  childPath, forbidden, invalid, keyPath, notSupported, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { canonicalQuantity, compareQuantities } from '../../../apimachinery/quantity.ts'
import type { V1PersistentVolumeClaimSpec, V1TypedObjectReference } from '../../generated/types.ts'
import {
  dnsSubdomain, orUnset, requiredText, supportedIfSet, unlessEmpty, validateLabelSelector,
} from '../../validation/rules.ts'

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const VOLUME_MODES = ['Block', 'Filesystem']

function validateModes(modes: readonly string[], at: string): FieldError[] {
  if (modes.length === 0) return [required(at, 'at least 1 access mode is required')]
  const known = modes.filter((mode) => ACCESS_MODES.includes(mode))
  const isMixed = known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod')
  return [
    ...modes.flatMap((mode) => (ACCESS_MODES.includes(mode) ? [] : [notSupported(at, mode, ACCESS_MODES)])),
    ...(isMixed ? [forbidden(at, 'may not use ReadWriteOncePod with other access modes')] : []),
  ]
}

function validateSize(requests: Readonly<Record<string, string>>, at: string): FieldError[] {
  const storage = requests['storage']
  if (storage === undefined) return [required(at)]
  return compareQuantities(storage, 0) > 0 ? [] : [invalid(at, canonicalQuantity(storage), 'must be greater than zero')]
}

function validateDataSource({ name, kind, ...of }: V1TypedObjectReference, at: string): FieldError[] {
  const apiGroup = orUnset(of.apiGroup) ?? ''
  const isOfNoGroup = apiGroup === '' && kind !== 'PersistentVolumeClaim'
  const why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
  return [
    ...requiredText(childPath(at, 'name'), name),
    ...requiredText(childPath(at, 'kind'), kind),
    ...(isOfNoGroup ? [invalid(at, kind, why)] : []),
    ...unlessEmpty(childPath(at, 'apiGroup'), apiGroup, dnsSubdomain),
  ]
}

export function validateClaimSpec(spec: V1PersistentVolumeClaimSpec, at: string): FieldError[] {
  const { dataSource, dataSourceRef } = spec
  const sizeAt = keyPath(childPath(at, 'resources'), 'storage')
  const errors = [
    ...validateModes(spec.accessModes ?? [], childPath(at, 'accessModes')),
    ...(spec.selector === undefined ? [] : validateLabelSelector(spec.selector, childPath(at, 'selector'))),
    ...validateSize(spec.resources?.requests ?? {}, sizeAt),
    ...unlessEmpty(childPath(at, 'storageClassName'), spec.storageClassName, dnsSubdomain),
    ...supportedIfSet(childPath(at, 'volumeMode'), spec.volumeMode, VOLUME_MODES),
  ]
  if (dataSource !== undefined) errors.push(...validateDataSource(dataSource, childPath(at, 'dataSource')))
  if (dataSourceRef !== undefined) errors.push(...validateDataSource(dataSourceRef, childPath(at, 'dataSourceRef')))
  if (dataSource !== undefined && dataSourceRef !== undefined) {
    const isSame = (['apiGroup', 'kind', 'name'] as const).every((part) => dataSource[part] === dataSourceRef[part])
    // What upstream prints as the value is the path, a struct without JSON.
    if (!isSame) errors.push(invalid(at, {}, 'must match dataSourceRef'))
  }
  errors.push(
    ...unlessEmpty(childPath(at, 'volumeAttributesClassName'), spec.volumeAttributesClassName, dnsSubdomain),
  )
  return errors
}
