/**
 * What to do next for a pod whose life is known: prepare, start in order, probe, restart after the back-off, stop,
 * delete. After pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions) and kubelet.go (SyncPod,
 * SyncTerminatingPod).
 *
 * Marks in the life what it asks for, so that nothing is asked twice.
 */
import { near } from '../../lib/exact-json.ts'
import type { V1Container, V1Pod } from '../../apis/generated/types.ts'
import { planEnding } from './end.ts'
import { Planned, planKill } from './planned.ts'
import type { ContainerLife, PodLife } from './pod-life.ts'
import { allContainers, containerLife, formatPod, isActive, isSidecar, specOf } from './pod-life.ts'
import { dueProbes, isStarted } from './probes.ts'
import { planResize } from './resize.ts'
import { formatBackOff, nextRestart, shouldRestart } from './restart.ts'

/** Upstream's words for a pod past its activeDeadlineSeconds (pkg/kubelet/active_deadline.go). */
const DEADLINE = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
}

export function plan(pod: V1Pod, life: PodLife, nowMs: number): Planned {
  const planned = new Planned()
  decideEnding(pod, life, nowMs, planned)
  if (life.ending !== undefined) planEnding(pod, life, nowMs, planned)
  else if (life.sandbox === 'ready') planContainers(pod, life, nowMs, planned)
  else planSandbox(life, nowMs, planned)
  for (const container of allContainers(pod)) planProbes(container, life, nowMs, planned)
  return planned
}

/** Whether the pod must come to its end, and with which grace period. */
function decideEnding(pod: V1Pod, life: PodLife, nowMs: number, planned: Planned): void {
  const { activeDeadlineSeconds, terminationGracePeriodSeconds = 30 } = specOf(pod)
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (activeDeadlineSeconds !== undefined && life.terminalPhase === undefined && life.failure === undefined) {
    const deadlineMs = life.startedAtMs + near(activeDeadlineSeconds) * 1_000
    if (nowMs >= deadlineMs) {
      life.failure = DEADLINE
      planned.actions.push({ type: 'event', eventType: 'Normal', ...DEADLINE })
    } else planned.wakeAt(deadlineMs)
  }
  if (deletionTimestamp !== undefined) {
    const graceMs = near(deletionGracePeriodSeconds ?? terminationGracePeriodSeconds) * 1_000
    // A second DELETE may shorten the grace period, never lengthen it.
    if (life.ending === undefined || graceMs < life.ending.graceMs) {
      life.ending = { sinceMs: life.ending?.sinceMs ?? nowMs, graceMs }
    }
  }
  const phase = pod.status?.phase
  const isEndedElsewhere = phase === 'Failed' || phase === 'Succeeded'
  if (life.ending === undefined && (life.failure !== undefined || isEndedElsewhere || isFinished(pod, life))) {
    life.ending = { sinceMs: nowMs, graceMs: near(terminationGracePeriodSeconds) * 1_000 }
  }
}

/** Every container that decides about the pod has ended for good, or an init container has failed for good. */
function isFinished(pod: V1Pod, life: PodLife): boolean {
  const { initContainers = [], containers } = specOf(pod)
  const hasEnded = (container: V1Container, isInit: boolean): boolean => {
    const { state, exit, mustRestart } = containerLife(life, container.name)
    return (
      state === 'exited' && exit !== undefined && mustRestart !== true && !shouldRestart(pod, container, exit, isInit)
    )
  }
  const hasFailedInit = initContainers.some(
    (container) => hasEnded(container, true) && containerLife(life, container.name).exit?.exitCode !== 0,
  )
  return hasFailedInit || (containers.length > 0 && containers.every((container) => hasEnded(container, false)))
}

function planSandbox(life: PodLife, nowMs: number, planned: Planned): void {
  if (life.sandbox !== 'none') return
  const retryAtMs = life.sandboxRetryAtMs ?? nowMs
  if (retryAtMs > nowMs) {
    planned.wakeAt(retryAtMs)
    return
  }
  life.sandbox = 'preparing'
  planned.actions.push({ type: 'prepare' })
}

