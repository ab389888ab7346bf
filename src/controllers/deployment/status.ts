/**
 * What a Deployment says about itself: counts, Available, Progressing, ReplicaFailure
 * (kubernetes pkg/controller/deployment/{progress,sync}.go, util/deployment_util.go). Pure.
 */
import type {
  V1Deployment,
  V1DeploymentCondition,
  V1DeploymentStatus,
  V1ReplicaSet,
} from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { withoutZeros } from '../without-zeros.ts'
import { availableOf, maxUnavailable, sum, wantedReplicas } from './replica-counts.ts'
import type { RevisionSets } from './revision.ts'

/** `progressDeadlineSeconds` of this value means none (util.HasProgressDeadline). */
const NO_DEADLINE_SECONDS = 2 ** 31 - 1

/** What this run did, for the Progressing condition. */
export interface RunOutcome {
  readonly created?: string
  readonly createError?: { readonly name: string; readonly message: string }
  readonly collisionCount?: number
}

export function hasProgressDeadline({ spec }: V1Deployment): boolean {
  return spec?.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== NO_DEADLINE_SECONDS
}

export function deploymentStatus(
  deployment: V1Deployment,
  sets: RevisionSets,
  outcome: RunOutcome,
  nowMs: number,
): V1DeploymentStatus {
  const { metadata, spec, status = {} } = deployment
  const counts = countsOf(sets)
  let conditions = progressBefore(deployment, sets, outcome, nowMs)
  const isEnough = counts.availableReplicas >= wantedReplicas(deployment) - maxUnavailable(deployment)
  conditions = withCondition(
    conditions,
    {
      type: 'Available',
      status: isEnough ? 'True' : 'False',
      reason: isEnough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: isEnough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
    },
    nowMs,
  )
  const isRollout = spec?.paused !== true && metadata.deletionTimestamp === undefined
  if (isRollout) conditions = progressOf(deployment, sets, counts, conditions, nowMs)
  if (!hasProgressDeadline(deployment)) conditions = conditions.filter(({ type }) => type !== 'Progressing')
  if (isRollout) conditions = replicaFailure(sets, conditions, nowMs)
  const collisionCount = outcome.collisionCount ?? status.collisionCount
  return withoutZeros(
    {
      observedGeneration: metadata.generation ?? 0,
      ...counts,
      conditions: [...conditions],
      ...(collisionCount === undefined ? {} : { collisionCount }),
    },
    ['terminatingReplicas', 'collisionCount'],
  )
}

type Counts = Required<
  Pick<
    V1DeploymentStatus,
    | 'replicas'
    | 'updatedReplicas'
    | 'readyReplicas'
    | 'availableReplicas'
    | 'unavailableReplicas'
    | 'terminatingReplicas'
  >
>

function countsOf({ current, old }: RevisionSets): Counts {
  const all = current === undefined ? old : [...old, current]
  const availableReplicas = sum(all, availableOf)
  return {
    replicas: sum(all, (set) => set.status?.replicas ?? 0),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status?.readyReplicas ?? 0),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(all, wantedReplicas) - availableReplicas),
    terminatingReplicas: sum(all, (set) => set.status?.terminatingReplicas ?? 0),
  }
}

/** Progressing as set on the way to the rollout's own verdict: pause, resume, a set found, made or refused. */
function progressBefore(
  { metadata, spec, status }: V1Deployment,
  { current }: RevisionSets,
  outcome: RunOutcome,
  nowMs: number,
): readonly V1DeploymentCondition[] {
  let conditions: readonly V1DeploymentCondition[] = status?.conditions ?? []
  const known = conditions.find(({ type }) => type === 'Progressing')
  const set = (conditionStatus: string, reason: string, message: string): void => {
    conditions = withCondition(conditions, { type: 'Progressing', status: conditionStatus, reason, message }, nowMs)
  }
  if (metadata.deletionTimestamp !== undefined) return conditions
  if (known?.reason !== 'ProgressDeadlineExceeded') {
    const wasPaused = known?.reason === 'DeploymentPaused'
    if (spec?.paused === true && !wasPaused) set('Unknown', 'DeploymentPaused', 'Deployment is paused')
    if (spec?.paused !== true && wasPaused) set('Unknown', 'DeploymentResumed', 'Deployment is resumed')
  }
  const { created, createError } = outcome
  if (created !== undefined) set('True', 'NewReplicaSetCreated', `Created new replica set "${created}"`)
  else if (createError !== undefined) {
    set(
      'False',
      'ReplicaSetCreateError',
      `Failed to create new replica set "${createError.name}": ${createError.message}`,
    )
  } else if (known === undefined && current !== undefined && spec?.paused !== true) {
    set('True', 'FoundNewReplicaSet', `Found new replica set "${current.metadata.name ?? ''}"`)
  }
  return conditions
}

