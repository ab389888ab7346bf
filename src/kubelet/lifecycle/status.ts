/**
 * The pod's status as its kubelet reports it, from the pod's life: pkg/kubelet/kubelet_pods.go (generateAPIPodStatus,
 * convertToAPIContainerStatuses). What others write into the status (resize, nominatedNodeName, …) is kept.
 */
import type {
  V1Container,
  V1ContainerState,
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1Pod,
  V1PodStatus,
} from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { podConditions } from './conditions.ts'
import { ephemeralStatuses } from './ephemeral.ts'
import { phaseOf } from './phase.ts'
import type { ContainerLife, Exit, PodLife } from './pod-life.ts'
import { containerLife, isSidecar, specOf } from './pod-life.ts'
import { isReady, isStarted } from './probes.ts'
import { qosClass } from './qos.ts'

export function podStatus(pod: V1Pod, life: PodLife, nowMs: number): V1PodStatus {
  const { initContainers = [], containers } = specOf(pod)
  const phase = phaseOf(pod, life)
  const hasInits = initContainers.length > 0
  const containerStatuses = containers.map((container) => statusOf(container, life, { isInit: false, hasInits }))
  const initContainerStatuses = initContainers.map((container) => statusOf(container, life, { isInit: true, hasInits }))
  const ephemeral = ephemeralStatuses(pod, nowMs)
  const conditions = podConditions(pod, life, phase, [...initContainerStatuses, ...containerStatuses], nowMs)
  const { generation } = pod.metadata
  const kept = { ...pod.status }
  for (const field of ['podIP', 'podIPs', 'hostIP', 'hostIPs', 'initContainerStatuses'] as const) delete kept[field]
  const [podIP] = life.podIPs
  const [hostIP] = life.hostIPs
  return {
    ...kept,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    ...life.failure,
    conditions,
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: life.hostIPs.map((ip) => ({ ip })) }),
    ...(podIP === undefined ? {} : { podIP, podIPs: life.podIPs.map((ip) => ({ ip })) }),
    startTime: formatTime(life.startedAtMs),
    ...(hasInits ? { initContainerStatuses } : {}),
    containerStatuses,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: pod.status?.qosClass ?? qosClass(pod),
  }
}

interface Place {
  readonly isInit: boolean
  readonly hasInits: boolean
}

function statusOf(container: V1Container, life: PodLife, { isInit, hasInits }: Place): V1ContainerStatus {
  const one = containerLife(life, container.name)
  const hasSucceeded = one.state === 'exited' && one.exit?.exitCode === 0
  const { requests } = container.resources ?? {}
  const containerID = one.containerID ?? one.exit?.containerID ?? one.lastExit?.containerID
  return {
    ...(requests === undefined ? {} : { allocatedResources: requests }),
    ...(containerID === undefined ? {} : { containerID }),
    image: container.image ?? '',
    imageID: one.imageID ?? '',
    lastState: lastStateOf(one),
    name: container.name,
    ready: isInit && !isSidecar(container) ? hasSucceeded : isReady(container, one),
    ...(container.resources === undefined || one.startedAtMs === undefined ? {} : { resources: container.resources }),
    restartCount: one.restartCount,
    started: isStarted(container, one),
    state: stateOf(one, hasInits),
  }
}

function stateOf(one: ContainerLife, hasInits: boolean): V1ContainerState {
  if (one.state === 'running' || one.state === 'stopping') {
    return { running: one.startedAtMs === undefined ? {} : { startedAt: formatTime(one.startedAtMs) } }
  }
  if (one.state === 'exited' && one.exit !== undefined && one.waiting === undefined) {
    return { terminated: terminatedOf(one.exit) }
  }
  return { waiting: one.waiting ?? { reason: hasInits ? 'PodInitializing' : 'ContainerCreating' } }
}

function lastStateOf(one: ContainerLife): V1ContainerState {
  const isBackingOff = one.state === 'exited' && one.waiting !== undefined
  const exit = isBackingOff ? one.exit : one.lastExit
  return exit === undefined ? {} : { terminated: terminatedOf(exit) }
}

function terminatedOf(exit: Exit): V1ContainerStateTerminated {
  return {
    ...(exit.containerID === undefined ? {} : { containerID: exit.containerID }),
    exitCode: exit.exitCode,
    finishedAt: formatTime(exit.finishedAtMs),
    ...(exit.message === undefined ? {} : { message: exit.message }),
    reason: exit.reason ?? (exit.exitCode === 0 ? 'Completed' : 'Error'),
    ...(exit.startedAtMs === undefined ? {} : { startedAt: formatTime(exit.startedAtMs) }),
  }
}
