/**
 * How ServiceAccount objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/serviceaccount/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1ServiceAccount } from '../../generated/types.ts'

export const serviceAccountStrategy: Strategy<V1ServiceAccount> = {
  allowsUnconditionalUpdate: true,
}
