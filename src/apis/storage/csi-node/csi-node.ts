/**
 * CSINode: which storage drivers a node has.
 * This is the kind's one entry (storage.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/csinode.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1CSINode } from '../../generated/types.ts'
import { csiNodeColumns } from '../columns.ts'
import { csiNodeStrategy } from './strategy.ts'

export const csiNode = defineKind<V1CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  resource: 'csinodes',
  scope: 'Cluster',
  type: 'V1CSINode',
  columns: csiNodeColumns,
  strategy: csiNodeStrategy,
  notActedUpon: 'CSINode: nothing acts on it yet: the volume attacher is not built',
})
