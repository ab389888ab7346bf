/**
 * Columns of rbac.authorization.k8s.io/v1. Upstream: kubernetes/kubernetes
 * pkg/printers/internalversion/printers.go.
 */
import type { Column } from '../../apimachinery/table.ts'
import type { V1ClusterRoleBinding, V1RoleBinding } from '../generated/types.ts'
import { ageColumn, column, createdAtColumns, nameColumn } from '../table-columns.ts'

type AnyBinding = V1RoleBinding | V1ClusterRoleBinding

const ACCOUNT = 'ServiceAccount'

function subjectsText({ subjects }: AnyBinding, wanted: string): string {
  const found = (subjects ?? []).filter(({ kind }) => kind === wanted)
  // Only service accounts are of a namespace, whatever else says so.
  return found.map(({ namespace = '', name }) => (wanted === ACCOUNT ? `${namespace}/${name}` : name)).join(', ')
}

const bindingColumns: readonly Column<AnyBinding>[] = [
  nameColumn,
  column('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  column('Users', (binding) => subjectsText(binding, 'User'), { isWide: true }),
  column('Groups', (binding) => subjectsText(binding, 'Group'), { isWide: true }),
  column('ServiceAccounts', (binding) => subjectsText(binding, ACCOUNT), { isWide: true }),
]

export const roleBindingColumns: readonly Column<V1RoleBinding>[] = bindingColumns
export const clusterRoleBindingColumns: readonly Column<V1ClusterRoleBinding>[] = bindingColumns
// Upstream has no printer for the roles themselves.
export const roleColumns = createdAtColumns
export const clusterRoleColumns = createdAtColumns
