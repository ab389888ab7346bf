/**
 * Validation of references to objects of other kinds: what is behind an Ingress, and a class's parameters.
 * Upstream: kubernetes/kubernetes pkg/apis/networking/validation/validation.go,
 * validateIngressTypedLocalObjectReference.
 */
import { childPath, type FieldError } from '../../apimachinery/field-path.ts'
import type { V1TypedLocalObjectReference } from '../generated/types.ts'
import { dnsSubdomain, orUnset, pathSegment, requiredAnd } from '../validation/rules.ts'

export function validateTypedReference(
  { apiGroup, kind, name }: Partial<V1TypedLocalObjectReference>,
  at: string,
): FieldError[] {
  const group = orUnset(apiGroup)
  return [
    ...(group === undefined ? [] : dnsSubdomain(childPath(at, 'apiGroup'), group)),
    ...requiredAnd(childPath(at, 'kind'), kind, pathSegment),
    ...requiredAnd(childPath(at, 'name'), name, pathSegment),
  ]
}
