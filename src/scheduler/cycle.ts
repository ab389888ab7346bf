/**
 * One scheduling cycle: from a pod and the snapshot to a node, or to the reasons why none fits. Pure but for `random`,
 * which breaks ties among the best (upstream: pkg/scheduler/schedule_one.go).
 */
import type { V1Pod } from '../apis/generated/types.ts'
import type { Random } from '../lib/random.ts'
import type { ClusterEvent, CycleState, Rejection, WeightedPlugin } from './framework.ts'
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
  const rejected = preFilter(profile, state, pod, snapshot, nodes.length)
  if (rejected !== undefined) return rejected
  const rejections = new Map<string, readonly Rejection[]>()
  const events = new Set<ClusterEvent>()
  const feasible = nodes.filter((node) => {
    for (const { plugin } of profile) {
      const reasons = plugin.filter?.(state, pod, node) ?? []
      if (reasons.length === 0) continue
      rejections.set(node.name, reasons)
      for (const event of plugin.events) events.add(event)
      return false
    }
    return true
  })
  if (feasible.length === 0) return { isScheduled: false, message: fitMessage(nodes.length, rejections), events }
  const node = best(profile, state, pod, feasible, snapshot, random)
  for (const { plugin } of profile) plugin.reserve?.(state, pod, node)
  return { isScheduled: true, node, state }
}

function preFilter(
  profile: readonly WeightedPlugin[],
  state: CycleState,
  pod: V1Pod,
  snapshot: Snapshot,
  nodeCount: number,
): CycleResult | undefined {
  for (const { plugin } of profile) {
    const rejection = plugin.preFilter?.(state, pod, snapshot)
    if (rejection !== undefined) {
      const message = `0/${String(nodeCount)} nodes are available: ${rejection.reason}.`
      return { isScheduled: false, message, events: new Set(plugin.events) }
    }
  }
  return undefined
}

/**
 * `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. no new claims to deallocate,
 * preemption: …`: FitError.Error with what the post-filters add.
 */
function fitMessage(nodeCount: number, rejections: ReadonlyMap<string, readonly Rejection[]>): string {
  const counts = new Map<string, number>()
  let unresolvable = 0
  for (const reasons of rejections.values()) {
    if (reasons.some(({ isUnresolvable }) => isUnresolvable)) unresolvable += 1
    for (const { reason } of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  const histogram = [...counts].map(([reason, count]) => `${String(count)} ${reason}`).sort()
  const all = String(nodeCount)
  const victims = nodeCount - unresolvable
  const preemption = [
    ...(victims > 0 ? [`${String(victims)} No preemption victims found for incoming pod`] : []),
    ...(unresolvable > 0 ? [`${String(unresolvable)} Preemption is not helpful for scheduling`] : []),
  ]
  return (
    `0/${all} nodes are available: ${histogram.join(', ')}. ` +
    `no new claims to deallocate, preemption: 0/${all} nodes are available: ${preemption.join(', ')}.`
  )
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
