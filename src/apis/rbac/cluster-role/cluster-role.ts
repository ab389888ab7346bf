/**
 * ClusterRole: permissions in the whole cluster, or for RoleBindings to give in one namespace.
 * This is the kind's one entry (rbac.authorization.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/rbac/clusterrole.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1ClusterRole } from '../../generated/types.ts'
import { clusterRoleColumns } from '../columns.ts'
import { clusterRoleStrategy } from './strategy.ts'

export const clusterRole = defineKind<V1ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  scope: 'Cluster',
  type: 'V1ClusterRole',
  columns: clusterRoleColumns,
  strategy: clusterRoleStrategy,
})
