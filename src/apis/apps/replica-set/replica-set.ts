/**
 * ReplicaSet: a number of equal pods.
 * This is the kind's one entry (apps/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/replicaset.
 */
import { defineKind } from '../../define-kind.ts'
import { SCALE, STATUS } from '../../subresources.ts'
import type { V1ReplicaSet } from '../../generated/types.ts'
import { replicaSetColumns } from '../columns.ts'
import { replicaSetStrategy } from './strategy.ts'

export const replicaSet = defineKind<V1ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  scope: 'Namespaced',
  type: 'V1ReplicaSet',
  inNothing: { spec: { replicas: 0 } },
  shortNames: ['rs'],
  categories: ['all'],
  subresources: [SCALE, STATUS],
  columns: replicaSetColumns,
  strategy: replicaSetStrategy,
})
