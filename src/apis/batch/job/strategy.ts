/**
 * How Job objects behave on writes, beyond their schema: what users may not set, and what a write may change. A Job
 * without `manualSelector` gets a selector of its own uid, and its pods the labels that go with it.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/batch/job/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Job } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { podNameWarnings } from '../../core/pod/warnings/pod-warnings.ts'
import { takeTemplateLabels } from '../defaults.ts'
import { generateSelector } from './selector.ts'
import { validateJobStatusUpdate } from './status-validation.ts'
import { validateJobUpdate } from './update-validation.ts'
import { validateJob } from './validation.ts'
import { jobSpecWarnings } from './warnings.ts'

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

export const jobStrategy: Strategy<V1Job> = {
  ...base,
  orphanWarning:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or ' +
    'set propagationPolicy=Orphan to suppress this warning',
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    generateSelector(next)
  },
  // Upstream stores a Job without the labels that only now its template has; it has them when it is read.
  canonicalize: ({ metadata, spec }) => spec !== undefined && takeTemplateLabels(metadata, spec),
  validate: (job) => validateJob(job),
  validateUpdate: validateJobUpdate,
  warnings(next, previous) {
    const isAsBefore = previous !== undefined && next.metadata.generation === previous.metadata.generation
    if (isAsBefore) return []
    return [
      ...(previous === undefined ? podNameWarnings(next) : []),
      ...jobSpecWarnings(next.spec, 'spec'),
      ...idleWarnings(next),
    ]
  },
  status: {
    ...base.status,
    prepareForUpdate(next, previous, context) {
      base.status?.prepareForUpdate?.(next, previous, context)
      if (next.spec !== undefined) takeTemplateLabels(next.metadata, next.spec)
    },
    validateUpdate: validateJobStatusUpdate,
  },
}
