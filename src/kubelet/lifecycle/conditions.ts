/**
 * The conditions that a kubelet writes, with reasons and messages of pkg/kubelet/status/generate.go. Conditions of
 * others (readiness gates, DisruptionTarget, …) are kept as they are.
 */
import type { V1ContainerStatus, V1Pod, V1PodCondition } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import type { Phase } from './phase.ts'
import { isInitialized } from './phase.ts'
import type { PodLife } from './pod-life.ts'
import { containerLife, isSidecar, specOf } from './pod-life.ts'

const OWNED = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']

type Verdict = Pick<V1PodCondition, 'status' | 'reason' | 'message'>

const TRUE: Verdict = { status: 'True' }

export function podConditions(
  pod: V1Pod,
  life: PodLife,
  phase: Phase,
  statuses: readonly V1ContainerStatus[],
  nowMs: number,
): V1PodCondition[] {
  const before = pod.status?.conditions ?? []
  const containersReady = containersReadyOf(pod, phase, statuses)
  const verdicts: readonly (readonly [string, Verdict])[] = [
    ['PodReadyToStartContainers', { status: life.sandbox === 'ready' ? 'True' : 'False' }],
    ['Initialized', initializedOf(pod, life, phase)],
    ['Ready', readyOf(pod, before, containersReady)],
    ['ContainersReady', containersReady],
    ['PodScheduled', TRUE],
  ]
  const others = before.filter(({ type }) => !OWNED.includes(type))
  return [...others, ...verdicts.map(([type, verdict]) => conditionFrom(pod, type, verdict, before, nowMs))]
}

function conditionFrom(
  pod: V1Pod,
  type: string,
  { status, reason, message }: Verdict,
  before: readonly V1PodCondition[],
  nowMs: number,
): V1PodCondition {
  const old = before.find((condition) => condition.type === type)
  const isUnchanged = old?.status === status && old.lastTransitionTime !== undefined
  return {
    type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    lastTransitionTime: isUnchanged ? (old.lastTransitionTime ?? '') : formatTime(nowMs),
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  }
}

function containersReadyOf(pod: V1Pod, phase: Phase, statuses: readonly V1ContainerStatus[]): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
  const { initContainers = [], containers } = specOf(pod)
  const unready = [...initContainers.filter(isSidecar), ...containers]
    .map(({ name }) => name)
    .filter((name) => statuses.find((status) => status.name === name)?.ready !== true)
  if (unready.length === 0) return TRUE
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  }
}

function readyOf(pod: V1Pod, conditions: readonly V1PodCondition[], containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return containersReady
  const problems = (specOf(pod).readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = conditions.find(({ type }) => type === conditionType)
    const gate = `pod readiness gate ${JSON.stringify(conditionType)}`
    if (condition === undefined) return [`corresponding condition of ${gate} does not exist.`]
    return condition.status === 'True' ? [] : [`the status of ${gate} is not "True", but ${condition.status}`]
  })
  if (problems.length === 0) return TRUE
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') }
}

function initializedOf(pod: V1Pod, life: PodLife, phase: Phase): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' }
  const { initContainers = [], containers } = specOf(pod)
  const hasBegun = containers.some(({ name }) => {
    const { state, restartCount } = containerLife(life, name)
    return (state !== 'waiting' && state !== 'starting') || restartCount > 0
  })
  const incomplete = initContainers.filter((container) => !isInitialized(container, life)).map(({ name }) => name)
  if (hasBegun || incomplete.length === 0) return TRUE
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.join(' ')}]`,
  }
}
