/**
 * When probes run and what their answers amount to, after pkg/kubelet/prober/worker.go: readiness counts as failed
 * until it has succeeded, liveness as good until it has failed, and neither runs before the startup probe has
 * succeeded.
 */
import type { V1Container, V1Probe } from '../../apis/generated/types.ts'
import type { ContainerLife, ProbeKind, ProbeLife } from './pod-life.ts'
import { PROBE_KINDS } from './pod-life.ts'

export function probeOf(container: V1Container, kind: ProbeKind): V1Probe | undefined {
  if (kind === 'startup') return container.startupProbe
  return kind === 'readiness' ? container.readinessProbe : container.livenessProbe
}

const INITIAL_RESULT = { startup: 'unknown', readiness: 'failure', liveness: 'success' } as const

/** Begins anew for a container that has just started. */
export function resetProbes(container: V1Container, life: ContainerLife, startedAtMs: number): void {
  life.probes = {}
  for (const kind of PROBE_KINDS) {
    const probe = probeOf(container, kind)
    if (probe === undefined) continue
    const nextAtMs = startedAtMs + (probe.initialDelaySeconds ?? 0) * 1_000
    life.probes[kind] = { nextAtMs, isRunning: false, result: INITIAL_RESULT[kind], answersInARow: 0 }
  }
}

/** `status.started`: running, and past its startup probe. */
export function isStarted(container: V1Container, life: ContainerLife): boolean {
  if (life.state !== 'running' && life.state !== 'stopping') return false
  return container.startupProbe === undefined || life.probes.startup?.result === 'success'
}

/** `status.ready` of a container that is no plain init container. */
export function isReady(container: V1Container, life: ContainerLife): boolean {
  if (!isStarted(container, life)) return false
  return container.readinessProbe === undefined || life.probes.readiness?.result === 'success'
}

/** The probes due now, marked as under way, and when the next one is due. */
export function dueProbes(
  container: V1Container,
  life: ContainerLife,
  nowMs: number,
): { readonly due: readonly ProbeKind[]; readonly nextAtMs: number } {
  const due: ProbeKind[] = []
  let nextAtMs = Infinity
  for (const kind of PROBE_KINDS) {
    const probe = life.probes[kind]
    if (probe === undefined || probe.isRunning || !isRunnable(container, life, kind)) continue
    if (probe.nextAtMs <= nowMs) {
      probe.isRunning = true
      due.push(kind)
    } else nextAtMs = Math.min(nextAtMs, probe.nextAtMs)
  }
  return { due, nextAtMs }
}

function isRunnable(container: V1Container, life: ContainerLife, kind: ProbeKind): boolean {
  // A container that is being stopped is only asked whether it still takes requests.
  if (life.state !== 'running') return life.state === 'stopping' && kind === 'readiness'
  if (kind === 'startup') return life.probes.startup?.result !== 'success'
  return isStarted(container, life)
}

/** Counts one answer; says whether the probe's result has become a failure with it. */
export function countAnswer(
  spec: V1Probe,
  probe: ProbeLife,
  isSuccess: boolean,
  nowMs: number,
): { readonly hasFailed: boolean } {
  const answer = isSuccess ? 'success' : 'failure'
  probe.isRunning = false
  probe.nextAtMs = nowMs + (spec.periodSeconds ?? 10) * 1_000
  probe.answersInARow = probe.lastAnswer === answer ? probe.answersInARow + 1 : 1
  probe.lastAnswer = answer
  const threshold = isSuccess ? (spec.successThreshold ?? 1) : (spec.failureThreshold ?? 3)
  if (probe.answersInARow < threshold) return { hasFailed: false }
  const hadFailed = probe.result === 'failure'
  probe.result = answer
  return { hasFailed: !isSuccess && !hadFailed }
}
