/**
 * How a pod ends: nothing new starts, containers are stopped within the grace period, sidecars after the others and
 * in reverse order, then the phase is final; a pod that is being deleted gets its last DELETE. After
 * pkg/kubelet/kubelet.go (SyncTerminatingPod, SyncTerminatedPod) and kuberuntime/kuberuntime_termination_order.go.
 */
import type { V1Container, V1Pod } from '../../apis/generated/types.ts'
import { finalPhase } from './phase.ts'
import type { Planned } from './planned.ts'
import { planKill } from './planned.ts'
import type { ContainerLife, PodLife } from './pod-life.ts'
import { containerLife, isActive, isSidecar, specOf } from './pod-life.ts'

/**
 * The final DELETE is repeated after this when the pod is still there: a finalizer holds it, or the answer was lost.
 */
const DELETE_AGAIN_MS = 30_000

export function planEnding(pod: V1Pod, life: PodLife, nowMs: number, planned: Planned): void {
  const { initContainers = [], containers } = specOf(pod)
  const main = [...initContainers.filter((container) => !isSidecar(container)), ...containers]
  const isAnyLeft = stopAll(main, pod, life, nowMs, planned) || stopSidecars(pod, life, nowMs, planned)
  if (isAnyLeft) return
  life.terminalPhase ??= life.failure === undefined ? finalPhase(pod, life) : 'Failed'
  if (life.sandbox !== 'released') {
    life.sandbox = 'released'
    planned.actions.push({ type: 'release' })
  }
  if (pod.metadata.deletionTimestamp === undefined) return
  if (life.deleteAgainAtMs === undefined || life.deleteAgainAtMs <= nowMs) {
    life.deleteAgainAtMs = nowMs + DELETE_AGAIN_MS
    planned.actions.push({ type: 'delete' })
  }
  planned.wakeAt(life.deleteAgainAtMs)
}

/** Sidecars go one by one, the last started first. */
function stopSidecars(pod: V1Pod, life: PodLife, nowMs: number, planned: Planned): boolean {
  const sidecars = (specOf(pod).initContainers ?? []).filter(isSidecar).toReversed()
  const last = sidecars.find(({ name }) => isActive(containerLife(life, name)))
  return last !== undefined && stopAll([last], pod, life, nowMs, planned)
}

/** Returns whether any of them still runs. */
function stopAll(
  containers: readonly V1Container[],
  pod: V1Pod,
  life: PodLife,
  nowMs: number,
  planned: Planned,
): boolean {
  let isAnyLeft = false
  for (const { name } of containers) {
    const one = containerLife(life, name)
    if (!isActive(one)) {
      // It will not be started again: what it shows is how it ended, not what it waited for.
      if (one.state === 'exited') delete one.waiting
      continue
    }
    isAnyLeft = true
    // A start under way ends as running or refused; it is stopped then.
    if (one.state === 'starting') continue
    stopOne(name, one, pod, life, nowMs, planned)
  }
  return isAnyLeft
}

function stopOne(name: string, one: ContainerLife, pod: V1Pod, life: PodLife, nowMs: number, planned: Planned): void {
  const { sinceMs, graceMs } = life.ending ?? { sinceMs: nowMs, graceMs: 0 }
  const deadlineMs = Math.max(sinceMs + graceMs, nowMs)
  delete one.mustRestart
  if (one.state === 'stopping') {
    const isDeleting = pod.metadata.deletionTimestamp !== undefined
    if (isDeleting && deadlineMs < (one.stopDeadlineMs ?? deadlineMs)) one.stopDeadlineMs = deadlineMs
  } else {
    one.state = 'stopping'
    one.stopDeadlineMs = deadlineMs
    planned.actions.push(
      { type: 'event', eventType: 'Normal', reason: 'Killing', message: `Stopping container ${name}`, container: name },
      { type: 'stop', container: name, graceMs: deadlineMs - nowMs },
    )
  }
  planKill(name, one, nowMs, planned)
}
