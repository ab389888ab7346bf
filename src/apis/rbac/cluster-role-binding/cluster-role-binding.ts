/**
 * ClusterRoleBinding: gives a ClusterRole to subjects, everywhere.
 * This is the kind's one entry (rbac.authorization.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/rbac/clusterrolebinding.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1ClusterRoleBinding } from '../../generated/types.ts'
import { clusterRoleBindingColumns } from '../columns.ts'
import { clusterRoleBindingStrategy } from './strategy.ts'

export const clusterRoleBinding = defineKind<V1ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  resource: 'clusterrolebindings',
  scope: 'Cluster',
  type: 'V1ClusterRoleBinding',
  columns: clusterRoleBindingColumns,
  strategy: clusterRoleBindingStrategy,
})
