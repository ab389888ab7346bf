/**
 * The small checks that validation of all kinds is made of: counts, names, ports, selectors, immutability. Each answers
 * with upstream's texts at the path it is given. Pure; knows no kind.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go and k8s.io/apimachinery
 * pkg/apis/meta/v1/validation/validation.go.
 */
import { ownValue } from '../../lib/own-value.ts'
import {
  addErrors, childPath, forbidden, indexPath, invalid, notSupported, ofNamedType, required, sortedMap, type FieldError,
} from '../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE, validateLabels } from '../../apimachinery/metadata-validation.ts'
import {
  isDns1123Label,
  isDns1123Subdomain,
  isPathSegmentName,
  isQualifiedName,
  isValidLabelValue,
  isValidPercent,
  isValidPortName,
  isValidPortNumber,
} from '../../apimachinery/names.ts'
import type { V1LabelSelector } from '../generated/types.ts'

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

/** A text out of a closed list, whose emptiness is not told apart from other mistakes; may be left out. */
export function supportedIfSet(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)]
}

/** As `supportedIfSet`, but '' is what a field is that was left out. */
export function supported(field: string, value: string | undefined, list: readonly string[]): FieldError[] {
  return supportedIfSet(field, value ?? '', list)
}

export function dnsLabel(field: string, value: string): FieldError[] {
  return invalidFor(field, value, isDns1123Label(value))
}

export function dnsSubdomain(field: string, value: string): FieldError[] {
  return invalidFor(field, value, isDns1123Subdomain(value))
}

export function qualifiedName(field: string, value: string): FieldError[] {
  return invalidFor(field, value, isQualifiedName(value))
}

/** A name that fits into a path. */
export function pathSegment(field: string, value: string): FieldError[] {
  return invalidFor(field, value, isPathSegmentName(value))
}

/** A field of such a type that is empty is not looked at. */
export function unlessEmpty(
  field: string,
  value: string | undefined,
  check: (field: string, value: string) => FieldError[],
): FieldError[] {
  return value === undefined || value === '' ? [] : check(field, value)
}

/** Required, and then of the form that `check` wants. */
export function requiredAnd(
  field: string,
  value: string | undefined,
  check: (field: string, value: string) => FieldError[],
): FieldError[] {
  return value === undefined || value === '' ? [required(field)] : check(field, value)
}

/** Said already, which '' is not. */
export function notEmptyAnd(
  field: string,
  value: string,
  check: (field: string, value: string) => FieldError[],
): FieldError[] {
  return value === '' ? [required(field, 'an empty string is disallowed')] : check(field, value)
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

/** What a count or a percent comes to; a text that is neither counts as nothing. */
export function countOf(value: number | string | undefined): number {
  if (typeof value !== 'string') return value ?? 0
  return /^(?:\d+%|[+-]?\d+)$/.test(value) ? Number.parseInt(value, 10) : 0
}

export function atMostWhole(field: string, value: number | string | undefined): FieldError[] {
  const isMore = typeof value === 'string' && /^\d+%$/.test(value) && Number.parseInt(value, 10) > 100
  return isMore ? [invalid(field, value, 'must not be greater than 100%')] : []
}

/** Decoding keeps null for what Go always prints, such as a list or a time that was not sent. */
export function orUnset<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined
}

/** As `orUnset`, for lists. */
export function itemsOf<T>(list: readonly T[] | null | undefined): readonly T[] {
  return list ?? []
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}

/** JSON values are equal whatever the order of fields; what is undefined, or a list of nothing, is not there. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (one === other || (isNothing(one) && isNothing(other))) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>]
  const isSame = (name: string): boolean => {
    const [value, another] = [left[name], ownValue(right, name)]
    return isNothing(value) === isNothing(another) && isEqual(value, another)
  }
  return Object.keys(left).every(isSame) &&
    Object.keys(right).every((name) => Object.hasOwn(left, name) || isNothing(right[name]))
}

export function immutable(field: string, next: unknown, previous: unknown): FieldError[] {
  return isEqual(next, previous) ? [] : [invalid(field, next, FIELD_IMMUTABLE_MESSAGE)]
}

/** The same of what is printed as {@link ofNamedType}. */
export function immutableNamed(field: string, next: string | undefined, previous: string | undefined): FieldError[] {
  if (next === previous) return []
  return [invalid(field, next === undefined ? undefined : ofNamedType(next), FIELD_IMMUTABLE_MESSAGE)]
}

/** Go prints a struct's fields in their own order, and the keys of a map sorted. */
export function printedSelector(selector: V1LabelSelector | undefined): object | undefined {
  if (selector === undefined) return undefined
  const { matchLabels, matchExpressions } = selector
  const expressions = matchExpressions?.map(({ key, operator, values }) => ({ key, operator, values }))
  return {
    ...(matchLabels && { matchLabels: sortedMap(matchLabels) }),
    ...(expressions && { matchExpressions: expressions }),
  }
}

/** As `immutable`, of a selector. */
export function immutableSelector(
  field: string,
  next: V1LabelSelector | undefined,
  previous: V1LabelSelector | undefined,
): FieldError[] {
  return isEqual(next, previous) ? [] : [invalid(field, printedSelector(next), FIELD_IMMUTABLE_MESSAGE)]
}

export function isEmptySelector(selector: V1LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
}

export interface SelectorRequirement {
  readonly key?: string
  readonly operator?: string
  readonly values?: readonly string[]
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist']

/** How many values an operator takes; of one that is not known, nothing is said. */
export function validateOperands({ operator = '', values = [] }: SelectorRequirement, at: string): FieldError[] {
  const valuesAt = childPath(at, 'values')
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    return [required(valuesAt, "must be specified when `operator` is 'In' or 'NotIn'")]
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    return [forbidden(valuesAt, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
  }
  return []
}

/** What a requirement says of labels, whatever its operator. */
export function validateLabelTerms({ key = '', values = [] }: SelectorRequirement, at: string): FieldError[] {
  return [
    ...invalidFor(childPath(at, 'key'), key, isQualifiedName(key)),
    ...values.flatMap((value, place) =>
      invalidFor(indexPath(childPath(at, 'values'), place), value, isValidLabelValue(value)),
    ),
  ]
}

export function validateLabelSelector(selector: V1LabelSelector, field: string): FieldError[] {
  const errors = validateLabels(selector.matchLabels, childPath(field, 'matchLabels'))
  for (const [index, requirement] of (selector.matchExpressions ?? []).entries()) {
    const at = indexPath(childPath(field, 'matchExpressions'), index)
    const isKnown = OPERATORS.includes(requirement.operator)
    errors.push(...validateOperands(requirement, at))
    if (!isKnown) {
      const operator = ofNamedType(requirement.operator)
      errors.push(invalid(childPath(at, 'operator'), operator, 'not a valid selector operator'))
    }
    addErrors(errors, validateLabelTerms(requirement, at))
  }
  return errors
}
