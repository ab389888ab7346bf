/**
 * PriorityLevelConfiguration: how many requests of a priority level run at once.
 * This is the kind's one entry (flowcontrol.apiserver.k8s.io/v1); it says what the kind is, and does nothing
 * itself.
 * Upstream: kubernetes/kubernetes pkg/registry/flowcontrol/prioritylevelconfiguration.
 */
import { defineKind } from '../define-kind.ts'
import { STATUS } from '../subresources.ts'
import type { V1PriorityLevelConfiguration } from '../generated/types.ts'
import { specAndStatusStrategy } from '../status-strategy.ts'
import { priorityLevelColumns } from './columns.ts'
import { validateConditions } from './flow-schema-validation.ts'
import { validatePriorityLevel } from './priority-level-validation.ts'

const base = specAndStatusStrategy<V1PriorityLevelConfiguration>('V1PriorityLevelConfiguration', {
  countsGenerations: true,
  keepsMetadata: 'all',
  allowsUnconditionalUpdate: true,
})

export const priorityLevelConfiguration = defineKind<V1PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  resource: 'prioritylevelconfigurations',
  scope: 'Cluster',
  type: 'V1PriorityLevelConfiguration',
  subresources: [STATUS],
  columns: priorityLevelColumns,
  strategy: {
    ...base,
    validate: validatePriorityLevel,
    validateUpdate: validatePriorityLevel,
    status: { ...base.status, validateUpdate: ({ status }) => validateConditions(status?.conditions) },
  },
})
