/** Defaults of batch/v1. Upstream: kubernetes/kubernetes pkg/apis/batch/v1/defaults.go. */
import type { V1Job, V1JobSpec } from '../generated/types.ts'
import type { DefaultTable, Fields } from '../defaulting.ts'

const DEFAULT_BACKOFF_LIMIT = 6
/** What "no limit" is when the limit is counted for each index. */
const MAX_INT32 = 2 ** 31 - 1

/** Templates of CronJobs keep a Job's spec as it is. */
function fillJob(owner: Fields): void {
  const { metadata, spec } = owner as Partial<V1Job>
  if (spec === undefined) return
  if (spec.parallelism === undefined) spec.completions ??= 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? DEFAULT_BACKOFF_LIMIT : MAX_INT32
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'
  spec.manualSelector ??= false
  if (metadata !== undefined) takeTemplateLabels(metadata, spec)
}

/**
 * Upstream's defaults are applied to what is read as well, so labels that a Job's template was given count. Job and
 * template have them in common from then on: what the template is given besides, the Job has, too. Answers whether
 * they were taken.
 */
export function takeTemplateLabels(metadata: V1Job['metadata'], { template }: V1JobSpec): boolean {
  const { labels } = template.metadata ?? {}
  if (labels === undefined || Object.keys(metadata.labels ?? {}).length > 0) return false
  metadata.labels = labels
  return true
}

export const batchDefaults: DefaultTable = {
  // SetDefaults_Job
  V1Job: { rule: fillJob },
  // SetDefaults_PodFailurePolicyOnPodConditionsPattern
  V1PodFailurePolicyOnPodConditionsPattern: { fields: { status: 'True' } },
  // SetDefaults_CronJob
  V1CronJobSpec: {
    fields: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
  },
}
