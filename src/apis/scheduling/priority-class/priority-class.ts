/**
 * PriorityClass: a name for a priority of pods.
 * This is the kind's one entry (scheduling.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/scheduling/priorityclass.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1PriorityClass } from '../../generated/types.ts'
import { priorityClassColumns } from '../../small-group-columns.ts'
import { priorityClassStrategy } from './strategy.ts'

export const priorityClass = defineKind<V1PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  resource: 'priorityclasses',
  scope: 'Cluster',
  type: 'V1PriorityClass',
  shortNames: ['pc'],
  columns: priorityClassColumns,
  strategy: priorityClassStrategy,
})
