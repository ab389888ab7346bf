/** Defaults of batch/v1. Upstream: kubernetes/kubernetes pkg/apis/batch/v1/defaults.go. */
import type { V1Job } from '../generated/types.ts'
import type { DefaultTable, Fields } from '../defaulting.ts'

/** What "no limit" is when the limit is counted for each index. */
const MAX_INT32 = 2 ** 31 - 1

/** A Job without labels takes its template's. */
function labelsFromTemplate(owner: Fields): void {
  const { metadata, spec } = owner as Partial<V1Job>
  const labels = spec?.template.metadata?.labels
  if (metadata === undefined || labels === undefined || Object.keys(metadata.labels ?? {}).length > 0) return
  metadata.labels = { ...labels }
}

export const batchDefaults: DefaultTable = {
  // SetDefaults_Job
  V1Job: { rule: labelsFromTemplate },
  V1JobSpec: {
    fields: {
      // Before `parallelism`: completions is filled in only where neither is said.
      completions: ({ parallelism }) => (parallelism === undefined ? 1 : undefined),
      parallelism: 1,
      backoffLimit: ({ backoffLimitPerIndex }) => (backoffLimitPerIndex === undefined ? 6 : MAX_INT32),
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: ({ podFailurePolicy }) =>
        podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
      manualSelector: false,
    },
  },
  // SetDefaults_PodFailurePolicyOnPodConditionsPattern
  V1PodFailurePolicyOnPodConditionsPattern: { fields: { status: 'True' } },
  // SetDefaults_CronJob
  V1CronJobSpec: {
    fields: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
  },
}
