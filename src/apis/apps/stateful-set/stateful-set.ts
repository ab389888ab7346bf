/**
 * StatefulSet: pods with names and storage of their own, started and stopped in order.
 * This is the kind's one entry (apps/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/statefulset.
 */
import { defineKind } from '../../define-kind.ts'
import { SCALE, STATUS } from '../../subresources.ts'
import type { V1StatefulSet } from '../../generated/types.ts'
import { statefulSetColumns } from '../columns.ts'
import { statefulSetStrategy } from './strategy.ts'

export const statefulSet = defineKind<V1StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  resource: 'statefulsets',
  scope: 'Namespaced',
  type: 'V1StatefulSet',
  inNothing: { spec: { replicas: 0 } },
  shortNames: ['sts'],
  categories: ['all'],
  subresources: [SCALE, STATUS],
  columns: statefulSetColumns,
  strategy: statefulSetStrategy,
  notActedUpon: 'StatefulSet: nothing acts on it yet: the StatefulSet controller is not built',
})
