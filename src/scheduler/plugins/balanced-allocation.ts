/**
 * Prefers nodes whose CPU and memory would be used in like measure (upstream:
 * plugins/noderesources/balanced_allocation.go).
 */
import type { Plugin } from '../framework.ts'
import { MAX_NODE_SCORE } from '../framework.ts'
import type { ResourceAmounts } from '../resources.ts'
import { podRequests } from '../resources.ts'

const STATE = 'NodeResourcesBalancedAllocation'

export const balancedAllocation: Plugin = {
  name: STATE,
  events: [],
  preScore(state, pod) {
    state.set(STATE, podRequests(pod))
  },
  score(state, _pod, { allocatable, requested }) {
    const asked = state.get(STATE) as ResourceAmounts
    // Best-effort pods are left out, as upstream does: they cannot change the balance.
    if ((asked['cpu'] ?? 0) === 0 && (asked['memory'] ?? 0) === 0) return 0
    const shares = ['cpu', 'memory'].flatMap((name) => {
      const capacity = allocatable[name] ?? 0
      return capacity === 0 ? [] : [Math.min(1, ((requested[name] ?? 0) + (asked[name] ?? 0)) / capacity)]
    })
    const [one = 0, other = one] = shares
    return Math.floor((1 - Math.abs(one - other) / 2) * MAX_NODE_SCORE)
  },
}
