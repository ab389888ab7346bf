/**
 * One step of a pod's life: take in what was seen, decide what is next. Pure: the life given is left as it was.
 *
 * Whoever calls it stores the new life before it carries out the actions, so that nothing is done that is not
 * remembered.
 */
import { cloneJson } from '../../apimachinery/patch/json-value.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import { observe } from './observe.ts'
import { plan } from './plan.ts'
import type { Action, Observation, PodLife } from './pod-life.ts'

export interface Step {
  readonly life: PodLife
  /** In the order in which they are to be done. */
  readonly actions: readonly Action[]
  /** When to look again though nothing is observed; Infinity: never. */
  readonly wakeAtMs: number
}

export function advance(pod: V1Pod, before: PodLife, observations: readonly Observation[], nowMs: number): Step {
  const life = cloneJson(before)
  const events = observations.flatMap((observation) => observe(pod, life, observation, nowMs))
  const { actions, wakeAtMs } = plan(pod, life, nowMs)
  return { life, actions: [...events, ...actions], wakeAtMs }
}
