/**
 * How Job objects behave on writes, beyond their schema: what users may not set, and what a write may change. A Job
 * without `manualSelector` gets a selector of its own uid, and its pods the labels that go with it.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/batch/job/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Job } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { templateWarnings } from '../../core/pod/warnings/pod-warnings.ts'
import { generateSelector } from './selector.ts'
import { validateJobStatusUpdate } from './status-validation.ts'
import { validateJobUpdate } from './update-validation.ts'
import { validateJob } from './validation.ts'

/** Beyond both, the status may grow too large to say which indexes are done. */
const WARNED_COMPLETIONS = 100_000
const WARNED_PARALLELISM = 10_000

const base = specAndStatusStrategy<V1Job>('V1Job', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
})

/** What the Job controller (controllers/job) does not act upon yet. */
const IDLE_FIELDS = ['podFailurePolicy', 'successPolicy', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const

function idleWarnings({ spec }: V1Job): string[] {
  const idle = IDLE_FIELDS.filter((field) => spec?.[field] !== undefined)
  return idle.map((field) => `spec.${field}: is stored, but not acted upon by this version`)
}

function sizeWarnings({ spec }: V1Job): string[] {
  const isLarge = (spec?.completions ?? 0) > WARNED_COMPLETIONS && (spec?.parallelism ?? 0) > WARNED_PARALLELISM
  if (spec?.completionMode !== 'Indexed' || !isLarge) return []
  const sizes = 'a number of completions higher than 10^5 and a parallelism higher than 10^4'
  const what = 'Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
  return [`spec: In Indexed Jobs with ${sizes}, ${what}`]
}

export const jobStrategy: Strategy<V1Job> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    generateSelector(next)
  },
  validate: (job) => validateJob(job),
  validateUpdate: validateJobUpdate,
  warnings(next, previous) {
    const isAsBefore = previous !== undefined && next.metadata.generation === previous.metadata.generation
    if (isAsBefore) return []
    return [...sizeWarnings(next), ...idleWarnings(next), ...templateWarnings(next, previous, 'spec.template')]
  },
  status: { ...base.status, validateUpdate: validateJobStatusUpdate },
}
