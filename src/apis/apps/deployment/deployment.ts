/**
 * Deployment: a number of equal pods, changed by rolling from one ReplicaSet to the next.
 * This is the kind's one entry (apps/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/deployment.
 */
import { defineKind } from '../../define-kind.ts'
import { SCALE, STATUS } from '../../subresources.ts'
import type { V1Deployment } from '../../generated/types.ts'
import { deploymentColumns } from '../columns.ts'
import { deploymentStrategy } from './strategy.ts'

export const deployment = defineKind<V1Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  scope: 'Namespaced',
  type: 'V1Deployment',
  inNothing: { spec: { replicas: 0 } },
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: [SCALE, STATUS],
  columns: deploymentColumns,
  strategy: deploymentStrategy,
})
