/**
 * Resources: filters nodes without room, and prefers those that would keep the most of their CPU and memory free
 * (upstream: plugins/noderesources/{fit,least_allocated}.go).
 */
import type { Rejection } from '../framework.ts'
import type { Plugin } from '../framework.ts'
import { MAX_NODE_SCORE, unresolvable, unschedulable } from '../framework.ts'
import type { ResourceAmounts } from '../resources.ts'
import { nonZeroRequests, podRequests } from '../resources.ts'
import type { NodeInfo } from '../snapshot.ts'

const STATE = 'NodeResourcesFit'

interface Asked {
  readonly requests: ResourceAmounts
  readonly nonZero: ResourceAmounts
}

export const nodeResourcesFit: Plugin = {
  name: STATE,
  events: ['nodeAdded', 'nodeChanged', 'podRemoved', 'podUpdated'],
  preFilter(state, pod) {
    state.set(STATE, { requests: podRequests(pod), nonZero: nonZeroRequests(pod) } satisfies Asked)
    return undefined
  },
  filter(state, _pod, node) {
    return insufficient((state.get(STATE) as Asked).requests, node)
  },
  score(state, _pod, { allocatable, nonZeroRequested }) {
    const { nonZero } = state.get(STATE) as Asked
    const shares = ['cpu', 'memory'].flatMap((name) => {
      const capacity = allocatable[name] ?? 0
      if (capacity === 0) return []
      const used = (nonZeroRequested[name] ?? 0) + (nonZero[name] ?? 0)
      return [used > capacity ? 0 : Math.floor(((capacity - used) * MAX_NODE_SCORE) / capacity)]
    })
    return shares.length === 0 ? 0 : Math.floor(shares.reduce((sum, share) => sum + share, 0) / shares.length)
  },
}

function insufficient(requests: ResourceAmounts, { allocatable, requested, pods }: NodeInfo): Rejection[] {
  const rejections: Rejection[] = []
  if (pods.size + 1 > (allocatable['pods'] ?? 0)) rejections.push(unschedulable('Too many pods'))
  for (const [name, amount] of Object.entries(requests)) {
    if (amount === 0) continue
    const capacity = allocatable[name] ?? 0
    if (amount > capacity - (requested[name] ?? 0)) {
      const reason = `Insufficient ${name}`
      rejections.push(amount > capacity ? unresolvable(reason) : unschedulable(reason))
    }
  }
  return rejections
}
