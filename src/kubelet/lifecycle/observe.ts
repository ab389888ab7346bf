/**
 * Takes what was seen into a pod's life and says which Events that is worth. Observations of an attempt that is over
 * (a late exit, a probe's late answer) change nothing. Event texts: pkg/kubelet/kuberuntime and pkg/kubelet/prober.
 */
import { near } from '../../lib/exact-json.ts'
import type { V1Container, V1Pod } from '../../apis/generated/types.ts'
import type { Action, ContainerLife, Observation, PodLife, ProbeKind } from './pod-life.ts'
import { allContainers, containerLife, isActive, specOf } from './pod-life.ts'
import { countAnswer, probeOf, resetProbes } from './probes.ts'

/** A refused start or mount is tried again after this, doubling up to the maximum (goroutinemap/exponentialbackoff). */
const INITIAL_RETRY_MS = 500
const MAX_RETRY_MS = 122_000

/** Pulls that fail wait as containers that crash do (imageBackOff of the kubelet). */
const INITIAL_PULL_RETRY_MS = 10_000
const MAX_PULL_RETRY_MS = 300_000

/** Upstream's container-level errors are looked at again with each sync of the pod. */
const CONFIG_RETRY_MS = 10_000

const TITLES: Readonly<Record<ProbeKind, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' }

export function observe(pod: V1Pod, life: PodLife, observation: Observation, nowMs: number): Action[] {
  switch (observation.type) {
    case 'prepared':
      if (life.sandbox !== 'preparing') return []
      life.sandbox = 'ready'
      life.podIPs = [...observation.podIPs]
      life.hostIPs = [...observation.hostIPs]
      return []
    case 'prepareFailed':
      return prepareFailed(life, observation, nowMs)
    case 'started':
      return started(pod, life, observation)
    case 'startFailed':
      return startFailed(pod, life, observation, nowMs)
    case 'exited':
      return exited(life, observation)
    case 'probed':
      return probed(pod, life, observation, nowMs)
  }
}

type Of<T extends Observation['type']> = Extract<Observation, { readonly type: T }>

function prepareFailed(life: PodLife, { reason, message }: Of<'prepareFailed'>, nowMs: number): Action[] {
  if (life.sandbox !== 'preparing') return []
  const delayMs = life.sandboxRetryDelayMs ?? INITIAL_RETRY_MS
  life.sandbox = 'none'
  life.sandboxRetryAtMs = nowMs + delayMs
  life.sandboxRetryDelayMs = Math.min(delayMs * 2, MAX_RETRY_MS)
  return [{ type: 'event', eventType: 'Warning', reason, message }]
}

function started(pod: V1Pod, life: PodLife, seen: Of<'started'>): Action[] {
  const container = containerLife(life, seen.container)
  const spec = specOfContainer(pod, seen.container)
  if (spec === undefined || container.state !== 'starting' || container.restartCount !== seen.attempt) return []
  container.state = 'running'
  container.containerID = seen.containerID
  container.imageID = seen.imageID
  container.startedAtMs = seen.atMs
  delete container.waiting
  delete container.retryAtMs
  delete container.retryDelayMs
  resetProbes(spec, container, seen.atMs)
  const about = { type: 'event', eventType: 'Normal', container: seen.container } as const
  const image = JSON.stringify(spec.image ?? '')
  return [
    {
      ...about,
      reason: 'Pulled',
      message: `Container image ${image} already present on machine and can be accessed by the pod`,
    },
    { ...about, reason: 'Created', message: 'Container created' },
    { ...about, reason: 'Started', message: 'Container started' },
  ]
}

