/**
 * SelfSubjectReview: asks who one is. Answered, never stored.
 * This is the kind's one entry (authentication.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/authentication/selfsubjectreview.
 */
import { defineKind } from '../define-kind.ts'
import type { V1SelfSubjectReview } from '../generated/types.ts'

export const selfSubjectReview = defineKind<V1SelfSubjectReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  resource: 'selfsubjectreviews',
  scope: 'Cluster',
  type: 'V1SelfSubjectReview',
  verbs: ['create'],
  isVirtual: true,
})
