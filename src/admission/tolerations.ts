/** Joining tolerations of a pod with those of its runtime class (upstream: pkg/util/tolerations/tolerations.go). */
import type { Toleration } from './pod.ts'

/** Both lists in order, without those that another one covers; of equal ones the first stays. */
export function mergeTolerations(first: readonly Toleration[], second: readonly Toleration[]): Toleration[] {
  const all = [...first, ...second]
  const merged: Toleration[] = []
  for (const [index, candidate] of all.entries()) {
    const isCovered =
      merged.some((kept) => covers(kept, candidate)) ||
      all.slice(index + 1).some((later) => !isEqual(later, candidate) && covers(later, candidate))
    if (!isCovered) merged.push(candidate)
  }
  return merged
}

function isEqual(left: Toleration, right: Toleration): boolean {
  return (
    (left.key ?? '') === (right.key ?? '') &&
    (left.operator ?? '') === (right.operator ?? '') &&
    (left.value ?? '') === (right.value ?? '') &&
    (left.effect ?? '') === (right.effect ?? '') &&
    left.tolerationSeconds === right.tolerationSeconds
  )
}

/** Whether everything that `narrow` tolerates is tolerated by `wide`. */
function covers(wide: Toleration, narrow: Toleration): boolean {
  if (isEqual(wide, narrow)) return true
  const wideKey = wide.key ?? ''
  const wideEffect = wide.effect ?? ''
  if ((narrow.key ?? '') !== wideKey && (wideKey !== '' || wide.operator !== 'Exists')) return false
  if ((narrow.effect ?? '') !== wideEffect && wideEffect !== '') return false
  if (wideEffect === 'NoExecute' && wide.tolerationSeconds !== undefined) {
    if (narrow.tolerationSeconds === undefined || narrow.tolerationSeconds > wide.tolerationSeconds) return false
  }
  if (wide.operator === 'Exists') return true
  if (wide.operator !== undefined && wide.operator !== '' && wide.operator !== 'Equal') return false
  return narrow.operator === 'Equal' && (narrow.value ?? '') === (wide.value ?? '')
}