function startFailed(pod: V1Pod, life: PodLife, seen: Of<'startFailed'>, nowMs: number): Action[] {
  const container = containerLife(life, seen.container)
  if (container.state !== 'starting' || container.restartCount !== seen.attempt) return []
  container.state = 'waiting'
  const about = { type: 'event', eventType: 'Warning', container: seen.container } as const
  if (seen.reason !== 'ErrImagePull') {
    container.waiting = { reason: seen.reason, message: seen.message }
    container.retryAtMs = nowMs + CONFIG_RETRY_MS
    return [{ ...about, reason: 'Failed', message: `Error: ${seen.message}` }]
  }
  const delayMs = container.retryDelayMs ?? INITIAL_PULL_RETRY_MS
  const image = JSON.stringify(specOfContainer(pod, seen.container)?.image ?? '')
  container.retryAtMs = nowMs + delayMs
  container.retryDelayMs = Math.min(delayMs * 2, MAX_PULL_RETRY_MS)
  container.waiting = { reason: 'ErrImagePull', message: seen.message }
  return [
    { ...about, eventType: 'Normal', reason: 'Pulling', message: `Pulling image ${image}` },
    { ...about, reason: 'Failed', message: `Failed to pull image ${image}: ${seen.message}` },
    { ...about, reason: 'Failed', message: 'Error: ErrImagePull' },
  ]
}

function exited(life: PodLife, { container: name, attempt, exit }: Of<'exited'>): Action[] {
  const container = containerLife(life, name)
  if (!isActive(container) || container.restartCount !== attempt) return []
  container.exit = {
    ...(container.startedAtMs === undefined ? {} : { startedAtMs: container.startedAtMs }),
    ...(container.containerID === undefined ? {} : { containerID: container.containerID }),
    ...exit,
  }
  container.state = 'exited'
  container.probes = {}
  delete container.stopDeadlineMs
  delete container.isKilled
  return []
}

function probed(pod: V1Pod, life: PodLife, seen: Of<'probed'>, nowMs: number): Action[] {
  const container = containerLife(life, seen.container)
  const spec = specOfContainer(pod, seen.container)
  const probe = container.probes[seen.probe]
  const probeSpec = spec === undefined ? undefined : probeOf(spec, seen.probe)
  if (probe === undefined || probeSpec === undefined || container.restartCount !== seen.attempt) return []
  const { hasFailed } = countAnswer(probeSpec, probe, seen.isSuccess, nowMs)
  // Liveness and readiness begin to count when the container has started, as their workers upstream do.
  if (seen.probe === 'startup' && probe.result === 'success') beginAfterStartup(container, nowMs)
  if (seen.isSuccess) return []
  const actions: Action[] = [
    {
      type: 'event',
      eventType: 'Warning',
      reason: 'Unhealthy',
      message: `${TITLES[seen.probe]} probe failed: ${seen.message}`,
      container: seen.container,
    },
  ]
  if (hasFailed && seen.probe !== 'readiness' && container.state === 'running') {
    actions.push(...stopForProbe(pod, container, seen, probeSpec.terminationGracePeriodSeconds, nowMs))
  }
  return actions
}

function beginAfterStartup(container: ContainerLife, nowMs: number): void {
  for (const kind of ['readiness', 'liveness'] as const) {
    const probe = container.probes[kind]
    if (probe !== undefined) probe.nextAtMs = Math.max(probe.nextAtMs, nowMs)
  }
}

function stopForProbe(
  pod: V1Pod,
  container: ContainerLife,
  { container: name, probe }: Of<'probed'>,
  graceSeconds: number | undefined,
  nowMs: number,
): Action[] {
  const graceMs = near(graceSeconds ?? specOf(pod).terminationGracePeriodSeconds ?? 30) * 1_000
  const policy = specOfContainer(pod, name)?.restartPolicy ?? specOf(pod).restartPolicy ?? 'Always'
  const isRestarted = policy !== 'Never'
  container.state = 'stopping'
  container.stopDeadlineMs = nowMs + graceMs
  container.mustRestart = isRestarted
  const message = `Container ${name} failed ${probe} probe${isRestarted ? ', will be restarted' : ''}`
  return [
    { type: 'event', eventType: 'Normal', reason: 'Killing', message, container: name },
    { type: 'stop', container: name, graceMs },
  ]
}

export function specOfContainer(pod: V1Pod, name: string): V1Container | undefined {
  return allContainers(pod).find((container) => container.name === name)
}
