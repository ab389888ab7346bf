/**
 * ReplicationController: the ancestor of ReplicaSet.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/replicationcontroller.
 */
import { defineKind } from '../../define-kind.ts'
import { SCALE, STATUS } from '../../subresources.ts'
import type { V1ReplicationController } from '../../generated/types.ts'
import { replicationControllerColumns } from '../columns/plain.ts'
import { replicationControllerStrategy } from './strategy.ts'

export const replicationController = defineKind<V1ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  scope: 'Namespaced',
  type: 'V1ReplicationController',
  shortNames: ['rc'],
  categories: ['all'],
  subresources: [SCALE, STATUS],
  columns: replicationControllerColumns,
  strategy: replicationControllerStrategy,
  selectableFields: (subject) => ({
    'status.replicas': String(subject.status?.replicas ?? 0),
  }),
  notActedUpon: 'ReplicationController: nothing acts on it yet: the replication controller is not built',
})
