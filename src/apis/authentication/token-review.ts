/**
 * TokenReview: asks whom a token belongs to. Answered, never stored.
 * This is the kind's one entry (authentication.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/authentication/tokenreview.
 */
import { defineKind } from '../define-kind.ts'
import type { V1TokenReview } from '../generated/types.ts'

export const tokenReview = defineKind<V1TokenReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  resource: 'tokenreviews',
  scope: 'Cluster',
  type: 'V1TokenReview',
  verbs: ['create'],
  isVirtual: true,
})
