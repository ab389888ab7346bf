/**
 * One scheduling cycle: from a pod and the snapshot to a node, or to the reasons why none fits. Pure but for `random`,
 * which breaks ties among the best (upstream: pkg/scheduler/schedule_one.go).
 */
import type { V1Pod } from '../apis/generated/types.ts'
import type { Random } from '../lib/random.ts'
import type { ClusterEvent, CycleState, Rejection, WeightedPlugin } from './framework.ts'
import { unresolvable } from './framework.ts'
import type { NodeInfo, Snapshot } from './snapshot.ts'

export type CycleResult =
  | { readonly isScheduled: true; readonly node: NodeInfo; readonly state: CycleState }
  | {
      readonly isScheduled: false
      /** Upstream's text of the PodScheduled condition and the FailedScheduling event. */
      readonly message: string
      /** Changes that could make the pod fit. */
      readonly events: ReadonlySet<ClusterEvent>
    }

export function scheduleOne(
  profile: readonly WeightedPlugin[],
  pod: V1Pod,
  snapshot: Snapshot,
  random: Random,
): CycleResult {
  const nodes = snapshot.nodes
  const state: CycleState = new Map()
  if (nodes.length === 0) {
    return { isScheduled: false, message: 'no nodes available to schedule pods', events: new Set(['nodeAdded']) }
  }
  const rejected = preFilter(profile, state, pod, snapshot, nodes)
  if (rejected !== undefined) return rejected
  const { feasible, rejections, events } = filterNodes(profile, state, pod, nodes)
  if (feasible.length === 0) {
    return { isScheduled: false, message: histogramMessage(pod, nodes.length, rejections), events }
  }
  const node = best(profile, state, pod, feasible, snapshot, random)
  for (const { plugin } of profile) plugin.reserve?.(state, pod, node)
  return { isScheduled: true, node, state }
}

function preFilter(
  profile: readonly WeightedPlugin[],
  state: CycleState,
  pod: V1Pod,
  snapshot: Snapshot,
  nodes: readonly NodeInfo[],
): CycleResult | undefined {
  for (const { plugin } of profile) {
    const rejection = plugin.preFilter?.(state, pod, snapshot)
    if (rejection === undefined) continue
    const preemption = preemptionMessage(pod, nodes.length, rejection.isUnresolvable ? nodes.length : 0)
    const message = `${available(nodes.length)}: ${rejection.reason}. ${preemption}`
    return { isScheduled: false, message, events: new Set(plugin.events) }
  }
  return undefined
}

interface Filtered {
  readonly feasible: readonly NodeInfo[]
  /** For each other node what its first refusing plugin said. */
  readonly rejections: readonly (readonly Rejection[])[]
  readonly events: ReadonlySet<ClusterEvent>
}

function filterNodes(
  profile: readonly WeightedPlugin[],
  state: CycleState,
  pod: V1Pod,
  nodes: readonly NodeInfo[],
): Filtered {
  const rejections: (readonly Rejection[])[] = []
  const events = new Set<ClusterEvent>()
  const named = profile.flatMap(({ plugin }) => {
    const names = plugin.nodeNames?.(pod)
    return names === undefined ? [] : [{ plugin, names }]
  })
  const naming = named.map(({ plugin }) => plugin.name).sort()
  const feasible = nodes.filter((node) => {
    if (!named.every(({ names }) => names.has(node.name))) {
      rejections.push([unresolvable(`node(s) didn't satisfy plugin(s) [${naming.join(' ')}]`)])
      for (const { plugin } of named) for (const event of plugin.events) events.add(event)
      return false
    }
    for (const { plugin } of profile) {
      const reasons = plugin.filter?.(state, pod, node) ?? []
      if (reasons.length === 0) continue
      rejections.push(reasons)
      for (const event of plugin.events) events.add(event)
      return false
    }
    return true
  })
  return { feasible, rejections, events }
}

const available = (nodeCount: number): string => `0/${String(nodeCount)} nodes are available`

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. …`: FitError.Error. */
function histogramMessage(pod: V1Pod, nodeCount: number, rejections: readonly (readonly Rejection[])[]): string {
  const counts = new Map<string, number>()
  let unresolvableCount = 0
  for (const reasons of rejections) {
    if (reasons.some(({ isUnresolvable }) => isUnresolvable)) unresolvableCount += 1
    for (const { reason } of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  // Sorted as text, count first, as upstream does: `10 …` comes before `2 …`.
  const histogram = [...counts].map(([reason, count]) => `${String(count)} ${reason}`).sort()
  return `${available(nodeCount)}: ${histogram.join(', ')}. ${preemptionMessage(pod, nodeCount, unresolvableCount)}`
}

/** What upstream's post-filters add (plugins/{dynamicresources,defaultpreemption}): nothing here is ever preempted. */
function preemptionMessage(pod: V1Pod, nodeCount: number, unresolvableCount: number): string {
  if (pod.spec?.preemptionPolicy === 'Never') {
    return 'no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.'
  }
  const victimless = nodeCount - unresolvableCount
  const reasons = [
    ...(victimless > 0 ? [`${String(victimless)} No preemption victims found for incoming pod`] : []),
    ...(unresolvableCount > 0 ? [`${String(unresolvableCount)} Preemption is not helpful for scheduling`] : []),
  ]
  return `no new claims to deallocate, preemption: ${available(nodeCount)}: ${reasons.sort().join(', ')}.`
}

function best(
  profile: readonly WeightedPlugin[],
  state: CycleState,
  pod: V1Pod,
  nodes: readonly NodeInfo[],
  snapshot: Snapshot,
  random: Random,
): NodeInfo {
  const totals = totalScores(profile, state, pod, nodes, snapshot)
  const highest = Math.max(...totals)
  const winners = nodes.filter((_, index) => totals[index] === highest)
  const winner = winners[Math.floor(random.next() * winners.length)]
  if (winner === undefined) throw new Error('the best of no nodes was asked for')
  return winner
}

/** The weighted sum for each node: what {@link scheduleOne} compares. */
export function totalScores(
  profile: readonly WeightedPlugin[],
  state: CycleState,
  pod: V1Pod,
  nodes: readonly NodeInfo[],
  snapshot: Snapshot,
): number[] {
  const totals = nodes.map(() => 0)
  for (const { plugin } of profile) plugin.preScore?.(state, pod, nodes, snapshot)
  for (const { plugin, weight } of profile) {
    if (plugin.score === undefined || weight === 0) continue
    const scores = nodes.map((node) => plugin.score?.(state, pod, node) ?? 0)
    plugin.normalize?.(scores)
    for (const [index, score] of scores.entries()) totals[index] = (totals[index] ?? 0) + score * weight
  }
  return totals
}
