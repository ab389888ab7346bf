/**
 * Validation of what a claim asks for: of a PersistentVolumeClaim, of the claim that an ephemeral volume makes for its
 * pod, and of a StatefulSet's templates.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimSpec.
 */
import {
  childPath, forbidden, invalid, keyPath, notSupported, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { canonicalQuantity, compareQuantities } from '../../../apimachinery/quantity.ts'
import type {
  V1PersistentVolumeClaimSpec, V1TypedLocalObjectReference, V1TypedObjectReference,
} from '../../generated/types.ts'
import {
  dnsLabel, dnsSubdomain, orUnset, requiredText, supportedIfSet, unlessEmpty, validateLabelSelector,
} from '../../validation/rules.ts'

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
export const VOLUME_MODES = ['Block', 'Filesystem']

/** Of a claim, or of a volume. */
export function validateModes(modes: readonly string[], at: string): FieldError[] {
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

interface Leniency {
  /** What refers to a group of no such name already may go on to. */
  readonly allowsInvalidGroups?: boolean
}

function validateDataSource(
  { name, kind, ...of }: V1TypedObjectReference,
  { allowsInvalidGroups = false }: Leniency,
  at: string,
): FieldError[] {
  const apiGroup = orUnset(of.apiGroup) ?? ''
  const isOfNoGroup = apiGroup === '' && kind !== 'PersistentVolumeClaim'
  const why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
  return [
    ...requiredText(childPath(at, 'name'), name),
    ...requiredText(childPath(at, 'kind'), kind),
    ...(isOfNoGroup ? [invalid(at, kind, why)] : []),
    ...(allowsInvalidGroups ? [] : unlessEmpty(childPath(at, 'apiGroup'), apiGroup, dnsSubdomain)),
    ...unlessEmpty(childPath(at, 'namespace'), of.namespace, dnsLabel),
  ]
}

export function validateClaimSpec(
  spec: Partial<V1PersistentVolumeClaimSpec>,
  at: string,
  leniency: Leniency = {},
): FieldError[] {
  const { accessModes = [], dataSource, dataSourceRef, selector } = spec
  const [sizeAt, modesAt] = [keyPath(childPath(at, 'resources'), 'storage'), childPath(at, 'accessModes')]
  const errors = [
    ...(accessModes.length === 0 ? [required(modesAt, 'at least 1 access mode is required')] : []),
    ...(selector === undefined ? [] : validateLabelSelector(selector, childPath(at, 'selector'))),
    ...validateModes(accessModes, modesAt),
    ...validateSize(spec.resources?.requests ?? {}, sizeAt),
    ...unlessEmpty(childPath(at, 'storageClassName'), spec.storageClassName, dnsSubdomain),
    ...supportedIfSet(childPath(at, 'volumeMode'), spec.volumeMode, VOLUME_MODES),
  ]
  for (const name of ['dataSource', 'dataSourceRef'] as const) {
    const source = spec[name]
    if (source !== undefined) errors.push(...validateDataSource(source, leniency, childPath(at, name)))
  }
  return [
    ...errors,
    ...validateOneSource(dataSource, dataSourceRef, at),
    ...unlessEmpty(childPath(at, 'volumeAttributesClassName'), spec.volumeAttributesClassName, dnsSubdomain),
  ]
}

/** Both fields say the same, unless the newer one says what the older one cannot. */
function validateOneSource(
  local: V1TypedLocalObjectReference | undefined,
  source: V1TypedObjectReference | undefined,
  at: string,
): FieldError[] {
  if (local === undefined || source === undefined) return []
  // What upstream prints as the value is the path, a struct without JSON.
  if ((source.namespace ?? '') !== '') {
    return [invalid(at, {}, 'may not be specified when dataSourceRef.namespace is specified')]
  }
  const isSame = (['apiGroup', 'kind', 'name'] as const).every((part) => local[part] === source[part])
  return isSame ? [] : [invalid(at, {}, 'must match dataSourceRef')]
}
