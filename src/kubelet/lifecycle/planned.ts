/** What a look at a pod has decided so far, and the end of a container's grace period, which every plan shares. */
import type { Action, ContainerLife } from './pod-life.ts'

/** Collects actions and the earliest time at which the pod must be looked at again. */
export class Planned {
  readonly actions: Action[] = []
  wakeAtMs = Infinity

  wakeAt(timeMs: number): void {
    this.wakeAtMs = Math.min(this.wakeAtMs, timeMs)
  }
}

/** The grace period of a container that is being stopped. */
export function planKill(name: string, one: ContainerLife, nowMs: number, planned: Planned): void {
  if (one.isKilled === true) return
  const deadlineMs = one.stopDeadlineMs ?? nowMs
  if (nowMs < deadlineMs) {
    planned.wakeAt(deadlineMs)
    return
  }
  one.isKilled = true
  planned.actions.push({ type: 'kill', container: name })
}
