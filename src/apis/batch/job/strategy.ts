/**
 * How Job objects behave on writes, beyond their schema: what users may not set, and what a write may change. A Job
 * without `manualSelector` gets a selector of its own uid, and its pods the labels that go with it.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/batch/job/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Job } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { generateSelector, validateJob, validateJobStatusUpdate, validateJobUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1Job>('V1Job', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
})

export const jobStrategy: Strategy<V1Job> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    generateSelector(next)
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  status: { ...base.status, validateUpdate: validateJobStatusUpdate },
}
