/** Selectors of workloads. One that selects everything is never followed: it would take all pods of the namespace. */
import type { V1LabelSelector } from '../../apis/generated/types.ts'
import type { Labels } from '../../apimachinery/selectors.ts'
import { selectorFromSpec } from '../../apimachinery/selectors.ts'

export function selectsAll(selector: V1LabelSelector | undefined): boolean {
  return selectorFromSpec(selector).isEmpty
}

export function selects(selector: V1LabelSelector | undefined, labels: Labels): boolean {
  const parsed = selectorFromSpec(selector)
  return !parsed.isEmpty && parsed.matches(labels)
}
