/**
 * Validation of PersistentVolumeClaim objects. What a claim asks for stays, but for its size and its volume's
 * attributes once it is bound.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimUpdate,
 * ValidatePersistentVolumeClaimStatusUpdate.
 */
import {
  forbidden, goJson, invalid, keyPath, notSupported, notSupportedText, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../../apimachinery/metadata-validation.ts'
import { compareQuantities, quantityValue } from '../../../../apimachinery/quantity.ts'
import { givenEmpty, keepGivenEmpty } from '../../../../apimachinery/schema/given-empty.ts'
import { unifiedDiff } from '../../../../lib/unified-diff.ts'
import type { V1PersistentVolumeClaim, V1PersistentVolumeClaimSpec } from '../../../generated/types.ts'
import { internalForm } from '../../../validation/internal-form.ts'
import { immutableNamed, isEqual, orUnset, qualifiedName } from '../../../validation/rules.ts'
import { isNativeResource } from '../../pod/containers/resource-names.ts'
import { validateClaimSpec } from '../claim-spec.ts'
import { normalizeDataSources } from './data-sources.ts'

type Claim = V1PersistentVolumeClaim
type Spec = Partial<V1PersistentVolumeClaimSpec>

export const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'
const SIZE_AT = 'spec.resources.requests.storage'
const ATTRIBUTES_AT = 'spec.volumeAttributesClassName'
const RESIZE_STATUSES = [
  'ControllerResizeInProgress', 'ControllerResizeInfeasible', 'NodeResizeInProgress', 'NodeResizeInfeasible',
  'NodeResizePending',
]
const IMMUTABLE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

function hasGroup({ dataSource, dataSourceRef }: Spec): boolean {
  return [dataSource, dataSourceRef].some((source) => orUnset(source?.apiGroup) !== undefined)
}

export function validatePersistentVolumeClaim({ spec }: Claim): FieldError[] {
  return validateClaimSpec(spec ?? {}, 'spec')
}

/** A class that stood in an annotation may move to its field. */
function movesClass(next: Claim, previous: Claim): boolean {
  const [old, written] = [previous, next].map(({ metadata }) => metadata.annotations?.[CLASS_ANNOTATION])
  if (old === undefined || previous.spec?.storageClassName !== undefined) return false
  return next.spec?.storageClassName === old && (written === undefined || written === old)
}

/** A class may be said once it is known. */
function saysClass(next: Claim, previous: Claim): boolean {
  const old = previous.metadata.annotations?.[CLASS_ANNOTATION]
  const name = next.spec?.storageClassName
  return name !== undefined && previous.spec?.storageClassName === undefined && (old === undefined || old === name)
}

function without<Key extends keyof V1PersistentVolumeClaimSpec>(spec: Spec, key: Key): Spec {
  const { [key]: _dropped, ...rest } = spec
  return keepGivenEmpty(rest, spec)
}

/** `next` with what may differ from `previous` put back. */
function withAllowedChanges(claim: Claim, old: Claim): [next: Spec, previous: Spec] {
  let next: Spec = keepGivenEmpty({ ...claim.spec }, claim.spec)
  let previous: Spec = { ...old.spec }
  normalizeDataSources(previous)
  if ((previous.volumeName ?? '') === '') {
    previous = without(previous, 'volumeName')
    if (next.volumeName !== undefined) previous.volumeName = next.volumeName
  }
  if (movesClass(claim, old)) next = without(next, 'storageClassName')
  else if (saysClass(claim, old)) next = without(next, 'storageClassName')
  if (claim.status?.phase !== 'Bound') return [next, previous]
  const size = previous.resources?.requests?.['storage']
  const { resources } = next
  if ((resources?.requests ?? givenEmpty(resources, 'requests')) !== undefined) {
    next.resources = keepGivenEmpty(
      { ...resources, requests: { ...resources?.requests, storage: size ?? '0' } },
      resources,
    )
  }
  next = without(next, 'volumeAttributesClassName')
  const attributes = previous.volumeAttributesClassName
  if (attributes !== undefined) next.volumeAttributesClassName = attributes
  return [next, previous]
}

function validateSameSpec(claim: Claim, old: Claim): FieldError[] {
  const errors: FieldError[] = []
  const [said, before] = [claim, old].map(({ metadata }) => metadata.annotations?.[CLASS_ANNOTATION] ?? '')
  if (!movesClass(claim, old) && said !== before) {
    errors.push(invalid(`metadata.annotations.${CLASS_ANNOTATION}`, said, FIELD_IMMUTABLE_MESSAGE))
  }
  const [next, previous] = withAllowedChanges(claim, old)
  if (isEqual(next, previous)) return errors
  const printed = (spec: Spec): string => goJson(internalForm('PersistentVolumeClaimSpec', spec), 1)
  return [...errors, forbidden('spec', `${IMMUTABLE}\n${unifiedDiff(printed(previous), printed(next))}`)]
}

function sizeOf(claim: Claim): string {
  return claim.spec?.resources?.requests?.['storage'] ?? '0'
}

/** An expansion that failed may be taken back, down to what there is. */
function validateSize(next: Claim, previous: Claim): FieldError[] {
  const isSmaller = compareQuantities(sizeOf(next), sizeOf(previous)) < 0
  const reached = previous.status?.capacity?.['storage'] ?? '0'
  if (!isSmaller || compareQuantities(sizeOf(next), reached) > 0) return []
  return [forbidden(SIZE_AT, 'field can not be less than status.capacity')]
}

function validateAttributes(next: Spec, { spec, status }: Claim): FieldError[] {
  const name = next.volumeAttributesClassName
  const isKept = name === spec?.volumeAttributesClassName
  if (isKept || status?.currentVolumeAttributesClassName === undefined) return []
  const why = 'is forbidden when status.currentVolumeAttributesClassName is not nil'
  if (name === undefined) return [forbidden(ATTRIBUTES_AT, `update to nil ${why}`)]
  return name === '' ? [forbidden(ATTRIBUTES_AT, `update to empty string ${why}`)] : []
}

export function validatePersistentVolumeClaimUpdate(next: Claim, previous: Claim): FieldError[] {
  const spec: Spec = next.spec ?? {}
  return [
    ...validateClaimSpec(spec, 'spec', { allowsInvalidGroups: hasGroup(previous.spec ?? {}) }),
    ...validateSameSpec(next, previous),
    ...validateSize(next, previous),
    ...immutableNamed('volumeMode', spec.volumeMode, previous.spec?.volumeMode),
    ...validateAttributes(spec, previous),
  ]
}

/** Names of resources of a claim: storage, or somebody's own. */
function validateResourceKey(name: string, at: string): FieldError[] {
  const errors = qualifiedName(at, name)
  if (errors.length > 0 || !isNativeResource(name) || name === 'storage') return errors
  return [notSupportedText(at, name, ['storage'])]
}

function validateAmount(quantity: string, at: string): FieldError[] {
  const value = quantityValue(quantity)
  return value < 0 ? [invalid(at, value, 'must be a valid resource quantity')] : []
}

export function validatePersistentVolumeClaimStatusUpdate({ spec, status }: Claim): FieldError[] {
  const { capacity = {}, allocatedResourceStatuses = {}, allocatedResources = {} } = status ?? {}
  const [capacityAt, statusesAt, resourcesAt] = [
    'status.capacity', 'status.allocatedResourceStatuses', 'status.allocatedResources',
  ]
  return [
    ...((spec?.accessModes ?? []).length === 0 ? [required('Spec.accessModes')] : []),
    ...Object.entries(capacity).flatMap(([name, quantity]) => validateAmount(quantity, keyPath(capacityAt, name))),
    ...Object.entries(allocatedResourceStatuses).flatMap(([name, state]) => [
      ...validateResourceKey(name, statusesAt),
      // Upstream prints the name of the resource here.
      ...(RESIZE_STATUSES.includes(state) ? [] : [notSupported(statusesAt, name, RESIZE_STATUSES)]),
    ]),
    ...Object.entries(allocatedResources).flatMap(([name, quantity]) => {
      const errors = validateResourceKey(name, resourcesAt)
      return errors.length > 0 ? errors : validateAmount(quantity, keyPath(resourcesAt, name))
    }),
  ]
}
