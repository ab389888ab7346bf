/**
 * Validation of IngressClass objects. Upstream: kubernetes/kubernetes pkg/apis/networking/validation/validation.go,
 * ValidateIngressClass, ValidateIngressClassUpdate, validateIngressClassParametersReference.
 */
import {
  childPath, forbidden, notSupportedText, required, tooLong, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { byteLength, isDomainPrefixedPath } from '../../../apimachinery/names.ts'
import type { ObjectFacts } from '../../define-kind.ts'
import type { V1IngressClass, V1IngressClassParametersReference } from '../../generated/types.ts'
import { dnsLabel, immutable } from '../../validation/rules.ts'
import { validateTypedReference } from '../reference.ts'

const MAX_CONTROLLER_LENGTH = 250

function validateParameters(parameters: V1IngressClassParametersReference, at: string): FieldError[] {
  const { scope, namespace } = parameters
  const [scopeAt, namespaceAt] = [childPath(at, 'scope'), childPath(at, 'namespace')]
  const errors = validateTypedReference(parameters, at)
  if (scope === undefined) return [...errors, required(scopeAt)]
  if (scope === 'Cluster') {
    if (namespace === undefined) return errors
    return [...errors, forbidden(namespaceAt, "`parameters.scope` is set to 'Cluster'")]
  }
  if (scope !== 'Namespace') return [...errors, notSupportedText(scopeAt, scope, ['Cluster', 'Namespace'])]
  if (namespace === undefined) return [...errors, required(namespaceAt, "`parameters.scope` is set to 'Namespace'")]
  return [...errors, ...dnsLabel(namespaceAt, namespace)]
}

export function validateIngressClass({ spec = {} }: V1IngressClass): FieldError[] {
  const { controller = '', parameters } = spec
  const at = 'spec.controller'
  return [
    ...(byteLength(controller) > MAX_CONTROLLER_LENGTH ? [tooLong(at, MAX_CONTROLLER_LENGTH)] : []),
    ...isDomainPrefixedPath(at, controller),
    ...(parameters === undefined ? [] : validateParameters(parameters, 'spec.parameters')),
  ]
}

export function validateIngressClassUpdate(
  next: V1IngressClass,
  previous: V1IngressClass,
  facts?: ObjectFacts,
): FieldError[] {
  const controllerOf = ({ spec }: V1IngressClass): string => spec?.controller ?? ''
  return [
    ...immutable('spec.controller', controllerOf(next), controllerOf(previous)),
    ...(facts?.metadataAgain() ?? []),
    ...validateIngressClass(next),
  ]
}