function progressOf(
  deployment: V1Deployment,
  { current }: RevisionSets,
  counts: Counts,
  conditions: readonly V1DeploymentCondition[],
  nowMs: number,
): readonly V1DeploymentCondition[] {
  const known = conditions.find(({ type }) => type === 'Progressing')
  const wasComplete = counts.replicas === counts.updatedReplicas && known?.reason === 'NewReplicaSetAvailable'
  if (!hasProgressDeadline(deployment) || wasComplete) return conditions
  const what = `${current === undefined ? 'Deployment' : 'ReplicaSet'} "${(current ?? deployment).metadata.name ?? ''}"`
  const progressing = (status: string, reason: string, message: string): V1DeploymentCondition => ({
    type: 'Progressing',
    status,
    reason,
    message: `${what} ${message}`,
  })
  if (isComplete(deployment, counts)) {
    return withCondition(
      conditions,
      progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed.'),
      nowMs,
    )
  }
  if (hasProgressed(deployment, counts)) {
    // Put anew, so that its lastUpdateTime starts the deadline again.
    const others = conditions.filter(({ type }) => type !== 'Progressing')
    const next = progressing('True', 'ReplicaSetUpdated', 'is progressing.')
    const sinceTime = known?.status === 'True' ? known.lastTransitionTime : undefined
    return withCondition(others, sinceTime === undefined ? next : { ...next, lastTransitionTime: sinceTime }, nowMs)
  }
  const deadlineMs = progressDeadlineMs(deployment, conditions)
  if (deadlineMs !== undefined && deadlineMs < nowMs) {
    return withCondition(
      conditions,
      progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'),
      nowMs,
    )
  }
  return conditions
}

export function isComplete(
  deployment: V1Deployment,
  { updatedReplicas = 0, replicas = 0, availableReplicas = 0 }: V1DeploymentStatus,
): boolean {
  const wanted = wantedReplicas(deployment)
  return updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted
}

function hasProgressed({ status = {} }: V1Deployment, next: Counts): boolean {
  const { updatedReplicas = 0, replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status
  return (
    next.updatedReplicas > updatedReplicas ||
    next.replicas - next.updatedReplicas < replicas - updatedReplicas ||
    next.readyReplicas > readyReplicas ||
    next.availableReplicas > availableReplicas
  )
}

/** When a rollout that stands still counts as failed; undefined when it is complete, or failed already. */
export function progressDeadlineMs(
  deployment: V1Deployment,
  conditions: readonly V1DeploymentCondition[],
): number | undefined {
  const known = conditions.find(({ type }) => type === 'Progressing')
  const { reason, lastUpdateTime } = known ?? {}
  if (!hasProgressDeadline(deployment) || lastUpdateTime === undefined) return undefined
  if (reason === 'NewReplicaSetAvailable' || reason === 'ProgressDeadlineExceeded') return undefined
  return Date.parse(lastUpdateTime) + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1_000
}

/** The current set's failure, or else an old one's. */
function replicaFailure(
  { current, old }: RevisionSets,
  conditions: readonly V1DeploymentCondition[],
  nowMs: number,
): readonly V1DeploymentCondition[] {
  const sets: readonly V1ReplicaSet[] = current === undefined ? old : [current, ...old]
  const failures = sets.flatMap(
    ({ status }) => status?.conditions?.filter(({ type }) => type === 'ReplicaFailure') ?? [],
  )
  const [failure] = failures
  if (failure === undefined) return conditions.filter(({ type }) => type !== 'ReplicaFailure')
  const { status, reason = '', message = '' } = failure
  return withCondition(conditions, { type: 'ReplicaFailure', status, reason, message }, nowMs)
}

/** Sets a condition. One of the same status and reason stays untouched; the time of its last transition is kept. */
function withCondition(
  conditions: readonly V1DeploymentCondition[],
  next: V1DeploymentCondition,
  nowMs: number,
): readonly V1DeploymentCondition[] {
  const known = conditions.find(({ type }) => type === next.type)
  if (known?.status === next.status && known.reason === next.reason) return conditions
  const now = formatTime(nowMs)
  const since = next.lastTransitionTime ?? (known?.status === next.status ? known.lastTransitionTime : undefined)
  return [
    ...conditions.filter(({ type }) => type !== next.type),
    { ...next, lastUpdateTime: now, lastTransitionTime: since ?? now },
  ]
}
