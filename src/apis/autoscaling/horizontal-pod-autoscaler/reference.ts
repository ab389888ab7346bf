/**
 * Validation of references to something of another group, of which only the group counts.
 * Upstream: kubernetes/kubernetes pkg/apis/autoscaling/validation/validation.go, ValidateCrossVersionObjectReference.
 */
import { childPath, invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import type { V2CrossVersionObjectReference } from '../../generated/types.ts'
import { pathSegment, requiredAnd } from '../../validation/rules.ts'

/** What is not asked of the group. */
export interface Leniency {
  readonly allowsCoreGroup?: boolean
  readonly allowsInvalidVersion?: boolean
}

/** What is wrong with a group and version. */
export function versionMessages(apiVersion = '', { allowsCoreGroup, allowsInvalidVersion }: Leniency): string[] {
  if (allowsInvalidVersion === true) return []
  const parts = apiVersion.split('/')
  if (parts.length > 2) return [`unexpected GroupVersion string: ${apiVersion}`]
  const group = parts.length === 2 ? parts[0] : ''
  return group === '' && allowsCoreGroup !== true ? ['apiVersion must specify API group'] : []
}

export function validateReference(
  { kind, name, apiVersion }: Partial<V2CrossVersionObjectReference>,
  leniency: Leniency,
  at: string,
): FieldError[] {
  return [
    ...requiredAnd(childPath(at, 'kind'), kind, pathSegment),
    ...requiredAnd(childPath(at, 'name'), name, pathSegment),
    ...versionMessages(apiVersion, leniency).map((why) => invalid(childPath(at, 'apiVersion'), apiVersion ?? '', why)),
  ]
}
