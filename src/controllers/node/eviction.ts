/**
 * When pods must leave a node with NoExecute taints
 * (kubernetes pkg/controller/tainteviction/taint_eviction.go). Pure.
 */
import { near } from '../../lib/exact-json.ts'
import type { V1Pod, V1Taint, V1Toleration } from '../../apis/generated/types.ts'

function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: V1Toleration, taint: V1Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false
  if (key !== '' && key !== taint.key) return false
  if (operator === 'Exists') return true
  return operator === 'Equal' && key !== '' && value === (taint.value ?? '')
}

/** Milliseconds since the epoch at which the pod must go; undefined when it tolerates everything for ever. */
export function evictionTimeMs(pod: V1Pod, taints: readonly V1Taint[]): number | undefined {
  const tolerations = pod.spec?.tolerations ?? []
  let sinceMs = 0
  let seconds: number | undefined
  for (const taint of taints) {
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint))
    if (matching.length === 0) return 0
    sinceMs = Math.max(sinceMs, Date.parse(taint.timeAdded ?? '') || 0)
    for (const { tolerationSeconds } of matching) {
      if (tolerationSeconds !== undefined) seconds = Math.min(seconds ?? Infinity, Math.max(0, near(tolerationSeconds)))
    }
  }
  return seconds === undefined ? undefined : sinceMs + seconds * 1_000
}

/**
 * Pods live elsewhere and wake no controller of nodes. One that was given the node, or said to be ready there, before
 * others heard of the taint is found by looking once more; any later one at the resync.
 */
const RECHECK_MS = 30_000

/** When to look once more; undefined: that is over, or there is no such taint. */
export function recheckTimeMs(taints: readonly V1Taint[], nowMs: number): number | undefined {
  const added = taints.flatMap(({ effect, timeAdded = '' }) => (effect === 'NoExecute' ? [Date.parse(timeAdded)] : []))
  const dueMs = Math.max(...added.map((timeMs) => timeMs || 0)) + RECHECK_MS
  return dueMs > nowMs ? dueMs : undefined
}
