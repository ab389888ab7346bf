/**
 * How Secret objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/secret/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Secret } from '../../generated/types.ts'

export const secretStrategy: Strategy<V1Secret> = {
  allowsUnconditionalUpdate: true,
}
