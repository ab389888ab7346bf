/**
 * Groups of the Kubernetes community need an approval: an annotation with where it was given, or that says that there
 * is none. Upstream: validateAPIApproval, and k8s.io/apiextensions-apiserver pkg/apihelpers/helpers.go.
 */
import { invalid, keyPath, required, type FieldError } from '../../../apimachinery/field-path.ts'
import type { KubeObject } from '../../../apimachinery/meta.ts'
import type { V1CustomResourceDefinition } from '../../generated/types.ts'

export const APPROVAL_ANNOTATION = 'api-approved.kubernetes.io'
const POLICY = 'see https://github.com/kubernetes/enhancements/pull/1111'

type Approval = 'missing' | 'bypassed' | 'approved' | 'invalid'

export function approvalOf({ metadata }: KubeObject): Approval {
  const text = metadata.annotations?.[APPROVAL_ANNOTATION] ?? ''
  if (text === '') return 'missing'
  if (text.startsWith('unapproved')) return 'bypassed'
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#\s]\S*$/.test(text) ? 'approved' : 'invalid'
}

export function isProtectedGroup(group: string): boolean {
  return ['k8s.io', 'kubernetes.io'].some((domain) => group === domain || group.endsWith(`.${domain}`))
}

/** An approval that is as it was is not looked at. */
export function validateApproval(next: V1CustomResourceDefinition, previous?: KubeObject): FieldError[] {
  if (!isProtectedGroup(next.spec.group)) return []
  const approval = approvalOf(next)
  if (previous !== undefined && approvalOf(previous) === approval) return []
  const field = keyPath('metadata.annotations', APPROVAL_ANNOTATION)
  const wanted = `protected groups must have approval annotation "${APPROVAL_ANNOTATION}"`
  if (approval === 'missing') return [required(field, `${wanted}, ${POLICY}`)]
  if (approval !== 'invalid') return []
  const text = next.metadata.annotations?.[APPROVAL_ANNOTATION]
  return [invalid(field, text, `${wanted} with either a URL or a reason starting with "unapproved", ${POLICY}`)]
}
