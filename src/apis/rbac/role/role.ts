/**
 * Role: permissions in a namespace.
 * This is the kind's one entry (rbac.authorization.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/rbac/role.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1Role } from '../../generated/types.ts'
import { roleColumns } from '../columns.ts'
import { roleStrategy } from './strategy.ts'

export const role = defineKind<V1Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  resource: 'roles',
  scope: 'Namespaced',
  type: 'V1Role',
  columns: roleColumns,
  strategy: roleStrategy,
})
