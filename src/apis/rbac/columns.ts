/**
 * Columns of rbac.authorization.k8s.io/v1. Upstream: kubernetes/kubernetes
 * pkg/printers/internalversion/printers.go.
 */
import type { Column } from '../../apimachinery/table.ts'
import type { V1ClusterRoleBinding, V1RoleBinding } from '../generated/types.ts'
import { ageColumn, column, createdAtColumns, nameColumn } from '../table-columns.ts'

type AnyBinding = V1RoleBinding | V1ClusterRoleBinding

function subjectsText({ subjects }: AnyBinding, wanted: string): string {
  const found = (subjects ?? []).filter(({ kind }) => kind === wanted)
  return found
    .map(({ namespace = '', name }) => (namespace === '' ? name : `${namespace}/${name}`))
    .join(', ')
}

const bindingColumns: readonly Column<AnyBinding>[] = [
  nameColumn,
  column('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  column('Users', (binding) => subjectsText(binding, 'User'), { isWide: true }),
  column('Groups', (binding) => subjectsText(binding, 'Group'), { isWide: true }),
  column('ServiceAccounts', (binding) => subjectsText(binding, 'ServiceAccount'), { isWide: true }),
]

export const roleBindingColumns: readonly Column<V1RoleBinding>[] = bindingColumns
export const clusterRoleBindingColumns: readonly Column<V1ClusterRoleBinding>[] = bindingColumns
// Upstream has no printer for the roles themselves.
export const roleColumns = createdAtColumns
export const clusterRoleColumns = createdAtColumns
