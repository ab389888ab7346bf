/**
 * The small checks that validation of pods, workloads and services is made of: counts, modes, ports, selectors,
 * immutability. Each answers with upstream's texts at the path it is given. Pure; knows no kind.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go and k8s.io/apimachinery
 * pkg/apis/meta/v1/validation/validation.go.
 */
import {
  childPath,
  forbidden,
  indexPath,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE, validateLabels } from '../../../apimachinery/metadata-validation.ts'
import {
  isQualifiedName,
  isValidLabelValue,
  isValidPercent,
  isValidPortName,
  isValidPortNumber,
} from '../../../apimachinery/names.ts'
import type { V1LabelSelector } from '../../generated/types.ts'

export const MAX_INT32 = 2_147_483_647
const NOT_NEGATIVE = 'must be greater than or equal to 0'

/** One error per message. */
export function invalidFor(field: string, value: unknown, messages: readonly string[]): FieldError[] {
  return messages.map((message) => invalid(field, value, message))
}

/** A count that, if said, is not below zero. */
export function notNegative(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, NOT_NEGATIVE)] : []
}

/** A text out of a closed list; `''` and undefined are "not said". */
export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  if (value === undefined || value === '') return [required(field)]
  return supported.includes(value) ? [] : [notSupported(field, value, supported)]
}

/** Like oneOf, but may be left out. */
export function optionallyOneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || value === '' ? [] : oneOf(field, value, supported)
}

export function requiredText(field: string, value: string | undefined): FieldError[] {
  return (value ?? '') === '' ? [required(field)] : []
}

export function portNumberOrName(field: string, port: number | string | undefined): FieldError[] {
  if (typeof port === 'string') return invalidFor(field, port, isValidPortName(port))
  return invalidFor(field, port ?? 0, isValidPortNumber(port ?? 0))
}

/** `3` or `25%`. */
export function countOrPercent(field: string, value: number | string | undefined): FieldError[] {
  return typeof value === 'string' ? invalidFor(field, value, isValidPercent(value)) : notNegative(field, value)
}

export function isZeroOrNoPercent(value: number | string | undefined): boolean {
  return typeof value === 'string' ? Number.parseInt(value, 10) === 0 : (value ?? 0) === 0
}

export function atMostWhole(field: string, value: number | string | undefined): FieldError[] {
  if (typeof value !== 'string' || !value.endsWith('%') || Number.parseInt(value, 10) <= 100) return []
  return [invalid(field, value, 'must not be greater than 100%')]
}

/** JSON values are equal whatever the order of fields; what is undefined is not there. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const left = new Map(Object.entries(one).filter(([, value]) => value !== undefined))
  const right = new Map(Object.entries(other).filter(([, value]) => value !== undefined))
  return (
    left.size === right.size && [...left].every(([name, value]) => right.has(name) && isEqual(value, right.get(name)))
  )
}

export function immutable(field: string, next: unknown, previous: unknown): FieldError[] {
  return isEqual(next, previous) ? [] : [invalid(field, next, FIELD_IMMUTABLE_MESSAGE)]
}

export function isEmptySelector(selector: V1LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
}

export function validateLabelSelector(selector: V1LabelSelector, field: string): FieldError[] {
  const errors = validateLabels(selector.matchLabels, childPath(field, 'matchLabels'))
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = indexPath(childPath(field, 'matchExpressions'), index)
    const valuesAt = childPath(at, 'values')
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) errors.push(required(valuesAt, "must be specified when `operator` is 'In' or 'NotIn'"))
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.push(forbidden(valuesAt, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
      }
    } else errors.push(invalid(childPath(at, 'operator'), operator, 'not a valid selector operator'))
    errors.push(...invalidFor(childPath(at, 'key'), key, isQualifiedName(key)))
    for (const [place, value] of values.entries()) {
      errors.push(...invalidFor(indexPath(valuesAt, place), value, isValidLabelValue(value)))
    }
  }
  return errors
}
