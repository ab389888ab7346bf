/**
 * FlowSchema: which requests belong to which priority level.
 * This is the kind's one entry (flowcontrol.apiserver.k8s.io/v1); it says what the kind is, and does nothing
 * itself.
 * Upstream: kubernetes/kubernetes pkg/registry/flowcontrol/flowschema.
 */
import { defineKind } from '../define-kind.ts'
import { STATUS } from '../subresources.ts'
import type { V1FlowSchema } from '../generated/types.ts'
import { specAndStatusStrategy } from '../status-strategy.ts'
import { flowSchemaColumns } from './columns.ts'
import { validateConditions, validateFlowSchema } from './flow-schema-validation.ts'

const base = specAndStatusStrategy<V1FlowSchema>('V1FlowSchema', {
  countsGenerations: true,
  keepsMetadata: 'all',
  allowsUnconditionalUpdate: true,
})

export const flowSchema = defineKind<V1FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  resource: 'flowschemas',
  scope: 'Cluster',
  type: 'V1FlowSchema',
  subresources: [STATUS],
  columns: flowSchemaColumns,
  rowRank: ({ spec }) => spec?.matchingPrecedence ?? 0,
  strategy: {
    ...base,
    validate: validateFlowSchema,
    validateUpdate: validateFlowSchema,
    status: { ...base.status, validateUpdate: ({ status }) => validateConditions(status?.conditions) },
  },
})
