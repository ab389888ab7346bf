/**
 * metav1.LabelSelector as a predicate on labels (k8s.io/apimachinery pkg/apis/meta/v1/helpers.go). An absent selector
 * selects nothing, an empty one everything.
 */
import type { V1LabelSelector } from '../../apis/generated/types.ts'

export type Labels = Readonly<Record<string, string>>

export function selectorMatcher(selector: V1LabelSelector | undefined): (labels: Labels) => boolean {
  if (selector === undefined) return () => false
  const equal = Object.entries(selector.matchLabels ?? {})
  const expressions = selector.matchExpressions ?? []
  return (labels) =>
    equal.every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values = [] }) => {
      const value = labels[key]
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value)
        case 'NotIn':
          return value === undefined || !values.includes(value)
        case 'Exists':
          return value !== undefined
        case 'DoesNotExist':
          return value === undefined
        default:
          return false
      }
    })
}

/** Whether a selector selects everything: workloads with such a one are left alone. */
export function isEmptySelector(selector: V1LabelSelector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0
}
