/**
 * Validation of ConfigMap objects: keys, size, and what may not change once `immutable` is set.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateConfigMap, ValidateConfigMapUpdate.
 */
import { childPath, forbidden, invalid, keyPath, tooLong, type FieldError } from '../../../apimachinery/field-path.ts'
import { byteLength, isConfigMapKey } from '../../../apimachinery/names.ts'
import type { ObjectFacts } from '../../define-kind.ts'
import type { V1ConfigMap } from '../../generated/types.ts'
import { invalidFor, isEqual } from '../../validation/rules.ts'

/** Keys do not count, values do; upstream's limit, which the store shares. */
export const MAX_DATA_SIZE_BYTES = 1024 * 1024

/** How many bytes a base64 text stands for. */
export function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (base64.length / 4) * 3 - padding
}

export function validateConfigMap({ data = {}, binaryData = {} }: V1ConfigMap): FieldError[] {
  const errors: FieldError[] = []
  let total = 0
  for (const [key, value] of Object.entries(data)) {
    errors.push(...invalidFor(keyPath('data', key), key, isConfigMapKey(key)))
    if (Object.hasOwn(binaryData, key)) {
      errors.push(invalid(keyPath('data', key), key, 'duplicate of key present in binaryData'))
    }
    total += byteLength(value)
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...invalidFor(keyPath('binaryData', key), key, isConfigMapKey(key)))
    total += decodedLength(value)
  }
  // The path is the object's own, which prints so.
  return total > MAX_DATA_SIZE_BYTES ? [...errors, tooLong('[]', MAX_DATA_SIZE_BYTES)] : errors
}

interface Freezable {
  immutable?: boolean
}

/** Once set, `immutable` stays, and so do the fields named. */
export function validateFrozen<T extends Freezable>(
  next: T,
  previous: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (previous.immutable !== true) return []
  const errors: FieldError[] = []
  if (next.immutable !== true) {
    errors.push(forbidden('immutable', 'field is immutable when `immutable` is set'))
  }
  for (const field of fields) {
    if (!isEqual(next[field] ?? {}, previous[field] ?? {})) {
      errors.push(forbidden(childPath('', field), 'field is immutable when `immutable` is set'))
    }
  }
  return errors
}

export function validateConfigMapUpdate(
  next: V1ConfigMap,
  previous: V1ConfigMap,
  facts?: ObjectFacts,
): FieldError[] {
  return [
    ...validateFrozen(next, previous, ['data', 'binaryData']),
    ...(facts?.metadataAgain() ?? []),
    ...validateConfigMap(next),
  ]
}
