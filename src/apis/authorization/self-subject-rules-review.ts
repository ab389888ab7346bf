/**
 * SelfSubjectRulesReview: asks what one may do in a namespace. Answered, never stored.
 * This is the kind's one entry (authorization.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/authorization/selfsubjectrulesreview.
 */
import { defineKind } from '../define-kind.ts'
import type { V1SelfSubjectRulesReview } from '../generated/types.ts'

export const selfSubjectRulesReview = defineKind<V1SelfSubjectRulesReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  resource: 'selfsubjectrulesreviews',
  scope: 'Cluster',
  type: 'V1SelfSubjectRulesReview',
  verbs: ['create'],
  isVirtual: true,
})
