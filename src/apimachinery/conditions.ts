/**
 * Conditions in a status: set by type, read by type, with a lastTransitionTime that moves only when the status does, so
 * that writing the same condition again changes nothing (k8s.io/apimachinery pkg/api/meta/conditions.go). Nothing here
 * changes its arguments.
 */
import type { Condition } from './meta.ts'
import { formatTime } from './meta.ts'

export function findCondition<T extends Condition>(conditions: readonly T[] | undefined, type: string): T | undefined {
  return conditions?.find((condition) => condition.type === type)
}

/** Whether the condition is there and has this status. */
export function hasCondition(conditions: readonly Condition[] | undefined, type: string, status = 'True'): boolean {
  return findCondition(conditions, type)?.status === status
}

/**
 * The list with `condition` in it, in the place of one of the same type or at the end. Fields of the old one that the
 * new one does not have stay. The very list given comes back when nothing would change.
 */
export function setCondition<T extends Condition>(conditions: readonly T[], condition: T, nowMs: number): readonly T[] {
  const at = conditions.findIndex(({ type }) => type === condition.type)
  const previous = conditions[at]
  const moved = condition.lastTransitionTime ?? formatTime(nowMs)
  if (previous === undefined) return [...conditions, { ...condition, lastTransitionTime: moved }]
  const isMoved = previous.status !== condition.status
  const lastTransitionTime = isMoved ? moved : (previous.lastTransitionTime ?? moved)
  const next: T = { ...previous, ...condition, lastTransitionTime }
  return isSame(previous, next) ? conditions : conditions.with(at, next)
}

function isSame(left: Condition, right: Condition): boolean {
  const [before, after] = [Object.entries(left), new Map<string, unknown>(Object.entries(right))]
  return before.length === after.size && before.every(([field, value]) => after.get(field) === value)
}

/** The list without conditions of this type; the very list given when there is none. */
export function removeCondition<T extends Condition>(conditions: readonly T[], type: string): readonly T[] {
  return conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions
}
