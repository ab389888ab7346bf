/**
 * Affinity of pods to nodes and to other pods.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateAffinity, ValidateNodeSelector,
 * validatePodAffinityTerm.
 */
import {
  childPath, forbidden, indexPath, invalid, ofNamedType, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { isDns1123Label, isDns1123Subdomain, isValidLabelValue } from '../../../../apimachinery/names.ts'
import type {
  V1Affinity, V1NodeAffinity, V1NodeSelector, V1NodeSelectorRequirement, V1NodeSelectorTerm, V1PodAffinity,
  V1PodAffinityTerm,
} from '../../../generated/types.ts'
import { invalidFor, qualifiedName, validateLabelSelector } from '../../../validation/rules.ts'
import { validateLabelKeys } from './label-keys.ts'

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'
const NO_OPERATOR = 'not a valid selector operator'

/** Values of what is only preferred are not looked into. */
function validateRequirement(requirement: V1NodeSelectorRequirement, isRequired: boolean, at: string): FieldError[] {
  const { key, operator, values = [] } = requirement
  const valuesAt = childPath(at, 'values')
  const errors: FieldError[] = []
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(valuesAt, "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
    if (values.length > 0) errors.push(forbidden(valuesAt, why))
  } else if (operator === 'Gt' || operator === 'Lt') {
    const why = "must be specified single value when `operator` is 'Lt' or 'Gt'"
    if (values.length !== 1) errors.push(required(valuesAt, why))
  } else errors.push(invalid(childPath(at, 'operator'), ofNamedType(operator), NO_OPERATOR))
  errors.push(...qualifiedName(childPath(at, 'key'), key))
  if (!isRequired) return errors
  return [
    ...errors,
    ...values.flatMap((value, index) => invalidFor(indexPath(valuesAt, index), value, isValidLabelValue(value))),
  ]
}

/** Nodes can be chosen by one field: their name. */
function validateFieldRequirement({ key, operator, values = [] }: V1NodeSelectorRequirement, at: string): FieldError[] {
  const valuesAt = childPath(at, 'values')
  const errors: FieldError[] = []
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(childPath(at, 'operator'), ofNamedType(operator), NO_OPERATOR))
  } else if (values.length !== 1) {
    const why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    errors.push(required(valuesAt, why))
  }
  if (key !== 'metadata.name') return [...errors, invalid(childPath(at, 'key'), key, 'not a valid field selector key')]
  return [
    ...errors,
    ...values.flatMap((value, index) => invalidFor(indexPath(valuesAt, index), value, isDns1123Subdomain(value))),
  ]
}

function validateTerm(
  { matchExpressions, matchFields }: V1NodeSelectorTerm,
  isRequired: boolean,
  at: string,
): FieldError[] {
  return [
    ...(matchExpressions ?? []).flatMap((requirement, index) =>
      validateRequirement(requirement, isRequired, indexPath(childPath(at, 'matchExpressions'), index)),
    ),
    ...(matchFields ?? []).flatMap((requirement, index) =>
      validateFieldRequirement(requirement, indexPath(childPath(at, 'matchFields'), index)),
    ),
  ]
}

export function validateNodeSelector(selector: V1NodeSelector, at: string): FieldError[] {
  const termsAt = childPath(at, 'nodeSelectorTerms')
  const terms = (selector.nodeSelectorTerms as V1NodeSelectorTerm[] | null) ?? []
  if (terms.length === 0) return [required(termsAt, 'must have at least one node selector term')]
  return terms.flatMap((term, index) => validateTerm(term, true, indexPath(termsAt, index)))
}

function validateWeight(weight: number, at: string): FieldError[] {
  return weight <= 0 || weight > 100 ? [invalid(childPath(at, 'weight'), weight, 'must be in the range 1-100')] : []
}

function validateNodeAffinity(affinity: V1NodeAffinity, at: string): FieldError[] {
  const selector = affinity[REQUIRED]
  return [
    ...(selector === undefined ? [] : validateNodeSelector(selector, childPath(at, REQUIRED))),
    ...(affinity[PREFERRED] ?? []).flatMap(({ weight, preference }, index) => {
      const termAt = indexPath(childPath(at, PREFERRED), index)
      return [
        ...validateWeight(weight, termAt),
        ...validateTerm(preference, false, childPath(termAt, 'preference')),
      ]
    }),
  ]
}

function validatePodTerm(term: V1PodAffinityTerm, at: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey } = term
  const keyAt = childPath(at, 'topologyKey')
  return [
    ...(labelSelector === undefined ? [] : validateLabelSelector(labelSelector, childPath(at, 'labelSelector'))),
    ...(namespaceSelector === undefined
      ? []
      : validateLabelSelector(namespaceSelector, childPath(at, 'namespaceSelector'))),
    ...namespaces.flatMap((name) => invalidFor(childPath(at, 'namespace'), name, isDns1123Label(name))),
    ...validateLabelKeys(term, at),
    ...(topologyKey === '' ? [required(keyAt, 'can not be empty')] : []),
    ...qualifiedName(keyAt, topologyKey),
  ]
}

function validatePodAffinity(affinity: V1PodAffinity, at: string): FieldError[] {
  return [
    ...(affinity[REQUIRED] ?? []).flatMap((term, index) =>
      validatePodTerm(term, indexPath(childPath(at, REQUIRED), index)),
    ),
    ...(affinity[PREFERRED] ?? []).flatMap(({ weight, podAffinityTerm }, index) => {
      const termAt = indexPath(childPath(at, PREFERRED), index)
      return [
        ...validateWeight(weight, termAt),
        ...validatePodTerm(podAffinityTerm, childPath(termAt, 'podAffinityTerm')),
      ]
    }),
  ]
}

export function validateAffinity(affinity: V1Affinity | undefined, at: string): FieldError[] {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {}
  return [
    ...(nodeAffinity === undefined ? [] : validateNodeAffinity(nodeAffinity, childPath(at, 'nodeAffinity'))),
    ...(podAffinity === undefined ? [] : validatePodAffinity(podAffinity, childPath(at, 'podAffinity'))),
    ...(podAntiAffinity === undefined ? [] : validatePodAffinity(podAntiAffinity, childPath(at, 'podAntiAffinity'))),
  ]
}
