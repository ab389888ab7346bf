/**
 * Columns of batch/v1. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go, printJob,
 * printCronJob.
 */
import { humanDuration } from '../../apimachinery/human-duration.ts'
import type { Column } from '../../apimachinery/table.ts'
import type { V1CronJob, V1Job } from '../generated/types.ts'
import {
  NONE,
  ageColumn,
  ageOf,
  booleanText,
  column,
  countColumn,
  nameColumn,
  selectorText,
  templateColumns,
} from '../table-columns.ts'

function completionsText({ spec, status }: V1Job): string {
  const succeeded = String(status?.succeeded ?? 0)
  if (spec?.completions !== undefined) return `${succeeded}/${String(spec.completions)}`
  const parallelism = spec?.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${String(parallelism)}` : `${succeeded}/1`
}

function durationText({ status }: V1Job, nowMs: number): string {
  if (status?.startTime === undefined) return ''
  const end = status.completionTime === undefined ? nowMs : Date.parse(status.completionTime)
  return humanDuration(end - Date.parse(status.startTime))
}

function statusText({ metadata, status }: V1Job): string {
  const has = (wanted: string): boolean =>
    status?.conditions?.some((condition) => condition.type === wanted && condition.status === 'True') ?? false
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running'
}

export const jobColumns: readonly Column<V1Job>[] = [
  nameColumn,
  column('Status', statusText),
  column('Completions', completionsText),
  column('Duration', durationText),
  ageColumn,
  ...templateColumns<V1Job>(
    ({ spec }) => spec?.template,
    ({ spec }) => selectorText(spec?.selector),
  ),
]

export const cronJobColumns: readonly Column<V1CronJob>[] = [
  nameColumn,
  column('Schedule', ({ spec }) => spec?.schedule ?? ''),
  column('Timezone', ({ spec }) => spec?.timeZone ?? NONE),
  column('Suspend', ({ spec }) => booleanText(spec?.suspend), { type: 'boolean' }),
  countColumn('Active', ({ status }) => status?.active?.length),
  column('Last Schedule', ({ status }, nowMs) =>
    status?.lastScheduleTime === undefined ? NONE : ageOf(status.lastScheduleTime, nowMs),
  ),
  ageColumn,
  ...templateColumns<V1CronJob>(
    ({ spec }) => spec?.jobTemplate.spec?.template,
    ({ spec }) => selectorText(spec?.jobTemplate.spec?.selector),
  ),
]
