/**
 * How Job objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/batch/job/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Job } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'

export const jobStrategy: Strategy<V1Job> = specAndStatusStrategy<V1Job>('V1Job', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
})
