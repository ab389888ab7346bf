/**
 * The scheduling framework: which points a plugin may extend, and what it answers there. A plugin is a name and pure
 * functions over a pod and the snapshot; it never throws for "no" and declares which changes of the cluster could turn
 * its no into a yes. Upstream: kube-scheduler/framework/interface.go.
 */
import type { V1Pod } from '../apis/generated/types.ts'
import type { NodeInfo, Snapshot } from './snapshot.ts'

/** Why not. `unresolvable`: no pod leaving the node would change it, so preemption need not look there. */
export interface Rejection {
  readonly reason: string
  readonly isUnresolvable: boolean
}

export const unschedulable = (reason: string): Rejection => ({ reason, isUnresolvable: false })
export const unresolvable = (reason: string): Rejection => ({ reason, isUnresolvable: true })

/** What happened in the cluster that may make a rejected pod fit. */
export type ClusterEvent =
  | 'nodeAdded'
  | 'nodeChanged'
  | 'podRemoved'
  | 'podAdded'
  | 'podUpdated'

/** What a plugin worked out about the pod once, for all nodes. Keyed by the plugin's name. */
export type CycleState = Map<string, unknown>

export interface Plugin {
  readonly name: string
  /** Changes that could make this plugin accept a pod that it rejected. */
  readonly events: readonly ClusterEvent[]
  /** May the pod enter the queue at all? Text: why not. */
  preEnqueue?(pod: V1Pod): string | undefined
  preFilter?(state: CycleState, pod: V1Pod, snapshot: Snapshot): Rejection | undefined
  /** The only nodes that come into question, if the pod names them; the others are not filtered one by one. */
  nodeNames?(pod: V1Pod): ReadonlySet<string> | undefined
  filter?(state: CycleState, pod: V1Pod, node: NodeInfo): readonly Rejection[]
  preScore?(state: CycleState, pod: V1Pod, nodes: readonly NodeInfo[], snapshot: Snapshot): void
  /** 0 to 100, or any scale when `normalize` is there. */
  score?(state: CycleState, pod: V1Pod, node: NodeInfo): number
  /** Brings the scores of all nodes to 0…100, in place. */
  normalize?(scores: number[]): void
  /** Takes what the pod will use on the node, before it is bound; undone by `unreserve` when it is not. */
  reserve?(state: CycleState, pod: V1Pod, node: NodeInfo): void
  unreserve?(state: CycleState, pod: V1Pod, node: NodeInfo): void
  /** Approves, or holds the pod back with a reason, right before it is bound. */
  permit?(state: CycleState, pod: V1Pod, node: NodeInfo): string | undefined
}

export interface WeightedPlugin {
  readonly plugin: Plugin
  /** Weight of its score; 0 for plugins that only filter. */
  readonly weight: number
}

export const MAX_NODE_SCORE = 100

/** Scores spread over 0…100; `isReversed` gives the lowest the most (upstream's DefaultNormalizeScore). */
export function normalizeScores(scores: number[], isReversed: boolean): void {
  const highest = Math.max(0, ...scores)
  for (const [index, score] of scores.entries()) {
    const scaled = highest === 0 ? 0 : Math.floor((score * MAX_NODE_SCORE) / highest)
    scores[index] = isReversed ? MAX_NODE_SCORE - scaled : scaled
  }
}
