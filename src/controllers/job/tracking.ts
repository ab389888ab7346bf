/**
 * Counting finished pods exactly once, whatever is cut in between: a finished pod's uid is first written down as
 * uncounted, then the pod loses its tracking finalizer, then the uid becomes a count
 * (kubernetes pkg/controller/job/job_controller.go, trackJobStatusAndRemoveFinalizers). Pure.
 */
import type { V1Job, V1JobStatus, V1Pod } from '../../apis/generated/types.ts'
import { completionIndexOf, formatIndexes, isIndexed, parseIndexes } from './indexes.ts'

export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking'

/** Uids written down at a time; upstream's maxUncountedPods. */
export const MAX_UNCOUNTED = 500

export function isTracked({ metadata }: V1Pod): boolean {
  return (metadata.finalizers ?? []).includes(TRACKING_FINALIZER)
}

/** Pods that only fail count as failed once they have; by default also those on their way out. */
export function replacesOnlyFailed({ spec }: V1Job): boolean {
  return spec?.podReplacementPolicy === 'Failed'
}

export function hasSucceeded({ status }: V1Pod): boolean {
  return status?.phase === 'Succeeded'
}

export function hasFailed(job: V1Job, { metadata, status }: V1Pod): boolean {
  if (status?.phase === 'Failed') return true
  return !replacesOnlyFailed(job) && metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded'
}

export interface Tally {
  /** All that succeeded and failed so far, written down or not. */
  readonly succeeded: number
  readonly failed: number
  readonly succeededIndexes: ReadonlySet<number>
  /** The status with everything that can be written down; undefined when it is written down already. */
  readonly noted: V1JobStatus | undefined
  /** Pods whose finalizer can go once `noted` is written. */
  readonly released: readonly V1Pod[]
  /** The status once those finalizers are gone. */
  readonly settled: V1JobStatus
}

export function tally(job: V1Job, pods: readonly V1Pod[]): Tally {
  const status = job.status ?? {}
  const tracked = new Map(pods.filter(isTracked).map((pod) => [pod.metadata.uid ?? '', pod]))
  const { succeeded: notedSucceeded = [], failed: notedFailed = [] } = status.uncountedTerminatedPods ?? {}
  // Written down earlier and released since: these become counts.
  const isReleased = (uid: string): boolean => !tracked.has(uid)
  const isNew = (uid: string): boolean => !notedSucceeded.includes(uid) && !notedFailed.includes(uid)
  const fresh = [...tracked].filter(([uid]) => isNew(uid)).map(([, pod]) => pod)
  const isIndexedJob = isIndexed(job)
  const indexes = new Set(isIndexedJob ? parseIndexes(status.completedIndexes) : [])
  const newSucceeded = fresh.filter(hasSucceeded).slice(0, MAX_UNCOUNTED)
  const newFailed = fresh.filter((pod) => hasFailed(job, pod)).slice(0, MAX_UNCOUNTED)
  for (const pod of isIndexedJob ? newSucceeded : []) {
    const index = completionIndexOf(pod)
    if (index !== undefined && index < (job.spec?.completions ?? 0)) indexes.add(index)
  }
  const succeeded = isIndexedJob
    ? indexes.size
    : (status.succeeded ?? 0) + notedSucceeded.length + newSucceeded.length
  const failed = (status.failed ?? 0) + notedFailed.length + newFailed.length
  const uidOf = ({ metadata }: V1Pod): string => metadata.uid ?? ''
  const completedIndexes = isIndexedJob ? formatIndexes(indexes) : ''
  const base: V1JobStatus = { ...status, ...(completedIndexes === '' ? {} : { completedIndexes }) }
  const released = [...tracked.values()].filter(
    (pod) => !isNew(uidOf(pod)) || newSucceeded.includes(pod) || newFailed.includes(pod),
  )
  const hasNews = newSucceeded.length + newFailed.length > 0
  const countedSucceeded = isIndexedJob
    ? indexes.size
    : (status.succeeded ?? 0) + notedSucceeded.filter(isReleased).length
  const noted: V1JobStatus = {
    ...base,
    succeeded: countedSucceeded,
    failed: (status.failed ?? 0) + notedFailed.filter(isReleased).length,
    uncountedTerminatedPods: {
      ...list(
        'succeeded',
        isIndexedJob ? [] : [...notedSucceeded.filter((uid) => !isReleased(uid)), ...newSucceeded.map(uidOf)],
      ),
      ...list('failed', [...notedFailed.filter((uid) => !isReleased(uid)), ...newFailed.map(uidOf)]),
    },
  }
  const settled: V1JobStatus = { ...base, succeeded, failed, uncountedTerminatedPods: {} }
  return { succeeded, failed, succeededIndexes: indexes, noted: hasNews ? noted : undefined, released, settled }
}

function list(field: 'succeeded' | 'failed', uids: readonly string[]): Partial<Record<typeof field, string[]>> {
  return uids.length === 0 ? {} : { [field]: [...uids] }
}
