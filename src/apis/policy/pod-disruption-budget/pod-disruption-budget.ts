/**
 * PodDisruptionBudget: how many pods of a set may be disrupted at once, on purpose.
 * This is the kind's one entry (policy/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/policy/poddisruptionbudget.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1PodDisruptionBudget } from '../../generated/types.ts'
import { podDisruptionBudgetColumns } from '../../small-group-columns.ts'
import { podDisruptionBudgetStrategy } from './strategy.ts'

export const podDisruptionBudget = defineKind<V1PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  scope: 'Namespaced',
  type: 'V1PodDisruptionBudget',
  shortNames: ['pdb'],
  subresources: [STATUS],
  columns: podDisruptionBudgetColumns,
  strategy: podDisruptionBudgetStrategy,
})
