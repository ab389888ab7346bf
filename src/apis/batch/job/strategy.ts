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

/** What the Job controller (controllers/job) does not act upon yet. */
const IDLE_FIELDS = ['podFailurePolicy', 'successPolicy', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const

export const jobStrategy: Strategy<V1Job> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    generateSelector(next)
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  warnings: ({ spec }) =>
    IDLE_FIELDS.filter((field) => spec?.[field] !== undefined).map(
      (field) => `spec.${field}: is stored, but not acted upon by this version`,
    ),
  status: { ...base.status, validateUpdate: validateJobStatusUpdate },
}
