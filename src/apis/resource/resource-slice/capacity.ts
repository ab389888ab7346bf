/**
 * How much of a device may be asked for at once: values, or a range in steps.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validateRequestPolicy.
 */
import {
  childPath, forbidden, indexPath, invalid, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import {
  addQuantities, canonicalQuantity, compareQuantities, formatQuantity, quantityValue,
} from '../../../apimachinery/quantity.ts'
import type { V1CapacityRequestPolicyRange, V1DeviceCapacity } from '../../generated/types.ts'
import { orUnset } from '../../validation/rules.ts'
import { validateSet } from '../lists.ts'

const MAX_VALUES = 10
const BOTH = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'

function isMore(one: string, other: string): boolean {
  return compareQuantities(one, other) > 0
}

function validateValues(wanted: string, whole: string, values: readonly string[], at: string): FieldError[] {
  const unsorted = values.flatMap((value, index) => {
    const before = values[index - 1]
    if (before === undefined || !isMore(before, value)) return []
    return [invalid(indexPath(at, index), value, 'values must be sorted in ascending order')]
  })
  const check = (value: string, valueAt: string): FieldError[] => {
    const why = `option is larger than capacity value: ${canonicalQuantity(whole)}`
    return isMore(value, whole) ? [invalid(valueAt, value, why)] : []
  }
  // Of too many, none is looked at.
  const isListed = values.length <= MAX_VALUES && values.some((value) => compareQuantities(value, wanted) === 0)
  return [
    ...unsorted,
    ...validateSet(values, MAX_VALUES, check, (value) => String(quantityValue(value)), at),
    ...(isListed ? [] : [invalid(at, wanted, 'default value is not valid according to the requestPolicy')]),
  ]
}

function validateStep(value: string, least: string, step: string, at: string): FieldError[] {
  const isMultiple = (quantityValue(value) - quantityValue(least)) % quantityValue(step) === 0
  return isMultiple ? [] : [invalid(at, value, `value is not a multiple of a given step (${step}) from (${least})`)]
}

function validateRange(wanted: string, whole: string, range: V1CapacityRequestPolicyRange, at: string): FieldError[] {
  const { max, step } = range
  const min = orUnset(range.min)
  const [minAt, maxAt, stepAt] = [childPath(at, 'min'), childPath(at, 'max'), childPath(at, 'step')]
  if (min === undefined) return [required(minAt, 'required when validRange is defined')]
  const errors: FieldError[] = []
  const refuse = (isWrong: boolean, field: string, value: string, why: string): void => {
    if (isWrong) errors.push(invalid(field, value, why))
  }
  refuse(isMore(min, whole), minAt, min, `min is larger than capacity value: ${whole}`)
  refuse(isMore(min, wanted), minAt, wanted, `default is less than min: ${min}`)
  if (max !== undefined) {
    refuse(isMore(min, max), maxAt, min, `min is larger than max: ${max}`)
    refuse(isMore(max, whole), maxAt, max, `max is larger than capacity value: ${whole}`)
    refuse(isMore(wanted, max), maxAt, wanted, `default is more than max: ${max}`)
  }
  if (step === undefined) return errors
  const added = formatQuantity(addQuantities(min, step))
  refuse(isMore(added, whole), stepAt, step, `one step ${added} is larger than capacity value: ${whole}`)
  return [
    ...errors,
    ...validateStep(wanted, min, step, stepAt),
    ...(max === undefined ? [] : validateStep(max, min, step, stepAt)),
  ]
}

export function validateCapacity(capacity: V1DeviceCapacity, isShared: boolean, at: string): FieldError[] {
  const { value, requestPolicy } = capacity
  const policyAt = childPath(at, 'requestPolicy')
  if (requestPolicy === undefined) return []
  if (!isShared) return [forbidden(policyAt, 'allowMultipleAllocations must be true')]
  const { validRange, validValues = [] } = requestPolicy
  const wanted = orUnset(requestPolicy.default)
  const kind = validValues.length > 0 ? 'validValues' : 'validRange'
  if (validValues.length > 0 && validRange !== undefined) return [forbidden(policyAt, BOTH)]
  if (validValues.length === 0 && validRange === undefined) return []
  if (wanted === undefined) return [required(childPath(policyAt, 'default'), `required when ${kind} is defined`)]
  const kindAt = childPath(policyAt, kind)
  if (validRange !== undefined) return validateRange(wanted, value, validRange, kindAt)
  return validateValues(wanted, value, validValues, kindAt)
}
