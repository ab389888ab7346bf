/**
 * SelfSubjectAccessReview: asks whether one may do something. Answered, never stored.
 * This is the kind's one entry (authorization.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/authorization/selfsubjectaccessreview.
 */
import { defineKind } from '../define-kind.ts'
import type { V1SelfSubjectAccessReview } from '../generated/types.ts'

export const selfSubjectAccessReview = defineKind<V1SelfSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  resource: 'selfsubjectaccessreviews',
  scope: 'Cluster',
  type: 'V1SelfSubjectAccessReview',
  verbs: ['create'],
  isVirtual: true,
})
