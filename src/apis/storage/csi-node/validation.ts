/**
 * Validation of CSINode objects. Upstream: kubernetes/kubernetes pkg/apis/storage/validation/validation.go,
 * ValidateCSINode, ValidateCSINodeUpdate.
 */
import {
  childPath, duplicate, indexPath, invalid, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import { byteLength } from '../../../apimachinery/names.ts'
import { validateDriverName } from '../../core/pod/volumes/sources.ts'
import type { V1CSINode, V1CSINodeDriver } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { isEqual, itemsOf, notNegative, qualifiedName } from '../../validation/rules.ts'
import { repeats } from '../../validation/repeats.ts'

const AT = 'spec.drivers'
const MAX_ID_LENGTH = 256

function driversOf({ spec }: V1CSINode): readonly V1CSINodeDriver[] {
  return itemsOf(spec.drivers)
}

function validateDriver(driver: V1CSINodeDriver, names: Set<string>, at: string): FieldError[] {
  const { name, nodeID, allocatable } = driver
  const [nameAt, idAt] = [childPath(at, 'name'), childPath(at, 'nodeID')]
  const keys = itemsOf(driver.topologyKeys)
  const isRepeat = repeats()
  const isKnown = names.has(name)
  names.add(name)
  const length = `must be ${String(MAX_ID_LENGTH)} characters or less`
  return [
    ...validateDriverName(nameAt, name),
    ...(nodeID === '' ? [required(idAt)] : []),
    ...(byteLength(nodeID) > MAX_ID_LENGTH ? [invalid(idAt, nodeID, length)] : []),
    ...notNegative(childPath(at, 'allocatable', 'count'), allocatable?.count),
    ...(isKnown ? [duplicate(nameAt, name)] : []),
    ...keys.flatMap((key) => [
      ...(key === '' ? [required(at)] : []),
      ...(isRepeat(key) ? [duplicate(at, key)] : []),
      ...qualifiedName(at, key),
    ]),
  ]
}

export function validateCsiNode(node: V1CSINode): FieldError[] {
  const names = new Set<string>()
  return driversOf(node).flatMap((driver, index) => validateDriver(driver, names, indexPath(AT, index)))
}

/** A driver that stays may only have room for more, or less. */
export function validateCsiNodeUpdate(next: V1CSINode, previous: V1CSINode): FieldError[] {
  const fixed = ({ allocatable: _mutable, ...rest }: V1CSINodeDriver): V1CSINodeDriver => rest
  const errors = validateCsiNode(next)
  for (const old of driversOf(previous)) {
    for (const driver of driversOf(next).filter(({ name }) => name === old.name)) {
      if (isEqual(fixed(driver), fixed(old))) continue
      errors.push(invalid(AT, internalForm('CSINodeDriver', fixed(driver)), FIELD_IMMUTABLE_MESSAGE))
    }
  }
  return errors
}
