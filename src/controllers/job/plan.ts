/**
 * What a Job needs next, and how it ends (kubernetes pkg/controller/job/{job_controller,backoff_utils}.go, 1.36: the
 * verdict comes first as SuccessCriteriaMet or FailureTarget, the end itself when no pod is left). Pure.
 */
import { near } from '../../lib/exact-json.ts'
import type { V1Job, V1JobCondition, V1JobStatus, V1Pod } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { isPodActive, isPodReady, isPodTerminating } from '../pods/readiness.ts'
import { podsToDelete } from '../replica-set/rank.ts'
import { completionIndexOf, isIndexed, pendingIndexes } from './indexes.ts'
import type { Tally } from './tracking.ts'
import { hasFailed, hasSucceeded, replacesOnlyFailed } from './tracking.ts'

/** Delay after a failure: 10 s, doubling up to 10 minutes (DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff). */
export const FAILURE_BACKOFF_MS = 10_000
export const MAX_FAILURE_BACKOFF_MS = 600_000

/** Pods made in one run (MaxPodCreateDeletePerSync). */
const MAX_CREATES = 500

export interface Verdict {
  readonly type: 'SuccessCriteriaMet' | 'FailureTarget'
  readonly reason: string
  readonly message: string
}

export interface PodPlan {
  /** Completion indexes of pods to make; undefined entries for Jobs without indexes. */
  readonly create: readonly (number | undefined)[]
  readonly remove: readonly V1Pod[]
  /** Failures hold new pods back until then. */
  readonly heldUntilMs: number | undefined
}

export function conditionOf({ status }: V1Job, type: string): V1JobCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type && condition.status === 'True')
}

export function finishedCondition(job: V1Job): V1JobCondition | undefined {
  return conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed')
}

export function isSuspended({ spec }: V1Job): boolean {
  return spec?.suspend === true
}

/** How the Job ends, if it is decided. A verdict that was written down stands. */
export function planVerdict(
  job: V1Job,
  pods: readonly V1Pod[],
  { succeeded, failed }: Tally,
  nowMs: number,
): Verdict | undefined {
  for (const type of ['FailureTarget', 'SuccessCriteriaMet'] as const) {
    const known = conditionOf(job, type)
    if (known !== undefined) return { type, reason: known.reason ?? '', message: known.message ?? '' }
  }
  const { completions, backoffLimit = 6 } = job.spec ?? {}
  const fail = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message })
  if (failed > backoffLimit || hasRestartedTooOften(job, pods)) {
    return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  }
  const deadlineMs = activeDeadlineMs(job)
  if (deadlineMs !== undefined && !isSuspended(job) && deadlineMs <= nowMs) {
    return fail('DeadlineExceeded', 'Job was active longer than specified deadline')
  }
  const hasActive = pods.some(isPodActive)
  const isComplete = completions === undefined ? succeeded > 0 && !hasActive : succeeded >= completions && !hasActive
  if (!isComplete || (completions === undefined && isSuspended(job))) return undefined
  return {
    type: 'SuccessCriteriaMet',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  }
}

/** Restarts in place count against the limit when pods restart themselves. */
function hasRestartedTooOften({ spec }: V1Job, pods: readonly V1Pod[]): boolean {
  if (spec?.template.spec?.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue
    for (const { restartCount } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
      restarts += restartCount
    }
  }
  const limit = spec.backoffLimit ?? 6
  return limit === 0 ? restarts > 0 : restarts >= limit
}

export function activeDeadlineMs({ spec, status }: V1Job): number | undefined {
  if (spec?.activeDeadlineSeconds === undefined || status?.startTime === undefined) return undefined
  return Date.parse(status.startTime) + near(spec.activeDeadlineSeconds) * 1_000
}

export function planPods(
  job: V1Job,
  pods: readonly V1Pod[],
  { succeeded, succeededIndexes }: Tally,
  nowMs: number,
): PodPlan {
  const active = pods.filter((pod) => isPodActive(pod))
  const rest: PodPlan = { create: [], remove: [], heldUntilMs: undefined }
  if (isSuspended(job)) return { ...rest, remove: active }
  const { completions, parallelism = 1 } = job.spec ?? {}
  const wanted =
    completions === undefined
      ? succeeded > 0
        ? Math.min(active.length, parallelism)
        : parallelism
      : Math.max(0, Math.min(parallelism, completions - succeeded))
  const surplus = surplusOf(job, active, succeededIndexes, wanted, nowMs)
  if (surplus.length > 0) return { ...rest, remove: surplus }
  const leaving = replacesOnlyFailed(job) ? pods.filter(isPodTerminating).length : 0
  const missing = Math.min(wanted - active.length - leaving, MAX_CREATES)
  if (missing <= 0) return rest
  const heldUntilMs = backoffUntilMs(job, pods, nowMs)
  if (heldUntilMs !== undefined && heldUntilMs > nowMs) return { ...rest, heldUntilMs }
  return { ...rest, create: newIndexes(job, active, succeededIndexes, missing) }
}

