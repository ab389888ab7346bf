/**
 * How CronJob objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/batch/cronjob/strategy.go.
 */
import { podNameWarnings } from '../../core/pod/warnings/pod-warnings.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1CronJob } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { jobSpecWarnings } from '../job/warnings.ts'
import { validateCronJob, validateCronJobUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1CronJob>('V1CronJob', { countsGenerations: true, allowsUnconditionalUpdate: true })
const ZONE_WARNING =
  'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see ' +
  'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'

function warnings(next: V1CronJob, previous: V1CronJob | undefined): string[] {
  const ofJobs = (): string[] => jobSpecWarnings(next.spec?.jobTemplate.spec, 'spec.jobTemplate.spec')
  if (previous === undefined) return [...podNameWarnings(next), ...ofJobs()]
  return [
    ...(next.metadata.generation === previous.metadata.generation ? [] : ofJobs()),
    ...((next.spec?.schedule ?? '').includes('TZ') ? [ZONE_WARNING] : []),
  ]
}

export const cronJobStrategy: Strategy<V1CronJob> = {
  ...base,
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings,
}
