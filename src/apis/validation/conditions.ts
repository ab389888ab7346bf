/**
 * Validation of conditions of the one form that newer kinds have in their status.
 * Upstream: k8s.io/apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateConditions.
 */
import {
  childPath, duplicate, indexPath, invalid, notSupported, required, tooLong, type FieldError,
} from '../../apimachinery/field-path.ts'
import { byteLength, regexMessage } from '../../apimachinery/names.ts'
import type { V1Condition } from '../generated/types.ts'
import { invalidFor, qualifiedName } from './rules.ts'

const MAX_REASON_LENGTH = 1024
const MAX_MESSAGE_LENGTH = 32 * 1024
const STATUSES = ['False', 'True', 'Unknown']
const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const REASON_PATTERN = new RegExp(`^${REASON}$`)
const REASON_MESSAGE =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric " +
  "characters or '_,:', and must end with an alphanumeric character or '_'"

function reasonMessages(reason: string): string[] {
  if (REASON_PATTERN.test(reason)) return []
  return [regexMessage(REASON_MESSAGE, REASON, 'my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB')]
}

function validateReason(reason: string, at: string): FieldError[] {
  if (reason === '') return [required(at)]
  const isLong = byteLength(reason) > MAX_REASON_LENGTH
  return [...invalidFor(at, reason, reasonMessages(reason)), ...(isLong ? [tooLong(at, MAX_REASON_LENGTH)] : [])]
}

export function validateCondition(condition: Partial<V1Condition>, at: string): FieldError[] {
  const { type = '', status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition
  const generationAt = childPath(at, 'observedGeneration')
  const isUnset = lastTransitionTime === undefined || lastTransitionTime === null
  return [
    ...qualifiedName(childPath(at, 'type'), type),
    ...(STATUSES.includes(status) ? [] : [notSupported(childPath(at, 'status'), status, STATUSES)]),
    ...(observedGeneration < 0
      ? [invalid(generationAt, observedGeneration, 'must be greater than or equal to zero')]
      : []),
    ...(isUnset ? [required(childPath(at, 'lastTransitionTime'))] : []),
    ...validateReason(reason, childPath(at, 'reason')),
    ...(byteLength(message) > MAX_MESSAGE_LENGTH ? [tooLong(childPath(at, 'message'), MAX_MESSAGE_LENGTH)] : []),
  ]
}

export function validateConditions(conditions: readonly V1Condition[], at: string): FieldError[] {
  const types = new Set<string>()
  return conditions.flatMap((condition, index) => {
    const conditionAt = indexPath(at, index)
    const isKnown = types.has(condition.type)
    types.add(condition.type)
    return [
      ...(isKnown ? [duplicate(childPath(conditionAt, 'type'), condition.type)] : []),
      ...validateCondition(condition, conditionAt),
    ]
  })
}
