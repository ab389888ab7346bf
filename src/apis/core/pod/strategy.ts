/**
 * How Pod objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/pod/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Pod } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'

export const podStrategy: Strategy<V1Pod> = specAndStatusStrategy<V1Pod>('V1Pod', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
})
