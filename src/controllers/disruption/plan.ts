/**
 * What the status of a PodDisruptionBudget ought to be, from its pods and the scales of what controls them
 * (kubernetes pkg/controller/disruption/disruption.go). Pure.
 */
import { byKey } from '../../lib/order.ts'
import { ownValue } from '../../lib/own-value.ts'
import type {
  V1LabelSelector,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodDisruptionBudgetStatus,
} from '../../apis/generated/types.ts'
import {
  SYNC_FAILED_REASON,
  isConditionUpToDate,
  withDisruptionAllowed,
} from '../../apis/policy/disruption-allowed.ts'
import { controllerOf } from '../../apimachinery/meta.ts'
import type { OwnerReference } from '../../apimachinery/meta.ts'
import { isPodReady } from '../pods/readiness.ts'

/** A pod whose eviction was allowed counts as gone for this long; by then it is, or it never will be. */
export const DELETION_TIMEOUT_MS = 120_000

/** Who wants how many pods, found by a pod's controller reference. */
export interface Scale {
  readonly uid: string
  readonly replicas: number
}

/** Undefined: there is no such controller (any more). @throws Error where there can be none. */
export type FindScale = (reference: OwnerReference) => Scale | undefined

export interface BudgetPlan {
  readonly status: V1PodDisruptionBudgetStatus
  /** Pods that nobody controls although the budget is a share of what their controllers want. */
  readonly unmanaged: readonly string[]
  /** Pods whose eviction was allowed and never came to anything. */
  readonly notDeleted: readonly V1Pod[]
  /** When the next allowed eviction counts as given up; undefined: none is under way. */
  readonly recheckMs: number | undefined
}

/** @throws Error when it cannot be told how many pods there ought to be. */
export function planBudget(
  budget: V1PodDisruptionBudget,
  pods: readonly V1Pod[],
  findScale: FindScale,
  nowMs: number,
): BudgetPlan {
  const { expectedPods, desiredHealthy, unmanaged } = expectations(budget, pods, findScale)
  const { disruptedPods, notDeleted, recheckMs } = stillDisrupted(budget, pods, nowMs)
  const currentHealthy = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      ownValue(disruptedPods, pod.metadata.name ?? '') === undefined &&
      isPodReady(pod),
  ).length
  const spare = currentHealthy - desiredHealthy
  const counted: V1PodDisruptionBudgetStatus = {
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    // A budget without pods allows nothing: the first that appear may be all there are.
    disruptionsAllowed: expectedPods <= 0 ? 0 : Math.max(0, spare),
    currentHealthy,
    desiredHealthy,
    expectedPods,
    ...(budget.metadata.generation === undefined ? {} : { observedGeneration: budget.metadata.generation }),
    ...(budget.status?.conditions === undefined ? {} : { conditions: budget.status.conditions }),
  }
  const isCurrent = isConditionUpToDate({ ...budget, status: counted })
  const status = isCurrent ? counted : { ...counted, conditions: withDisruptionAllowed(counted, nowMs) }
  return { status, unmanaged, notDeleted, recheckMs }
}

/** Nothing may be disrupted while it is not known how many pods there ought to be. */
export function failedStatus(budget: V1PodDisruptionBudget, why: string, nowMs: number): V1PodDisruptionBudgetStatus {
  const { status = {} } = budget
  const verdict = { status: 'False', reason: SYNC_FAILED_REASON, message: why }
  return { ...status, disruptionsAllowed: 0, conditions: withDisruptionAllowed(status, nowMs, verdict) }
}

interface Expectations {
  readonly expectedPods: number
  readonly desiredHealthy: number
  readonly unmanaged: readonly string[]
}

function expectations(
  { spec: { maxUnavailable, minAvailable } = {} }: V1PodDisruptionBudget,
  pods: readonly V1Pod[],
  findScale: FindScale,
): Expectations {
  if (maxUnavailable !== undefined) {
    const { expectedPods, unmanaged } = expectedScale(pods, findScale)
    const desiredHealthy = Math.max(0, expectedPods - scaledUp(maxUnavailable, expectedPods))
    return { expectedPods, desiredHealthy, unmanaged }
  }
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0, unmanaged: [] }
  if (typeof minAvailable === 'number') {
    return { expectedPods: pods.length, desiredHealthy: minAvailable, unmanaged: [] }
  }
  const { expectedPods, unmanaged } = expectedScale(pods, findScale)
  return { expectedPods, desiredHealthy: scaledUp(minAvailable, expectedPods), unmanaged }
}

/** A share rounds up, so that neither bound is ever crossed. @throws Error */
function scaledUp(value: number | string, total: number): number {
  if (typeof value === 'number') return value
  const percent = /^([+-]?\d+)%$/.exec(value)?.[1]
  if (percent !== undefined) return Math.ceil((Number(percent) * total) / 100)
  const why = value.endsWith('%')
    ? `invalid value ${JSON.stringify(value)}: strconv.Atoi: parsing ${JSON.stringify(value.slice(0, -1))}: invalid syntax`
    : 'invalid type: string is not a percentage'
  throw new Error(`invalid value for IntOrString: ${why}`)
}

/** What the controllers of the pods want together. */
function expectedScale(
  pods: readonly V1Pod[],
  findScale: FindScale,
): Pick<Expectations, 'expectedPods' | 'unmanaged'> {
  const replicas = new Map<string, number>()
  const asked = new Set<string>()
  const unmanaged: string[] = []
  for (const pod of pods) {
    const reference = controllerOf(pod)
    if (reference === undefined) {
      unmanaged.push(pod.metadata.name ?? '')
      continue
    }
    if (asked.has(reference.uid)) continue
    asked.add(reference.uid)
    const scale = findScale(reference)
    if (scale === undefined) throw new Error(`found no controllers for pod ${JSON.stringify(pod.metadata.name ?? '')}`)
    replicas.set(scale.uid, scale.replicas)
  }
  return { expectedPods: [...replicas.values()].reduce((sum, count) => sum + count, 0), unmanaged }
}

function stillDisrupted({ status }: V1PodDisruptionBudget, pods: readonly V1Pod[], nowMs: number) {
  const before = status?.disruptedPods ?? {}
  const disruptedPods: Record<string, string> = {}
  const notDeleted: V1Pod[] = []
  let recheckMs: number | undefined
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata
    const since = ownValue(before, name)
    if (since === undefined || deletionTimestamp !== undefined) continue
    const untilMs = Date.parse(since) + DELETION_TIMEOUT_MS
    if (untilMs <= nowMs) {
      notDeleted.push(pod)
      continue
    }
    disruptedPods[name] = since
    recheckMs = Math.min(recheckMs ?? Infinity, untilMs)
  }
  return { disruptedPods, notDeleted, recheckMs }
}

/** A selector as Go prints the type: part of an Event's text. */
export function formatGoSelector(selector: V1LabelSelector | undefined): string {
  if (selector === undefined) return 'nil'
  const labels = Object.entries(selector.matchLabels ?? {})
    .toSorted(byKey)
    .map(([key, value]) => `${key}: ${value},`)
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  return (
    `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},` +
    `MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
  )
}