function planContainers(pod: V1Pod, life: PodLife, nowMs: number, planned: Planned): void {
  const { initContainers = [], containers } = specOf(pod)
  const hasBegun = containers.some(({ name }) => {
    const { state, restartCount } = containerLife(life, name)
    return state !== 'waiting' || restartCount > 0
  })
  for (const container of initContainers) {
    const one = containerLife(life, container.name)
    const isDone = one.state === 'exited' && one.exit?.exitCode === 0 && !isSidecar(container)
    if (isDone || (hasBegun && !isSidecar(container))) continue
    planContainer(pod, container, life, { isInit: true, nowMs }, planned)
    if (!hasBegun && !(isSidecar(container) && isStarted(container, one))) return
  }
  for (const container of containers) planContainer(pod, container, life, { isInit: false, nowMs }, planned)
}

interface PlanContext {
  readonly isInit: boolean
  readonly nowMs: number
}

function planContainer(
  pod: V1Pod,
  container: V1Container,
  life: PodLife,
  { isInit, nowMs }: PlanContext,
  planned: Planned,
): void {
  const one = containerLife(life, container.name)
  planResize(pod, container, one, nowMs, planned)
  if (one.state === 'stopping') planKill(container.name, one, nowMs, planned)
  if (one.state === 'waiting') planStart(container, one, nowMs, planned)
  if (one.state !== 'exited' || one.exit === undefined) return
  if (one.mustRestart !== true && !shouldRestart(pod, container, one.exit, isInit)) return
  const next = nextRestart(one, nowMs)
  if (next.kind === 'now') {
    one.lastExit = one.exit
    one.restartCount += 1
    one.state = 'waiting'
    for (const field of ['exit', 'waiting', 'startedAtMs', 'containerID', 'mustRestart'] as const) delete one[field]
    planStart(container, one, nowMs, planned)
    return
  }
  planned.wakeAt(next.atMs)
  if (one.waiting?.reason === 'CrashLoopBackOff') return
  const pair = `container=${container.name} pod=${formatPod(pod)}`
  one.waiting = {
    reason: 'CrashLoopBackOff',
    message: `back-off ${formatBackOff(next.delayMs)} restarting failed ${pair}`,
  }
  const message = `Back-off restarting failed container ${container.name} in pod ${formatPod(pod)}`
  planned.actions.push({ type: 'event', eventType: 'Warning', reason: 'BackOff', message, container: container.name })
}

function planStart(container: V1Container, one: ContainerLife, nowMs: number, planned: Planned): void {
  if (one.retryAtMs !== undefined && one.retryAtMs > nowMs) {
    planned.wakeAt(one.retryAtMs)
    planPullBackOff(container, one, planned)
    return
  }
  one.state = 'starting'
  planned.actions.push({ type: 'start', container: container.name, attempt: one.restartCount })
}

/**
 * A failed pull shows as ErrImagePull first and as ImagePullBackOff from the next look on (images/image_manager.go).
 */
function planPullBackOff(container: V1Container, one: ContainerLife, planned: Planned): void {
  if (one.waiting?.reason !== 'ErrImagePull') return
  const image = JSON.stringify(container.image ?? '')
  const about = { type: 'event', container: container.name } as const
  one.waiting = {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image ${image}: ErrImagePull: ${one.waiting.message ?? ''}`,
  }
  planned.actions.push(
    { ...about, eventType: 'Normal', reason: 'BackOff', message: `Back-off pulling image ${image}` },
    { ...about, eventType: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' },
  )
}

function planProbes(container: V1Container, life: PodLife, nowMs: number, planned: Planned): void {
  const one = containerLife(life, container.name)
  if (!isActive(one)) return
  const { due, nextAtMs } = dueProbes(container, one, nowMs)
  planned.wakeAt(nextAtMs)
  for (const probe of due) {
    planned.actions.push({ type: 'probe', container: container.name, attempt: one.restartCount, probe })
  }
}
