/**
 * FlowSchema: which requests belong to which priority level.
 * This is the kind's one entry (flowcontrol.apiserver.k8s.io/v1); it says what the kind is, and does nothing
 * itself.
 * Upstream: kubernetes/kubernetes pkg/registry/flowcontrol/flowschema.
 */
import { defineKind } from '../define-kind.ts'
import type { V1FlowSchema } from '../generated/types.ts'
import { specAndStatusStrategy } from '../status-strategy.ts'

export const flowSchema = defineKind<V1FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  resource: 'flowschemas',
  scope: 'Cluster',
  type: 'V1FlowSchema',
  subresources: [{ name: 'status', verbs: ['get', 'patch', 'update'] }],
  strategy: specAndStatusStrategy<V1FlowSchema>('V1FlowSchema', { countsGenerations: true }),
})
