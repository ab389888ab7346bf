/**
 * RoleBinding: gives a Role or ClusterRole to subjects in a namespace.
 * This is the kind's one entry (rbac.authorization.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/rbac/rolebinding.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1RoleBinding } from '../../generated/types.ts'
import { roleBindingColumns } from '../columns.ts'
import { roleBindingStrategy } from './strategy.ts'

export const roleBinding = defineKind<V1RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  scope: 'Namespaced',
  type: 'V1RoleBinding',
  columns: roleBindingColumns,
  strategy: roleBindingStrategy,
})
