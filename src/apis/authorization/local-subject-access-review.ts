/**
 * LocalSubjectAccessReview: asks whether somebody may do something in a namespace. Answered, never stored.
 * This is the kind's one entry (authorization.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/authorization/localsubjectaccessreview.
 */
import { defineKind } from '../define-kind.ts'
import type { V1LocalSubjectAccessReview } from '../generated/types.ts'

export const localSubjectAccessReview = defineKind<V1LocalSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  resource: 'localsubjectaccessreviews',
  scope: 'Namespaced',
  type: 'V1LocalSubjectAccessReview',
  verbs: ['create'],
  isVirtual: true,
})
