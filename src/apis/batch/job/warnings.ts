/**
 * What a writer of a Job, or of a CronJob, is warned of. Upstream: kubernetes/kubernetes pkg/api/job/warnings.go.
 */
import { childPath } from '../../../apimachinery/field-path.ts'
import { podTemplateWarnings } from '../../core/pod/warnings/pod-warnings.ts'
import type { V1JobSpec } from '../../generated/types.ts'

/** Beyond both, the status may grow too large to say which indexes are done. */
const WARNED_COMPLETIONS = 100_000
const WARNED_PARALLELISM = 10_000

export function jobSpecWarnings(spec: Partial<V1JobSpec> | undefined, field: string): string[] {
  const { completionMode, completions = 0, parallelism = 0, template } = spec ?? {}
  const isLarge = completions > WARNED_COMPLETIONS && parallelism > WARNED_PARALLELISM
  const sizes = 'a number of completions higher than 10^5 and a parallelism higher than 10^4'
  const what = 'Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
  return [
    ...(completionMode === 'Indexed' && isLarge ? [`${field}: In Indexed Jobs with ${sizes}, ${what}`] : []),
    ...podTemplateWarnings(template, childPath(field, 'template')),
  ]
}
