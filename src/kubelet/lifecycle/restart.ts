/**
 * Whether a container that ended starts again, and after how long. Policy per container:
 * pkg/kubelet/container/helpers.go (ShouldContainerBeRestarted) and the restart rules of KEP-5307; back-off:
 * client-go util/flowcontrol/backoff.go as kuberuntime_manager.go (doBackOff) uses it: the first restart is
 * immediate, and a delay is forgotten after twice its maximum without a restart.
 */
import type { V1Container, V1Pod } from '../../apis/generated/types.ts'
import type { ContainerLife, Exit } from './pod-life.ts'
import { isSidecar, specOf } from './pod-life.ts'

/** Upstream's initial container back-off (containerBackOffPeriod). */
export const INITIAL_BACK_OFF_MS = 10_000
/** Upstream's MaxCrashLoopBackOff. */
export const MAX_BACK_OFF_MS = 300_000

export function shouldRestart(pod: V1Pod, container: V1Container, exit: Exit, isInit: boolean): boolean {
  if (isInit && isSidecar(container)) return true
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    const isListed = exitCodes?.values?.includes(exit.exitCode) ?? false
    const isMatch = exitCodes?.operator === 'NotIn' ? !isListed : isListed
    if (isMatch && action === 'Restart') return true
  }
  if (isInit && exit.exitCode === 0) return false
  const policy = container.restartPolicy ?? specOf(pod).restartPolicy ?? 'Always'
  if (policy === 'Never') return false
  return policy === 'OnFailure' || isInit ? exit.exitCode !== 0 : true
}

export type RestartTime =
  { readonly kind: 'now' } | { readonly kind: 'later'; readonly atMs: number; readonly delayMs: number }

/** When a container that ended may start again; 'now' also lengthens the delay for the next time. */
export function nextRestart(container: ContainerLife, nowMs: number): RestartTime {
  const finishedAtMs = container.exit?.finishedAtMs ?? nowMs
  const known = container.backOff
  if (known === undefined || finishedAtMs - known.updatedAtMs > 2 * MAX_BACK_OFF_MS) {
    container.backOff = { delayMs: INITIAL_BACK_OFF_MS, updatedAtMs: nowMs }
    return { kind: 'now' }
  }
  const atMs = finishedAtMs + known.delayMs
  if (nowMs < atMs) return { kind: 'later', atMs, delayMs: known.delayMs }
  container.backOff = { delayMs: Math.min(known.delayMs * 2, MAX_BACK_OFF_MS), updatedAtMs: nowMs }
  return { kind: 'now' }
}

/** A duration of whole seconds as Go prints it: `10s`, `1m20s`, `5m0s`. */
export function formatBackOff(delayMs: number): string {
  const seconds = Math.round(delayMs / 1_000)
  const minutes = Math.floor(seconds / 60)
  return minutes === 0 ? `${String(seconds)}s` : `${String(minutes)}m${String(seconds % 60)}s`
}
