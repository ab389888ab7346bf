/**
 * A pod's life from its status, for a kubelet that keeps nothing of its own (the simulated one): what the API knows is
 * what it goes on from, as upstream's kubelet does after a restart with its runtime's list of containers.
 */
import type { V1ContainerState, V1ContainerStatus, V1Pod } from '../../apis/generated/types.ts'
import type { ContainerLife, Exit, PodLife } from './pod-life.ts'
import { allContainers, containerLife, newPodLife } from './pod-life.ts'
import { resetProbes } from './probes.ts'
import { INITIAL_BACK_OFF_MS, MAX_BACK_OFF_MS } from './restart.ts'

export function lifeFromStatus(pod: V1Pod, nowMs: number): PodLife {
  const { status } = pod
  const life = newPodLife(pod, nowMs)
  if (status?.startTime === undefined) return life
  const { phase, podIPs = [], hostIPs = [], containerStatuses = [], initContainerStatuses = [] } = status
  const rebuilt: PodLife = {
    ...life,
    startedAtMs: Date.parse(status.startTime),
    podIPs: podIPs.map(({ ip }) => ip),
    hostIPs: hostIPs.map(({ ip }) => ip),
    sandbox: podIPs.length === 0 ? 'none' : 'ready',
  }
  if (phase === 'Succeeded' || phase === 'Failed') {
    rebuilt.terminalPhase = phase
    rebuilt.sandbox = 'released'
    if (status.reason !== undefined) rebuilt.failure = { reason: status.reason, message: status.message ?? '' }
  }
  for (const container of allContainers(pod)) {
    const seen = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container.name)
    if (seen === undefined) continue
    const one = containerLife(rebuilt, container.name)
    rebuildContainer(one, seen)
    if (one.state === 'running') {
      resetProbes(container, one, one.startedAtMs ?? nowMs)
      restoreResults(one, seen)
    }
  }
  return rebuilt
}

function rebuildContainer(
  one: ContainerLife,
  { state, lastState, restartCount, containerID, imageID }: V1ContainerStatus,
): void {
  one.restartCount = restartCount
  if (containerID !== undefined && state?.waiting === undefined) one.containerID = containerID
  if (imageID !== '') one.imageID = imageID
  const last = exitOf(lastState)
  const isBackingOff = state?.waiting?.reason === 'CrashLoopBackOff' && last !== undefined
  if (state?.running !== undefined) {
    one.state = 'running'
    one.startedAtMs = Date.parse(state.running.startedAt ?? '')
  } else if (isBackingOff || state?.terminated !== undefined) {
    one.state = 'exited'
    const exit = isBackingOff ? last : exitOf(state)
    if (exit !== undefined) one.exit = exit
  }
  if (last !== undefined && !isBackingOff) one.lastExit = last
  if (restartCount > 0) {
    const startedAtMs = one.startedAtMs ?? one.exit?.startedAtMs ?? one.lastExit?.finishedAtMs ?? 0
    const delayMs = Math.min(INITIAL_BACK_OFF_MS * 2 ** (restartCount - 1), MAX_BACK_OFF_MS)
    one.backOff = { delayMs, updatedAtMs: startedAtMs }
  }
}

/** What the status says the probes had answered. */
function restoreResults(one: ContainerLife, { ready, started }: V1ContainerStatus): void {
  if (one.probes.startup !== undefined && started === true) one.probes.startup.result = 'success'
  if (one.probes.readiness !== undefined && ready) one.probes.readiness.result = 'success'
}

function exitOf(state: V1ContainerState | undefined): Exit | undefined {
  const { terminated } = state ?? {}
  if (terminated === undefined) return undefined
  const { exitCode, reason, message, containerID, startedAt, finishedAt = '' } = terminated
  return {
    exitCode,
    finishedAtMs: Date.parse(finishedAt),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(containerID === undefined ? {} : { containerID }),
    ...(startedAt === undefined ? {} : { startedAtMs: Date.parse(startedAt) }),
  }
}
