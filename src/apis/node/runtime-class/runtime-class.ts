/**
 * RuntimeClass: which runtime runs a pod; `worker` is the one of isolates.
 * This is the kind's one entry (node.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/node/runtimeclass, pkg/apis/node/validation/validation.go.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1RuntimeClass } from '../../generated/types.ts'
import { runtimeClassColumns } from '../../small-group-columns.ts'
import { runtimeClassStrategy } from './strategy.ts'

export const runtimeClass = defineKind<V1RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  resource: 'runtimeclasses',
  scope: 'Cluster',
  type: 'V1RuntimeClass',
  columns: runtimeClassColumns,
  strategy: runtimeClassStrategy,
})
