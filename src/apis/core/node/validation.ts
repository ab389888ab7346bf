/**
 * Validation of Node objects: taints, and addresses of pods that may be set once.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateNode, ValidateNodeUpdate,
 * validateNodeTaints.
 */
import {
  childPath, duplicate, forbidden, indexPath, invalid, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isQualifiedName, isValidLabelValue } from '../../../apimachinery/names.ts'
import type { V1Node, V1Taint } from '../../generated/types.ts'
import { validateTaintEffect } from '../pod/pod-spec-validation.ts'
import { invalidFor, isEqual } from '../pod/validation-rules.ts'

function validateTaints(taints: readonly V1Taint[]): FieldError[] {
  const seen = new Set<string>()
  return taints.flatMap((taint, index) => {
    const at = indexPath('spec.taints', index)
    const { key, value = '', effect } = taint
    const errors = invalidFor(childPath(at, 'key'), key, isQualifiedName(key))
    const messages = isValidLabelValue(value)
    if (messages.length > 0) errors.push(invalid(childPath(at, 'value'), value, messages.join(';')))
    errors.push(...validateTaintEffect(effect, false, childPath(at, 'effect')))
    const id = `${key}:${effect}`
    if (seen.has(id)) {
      const error = duplicate(at, taint)
      errors.push({ ...error, body: `${error.body}: taints must be unique by key and effect pair` })
    }
    seen.add(id)
    return errors
  })
}

export function validateNode({ spec }: V1Node): FieldError[] {
  return validateTaints(spec?.taints ?? [])
}

export function validateNodeUpdate(next: V1Node, previous: V1Node): FieldError[] {
  const errors = validateNode(next)
  const [ranges, before] = [next.spec?.podCIDRs ?? [], previous.spec?.podCIDRs ?? []]
  if (before.length > 0 && !isEqual(ranges, before)) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  }
  const [id, idBefore] = [next.spec?.providerID ?? '', previous.spec?.providerID ?? '']
  if (idBefore !== '' && id !== idBefore) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  }
  return errors
}
