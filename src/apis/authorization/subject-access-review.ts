/**
 * SubjectAccessReview: asks whether somebody may do something. Answered, never stored.
 * This is the kind's one entry (authorization.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/authorization/subjectaccessreview.
 */
import { defineKind } from '../define-kind.ts'
import type { V1SubjectAccessReview } from '../generated/types.ts'

export const subjectAccessReview = defineKind<V1SubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  resource: 'subjectaccessreviews',
  scope: 'Cluster',
  type: 'V1SubjectAccessReview',
  verbs: ['create'],
  isVirtual: true,
})
