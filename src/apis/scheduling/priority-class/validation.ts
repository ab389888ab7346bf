/**
 * Validation of PriorityClass. Upstream: kubernetes/kubernetes pkg/apis/scheduling/validation/validation.go and
 * pkg/apis/scheduling/v1/helpers.go.
 */
import type { FieldError } from '../../../apimachinery/field-path.ts'
import { forbidden } from '../../../apimachinery/field-path.ts'
import type { V1PriorityClass } from '../../generated/types.ts'
import { immutableNamed, oneOf } from '../../validation/rules.ts'

const SYSTEM_PREFIX = 'system-'
const HIGHEST_USER_VALUE = 1_000_000_000
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never']

/** The classes that only the system has, with their values; none is the default of all pods. */
const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

export function validatePriorityClass(next: V1PriorityClass): FieldError[] {
  const { metadata, value = 0, preemptionPolicy } = next
  const { name = '' } = metadata
  const errors: FieldError[] = []
  if (name.startsWith(SYSTEM_PREFIX)) {
    const fault = systemClassFault(next, name)
    const reserved = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only`
    if (fault !== undefined) errors.push(forbidden('metadata.name', `${reserved}. error: ${fault}`))
  } else if (value > HIGHEST_USER_VALUE) {
    const why = `maximum allowed value of a user defined priority is ${String(HIGHEST_USER_VALUE)}`
    errors.push(forbidden('value', why))
  }
  if (preemptionPolicy !== undefined) {
    errors.push(...oneOf('preemptionPolicy', preemptionPolicy, PREEMPTION_POLICIES))
  }
  return errors
}

function systemClassFault({ value, globalDefault = false }: V1PriorityClass, name: string): string | undefined {
  const wanted = SYSTEM_CLASSES[name]
  if (wanted === undefined) return `${name} is not a known system priority class`
  if (value !== wanted) return `value of ${name} PriorityClass must be ${String(wanted)}`
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined
}

export function validatePriorityClassUpdate(next: V1PriorityClass, previous: V1PriorityClass): FieldError[] {
  return [
    ...(next.value === previous.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...immutableNamed('preemptionPolicy', next.preemptionPolicy, previous.preemptionPolicy),
  ]
}
