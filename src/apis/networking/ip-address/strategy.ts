/**
 * How IPAddress objects behave on writes, beyond their schema: an address belongs to one object, for good.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/ipaddress/strategy.go;
 * pkg/apis/networking/validation/validation.go, ValidateIPAddress, ValidateIPAddressUpdate.
 */
import { childPath, invalid, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import type { Strategy, ObjectFacts } from '../../define-kind.ts'
import type { V1IPAddress, V1ParentReference } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { dnsSubdomain, isEqual, orUnset, pathSegment, requiredAnd, unlessEmpty } from '../../validation/rules.ts'

const AT = 'spec.parentRef'

function parentOf({ spec }: V1IPAddress): Partial<V1ParentReference> | undefined {
  return orUnset(spec?.parentRef)
}

function validateIpAddress(address: V1IPAddress): FieldError[] {
  const parent = parentOf(address)
  if (parent === undefined) return [required(AT)]
  return [
    ...unlessEmpty(childPath(AT, 'group'), parent.group, dnsSubdomain),
    ...requiredAnd(childPath(AT, 'resource'), parent.resource, pathSegment),
    ...requiredAnd(childPath(AT, 'name'), parent.name, pathSegment),
    ...unlessEmpty(childPath(AT, 'namespace'), parent.namespace, pathSegment),
  ]
}

function validateIpAddressUpdate(next: V1IPAddress, previous: V1IPAddress, facts?: ObjectFacts): FieldError[] {
  const [parent, before] = [parentOf(next), parentOf(previous)]
  const errors = [...validateIpAddress(next), ...(facts?.metadataAgain() ?? [])]
  if (isEqual(parent, before)) return errors
  const printed = parent && internalForm('ParentReference', parent)
  return [...errors, invalid(AT, printed, FIELD_IMMUTABLE_MESSAGE)]
}

export const ipAddressStrategy: Strategy<V1IPAddress> = {
  keepsGenerateName: true,
  allowsUnconditionalUpdate: true,
  validate: validateIpAddress,
  validateUpdate: validateIpAddressUpdate,
}
