/** Conditions of a definition, set as k8s.io/apiextensions-apiserver pkg/apihelpers does. Pure. */
import type { V1CustomResourceDefinition, V1CustomResourceDefinitionCondition } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'

export type Conditions = readonly V1CustomResourceDefinitionCondition[]

export type NewCondition = Pick<V1CustomResourceDefinitionCondition, 'type' | 'status'> & {
  readonly reason: string
  readonly message: string
}

export function conditionsOf({ status }: V1CustomResourceDefinition): Conditions {
  return status?.conditions ?? []
}

export function findCondition(conditions: Conditions, type: string): V1CustomResourceDefinitionCondition | undefined {
  return conditions.find((one) => one.type === type)
}

/** The time of a transition stays while the condition's status does. */
export function withCondition(conditions: Conditions, next: NewCondition, nowMs: number): Conditions {
  const before = findCondition(conditions, next.type)
  const isSame = before?.status === next.status && before.lastTransitionTime !== undefined
  const lastTransitionTime = isSame ? before.lastTransitionTime : formatTime(nowMs)
  const condition = { ...next, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) }
  if (before === undefined) return [...conditions, condition]
  return conditions.map((one) => (one === before ? { ...before, ...condition } : one))
}
