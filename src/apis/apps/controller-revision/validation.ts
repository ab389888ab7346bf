/**
 * Validation of ControllerRevision objects: some data, which stays as it is.
 * Upstream: kubernetes/kubernetes pkg/apis/apps/validation/validation.go, ValidateControllerRevisionCreate,
 * ValidateControllerRevisionUpdate.
 */
import { required, type FieldError } from '../../../apimachinery/field-path.ts'
import { withoutRaw } from '../../../apimachinery/wire/raw/raw-json.ts'
import type { V1ControllerRevision } from '../../generated/types.ts'
import { immutable, notNegative } from '../../validation/rules.ts'

export function validateControllerRevision({ data, revision }: V1ControllerRevision): FieldError[] {
  const errors = notNegative('revision', revision)
  if (data === undefined || data === null) return [...errors, required('data', 'data is mandatory')]
  const value: unknown = withoutRaw(data)
  const isObject = typeof value === 'object' && !Array.isArray(value)
  return isObject ? errors : [...errors, required('data', 'data must be a valid JSON object')]
}

export function validateControllerRevisionUpdate(
  next: V1ControllerRevision,
  previous: V1ControllerRevision,
): FieldError[] {
  return [...notNegative('revision', next.revision), ...immutable('data', next.data, previous.data)]
}
