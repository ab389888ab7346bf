/**
 * Tolerations of pods, and the effects that they share with taints of nodes.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateTolerations, validateTaintEffect.
 * TaintTolerationComparisonOperators is off in 1.36: the operators Lt and Gt are known, and refused.
 */
import {
  childPath, indexPath, invalid, notSupported, ofNamedType, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { isValidLabelValue } from '../../../../apimachinery/names.ts'
import type { V1Toleration } from '../../../generated/types.ts'
import { oneOf, qualifiedName, unlessEmpty } from '../../../validation/rules.ts'

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const NEEDS_EXISTS = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'

export function validateTaintEffect(field: string, effect: string | undefined): FieldError[] {
  return oneOf(field, effect, TAINT_EFFECTS)
}

function validateOperator(operator: string, value: string, at: string): FieldError[] {
  switch (operator) {
    case '':
    case 'Equal': {
      const messages = isValidLabelValue(value)
      return messages.length === 0 ? [] : [invalid(at, value, messages.join(';'))]
    }
    case 'Exists':
      return value === '' ? [] : [invalid(at, value, "value must be empty when `operator` is 'Exists'")]
    case 'Lt':
    case 'Gt':
      return [notSupported(at, operator, ['Equal', 'Exists', 'Lt', 'Gt'])]
    default:
      return [notSupported(at, operator, ['Equal', 'Exists'])]
  }
}

function validateToleration(toleration: V1Toleration, at: string): FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration
  const operatorAt = childPath(at, 'operator')
  const effectAt = childPath(at, 'effect')
  const errors = unlessEmpty(childPath(at, 'key'), key, qualifiedName)
  if (key === '' && operator !== 'Exists') errors.push(invalid(operatorAt, ofNamedType(operator), NEEDS_EXISTS))
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.push(invalid(effectAt, ofNamedType(effect), "effect must be 'NoExecute' when `tolerationSeconds` is set"))
  }
  return [
    ...errors,
    ...validateOperator(operator, value, operatorAt),
    ...unlessEmpty(effectAt, effect, validateTaintEffect),
  ]
}

export function validateTolerations(tolerations: readonly V1Toleration[], field: string): FieldError[] {
  return tolerations.flatMap((toleration, index) => validateToleration(toleration, indexPath(field, index)))
}