function newIndexes(
  job: V1Job,
  active: readonly V1Pod[],
  succeeded: ReadonlySet<number>,
  count: number,
): (number | undefined)[] {
  if (!isIndexed(job)) return Array.from({ length: count }, () => undefined)
  const taken = new Set(succeeded)
  for (const pod of active) {
    const index = completionIndexOf(pod)
    if (index !== undefined) taken.add(index)
  }
  return pendingIndexes(job.spec?.completions ?? 0, taken, count)
}

/** Active pods too many; with indexes first those that nobody needs: done already, out of range, twice. */
function surplusOf(
  job: V1Job,
  active: readonly V1Pod[],
  succeeded: ReadonlySet<number>,
  wanted: number,
  nowMs: number,
): readonly V1Pod[] {
  if (!isIndexed(job)) {
    const count = active.length - wanted
    return count > 0 ? podsToDelete(active, active, count, nowMs) : []
  }
  const seen = new Set<number>()
  const [useful, useless]: [V1Pod[], V1Pod[]] = [[], []]
  for (const pod of active) {
    const index = completionIndexOf(pod)
    const isUseful =
      index !== undefined && index < (job.spec?.completions ?? 0) && !succeeded.has(index) && !seen.has(index)
    if (index !== undefined) seen.add(index)
    ;(isUseful ? useful : useless).push(pod)
  }
  const count = useful.length - wanted
  return count > 0 ? [...useless, ...podsToDelete(useful, useful, count, nowMs)] : useless
}

/**
 * Until when failures hold new pods back: counted from the pods that failed since the last success.
 * Differs: upstream keeps the record in memory and forgets it at a restart; here the pods themselves are the record.
 */
export function backoffUntilMs(job: V1Job, pods: readonly V1Pod[], nowMs: number): number | undefined {
  const finished = pods
    .filter((pod) => hasSucceeded(pod) || hasFailed(job, pod))
    .map((pod) => ({ isFailure: !hasSucceeded(pod), atMs: finishTimeMs(pod, nowMs) }))
  const lastSuccessMs = Math.max(-Infinity, ...finished.filter(({ isFailure }) => !isFailure).map(({ atMs }) => atMs))
  const failures = finished.filter(({ isFailure, atMs }) => isFailure && atMs > lastSuccessMs).map(({ atMs }) => atMs)
  if (failures.length === 0) return undefined
  const delayMs = Math.min(MAX_FAILURE_BACKOFF_MS, FAILURE_BACKOFF_MS * 2 ** Math.min(failures.length - 1, 10))
  return Math.max(...failures) + delayMs
}

function finishTimeMs({ metadata, status }: V1Pod, nowMs: number): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''))
  const known = ends.filter((end) => !Number.isNaN(end))
  if (known.length > 0) return Math.max(...known)
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime
  const other = Date.parse(ready ?? metadata.deletionTimestamp ?? metadata.creationTimestamp ?? '')
  return Number.isNaN(other) ? nowMs : other
}

/** The status from what is there now. `verdict` becomes the end when no pod is active or on its way out any more. */
export function jobStatus(
  job: V1Job,
  settled: V1JobStatus,
  pods: readonly V1Pod[],
  verdict: Verdict | undefined,
  nowMs: number,
): V1JobStatus {
  const now = formatTime(nowMs)
  const active = pods.filter(isPodActive)
  const terminating = pods.filter(isPodTerminating).length
  let conditions = settled.conditions ?? []
  const add = (type: string, is: string, reason: string, message: string): void => {
    const known = conditions.find((condition) => condition.type === type)
    if (known?.status === is && known.reason === reason && known.message === message) return
    const next = { type, status: is, lastProbeTime: now, lastTransitionTime: now, reason, message }
    conditions = [...conditions.filter((condition) => condition !== known), next]
  }
  let end: Pick<V1JobStatus, 'completionTime'> = {}
  if (verdict !== undefined) {
    const { type, reason, message } = verdict
    add(type, 'True', reason, message)
    if (active.length === 0 && terminating === 0) {
      add(type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed', 'True', reason, message)
      if (type === 'SuccessCriteriaMet') end = { completionTime: settled.completionTime ?? now }
    }
  } else if (isSuspended(job)) {
    add('Suspended', 'True', 'JobSuspended', 'Job suspended')
  } else if (conditions.some(({ type, status }) => type === 'Suspended' && status === 'True')) {
    add('Suspended', 'False', 'JobResumed', 'Job resumed')
  }
  const { startTime: before, active: _active, succeeded = 0, failed = 0, ...rest } = settled
  const startTime = verdict === undefined && isSuspended(job) ? undefined : (before ?? now)
  return {
    ...rest,
    ...(startTime === undefined ? {} : { startTime }),
    ...end,
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(active.length === 0 ? {} : { active: active.length }),
    ...(succeeded === 0 ? {} : { succeeded }),
    ...(failed === 0 ? {} : { failed }),
    ready: active.filter(isPodReady).length,
    terminating,
  }
}
