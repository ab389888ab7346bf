/**
 * Taints of devices and what tolerates them; conditions that a device waits for before its pod is bound.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validateDeviceTaint,
 * validateDeviceToleration, validateDeviceBindingParameters.
 */
import {
  childPath, duplicate, indexPath, invalid, notSupported, required, type FieldError,
} from '../../apimachinery/field-path.ts'
import { isValidLabelValue } from '../../apimachinery/names.ts'
import { givenEmpty } from '../../apimachinery/schema/given-empty.ts'
import type { V1DeviceTaint, V1DeviceToleration } from '../generated/types.ts'
import { invalidFor, oneOf, qualifiedName, unlessEmpty } from '../validation/rules.ts'
import { validateList } from './lists.ts'
import { repeats } from '../validation/repeats.ts'

const EFFECTS = ['NoExecute', 'NoSchedule', 'None']
const MAX_CONDITIONS = 4

function labelValue(at: string, value: string): FieldError[] {
  return invalidFor(at, value, isValidLabelValue(value))
}

export function validateTaint({ key, value, effect }: V1DeviceTaint, at: string): FieldError[] {
  return [
    ...qualifiedName(childPath(at, 'key'), key),
    ...unlessEmpty(childPath(at, 'value'), value, labelValue),
    ...oneOf(childPath(at, 'effect'), effect, EFFECTS),
  ]
}

function validateOperator({ operator = '', value = '' }: V1DeviceToleration, at: string): FieldError[] {
  const [operatorAt, valueAt] = [childPath(at, 'operator'), childPath(at, 'value')]
  if (operator === 'Equal') return labelValue(valueAt, value)
  if (operator === '') return [required(operatorAt)]
  if (operator !== 'Exists') return [notSupported(operatorAt, operator, ['Equal', 'Exists'])]
  return value === '' ? [] : [invalid(valueAt, value, 'must be empty for operator `Exists`')]
}

export function validateToleration(toleration: V1DeviceToleration, at: string): FieldError[] {
  return [
    ...unlessEmpty(childPath(at, 'key'), toleration.key, qualifiedName),
    ...validateOperator(toleration, at),
    ...unlessEmpty(childPath(at, 'effect'), toleration.effect, (field, effect) => oneOf(field, effect, EFFECTS)),
  ]
}

interface Bound {
  readonly bindingConditions?: readonly string[]
  readonly bindingFailureConditions?: readonly string[]
}

export function validateBindingConditions(device: Bound, at: string): FieldError[] {
  const { bindingConditions: conditions = [], bindingFailureConditions: failures = [] } = device
  const [conditionsAt, failuresAt] = [childPath(at, 'bindingConditions'), childPath(at, 'bindingFailureConditions')]
  const name = (value: string, nameAt: string): FieldError[] => qualifiedName(nameAt, value)
  const [isRepeatedCondition, isRepeatedFailure, all] = [repeats(), repeats(), new Set(conditions)]
  const errors = [
    ...validateList(conditions, MAX_CONDITIONS, name, conditionsAt),
    ...validateList(failures, MAX_CONDITIONS, name, failuresAt),
    ...conditions.flatMap((condition, index) =>
      isRepeatedCondition(condition) ? [duplicate(indexPath(conditionsAt, index), condition)] : [],
    ),
    ...failures.flatMap((condition, index) => {
      const conditionAt = indexPath(failuresAt, index)
      const why = 'bindingFailureConditions must not overlap with bindingConditions'
      return [
        ...(isRepeatedFailure(condition) ? [duplicate(conditionAt, condition)] : []),
        ...(all.has(condition) ? [invalid(conditionAt, condition, why)] : []),
      ]
    }),
  ]
  if (conditions.length === 0 && failures.length > 0) {
    const why = 'bindingConditions are required to use bindingFailureConditions'
    errors.push(invalid(conditionsAt, givenEmpty(device, 'bindingConditions'), why))
  }
  if (failures.length === 0 && conditions.length > 0) {
    const why = 'bindingFailureConditions are required to use bindingConditions'
    errors.push(invalid(failuresAt, givenEmpty(device, 'bindingFailureConditions'), why))
  }
  return errors
}
