/**
 * The roles and bindings that every logical cluster starts with, as finished API objects: upstream's tables, compared
 * role by role with test/fixtures/bootstrap-roles.json, plus our own actors'. admin, edit and view come with their
 * rules already aggregated, so that they work before any controller ran.
 */
import { aggregateRules } from '../rbac/aggregation.ts'
import { CLUSTER_ROLE_BINDINGS, NAMESPACE_ROLE_BINDINGS } from './bindings.ts'
import { CLUSTER_ROLES } from './cluster-roles.ts'
import { CONTROLLER_ROLES } from './controller-roles.ts'
import type { BindingEntry, RoleEntry } from './entry.ts'
import { NAMESPACE_ROLES } from './namespace-roles.ts'
import { OWN_ROLES } from './own-roles.ts'
import type { ClusterRole, Role, RoleBinding, Subject } from '../rbac/rbac-kinds.ts'
import { RBAC_API_VERSION, RBAC_GROUP } from '../rbac/rbac-kinds.ts'

const CONTROLLER_PREFIX = 'system:controller:'
const OWN_PREFIX = 'system:workernetes:'
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }

/** All ClusterRoles, fresh objects at each call. */
export function bootstrapClusterRoles(): ClusterRole[] {
  const roles = [
    ...CLUSTER_ROLES.map((entry) => clusterRole(entry)),
    ...CONTROLLER_ROLES.map((entry) => clusterRole(entry, CONTROLLER_PREFIX)),
    ...OWN_ROLES.map((entry) => clusterRole(entry, OWN_PREFIX)),
  ]
  // edit takes in view, and admin takes in edit: in this order one pass each is enough.
  for (const name of ['view', 'edit', 'admin']) {
    const role = roles.find(({ metadata }) => metadata.name === name)
    if (role !== undefined) role.rules = aggregateRules(role, roles)
  }
  return roles
}

export function bootstrapClusterRoleBindings(): RoleBinding[] {
  return [
    ...CLUSTER_ROLE_BINDINGS.map((entry) => binding(entry, 'ClusterRoleBinding', 'ClusterRole')),
    ...CONTROLLER_ROLES.map(({ name }) =>
      clusterBinding(`${CONTROLLER_PREFIX}${name}`, `ServiceAccount kube-system/${name}`),
    ),
    ...OWN_ROLES.map(({ name, holder }) => clusterBinding(`${OWN_PREFIX}${name}`, `${holder} ${OWN_PREFIX}${name}`)),
  ]
}

/** Roles of kube-system and kube-public. */
export function bootstrapRoles(): Role[] {
  return NAMESPACE_ROLES.map((entry) => ({ ...header('Role', entry.name, entry), rules: entry.rules ?? [] }))
}

export function bootstrapRoleBindings(): RoleBinding[] {
  return NAMESPACE_ROLE_BINDINGS.map((entry) => binding(entry, 'RoleBinding', 'Role'))
}

function header(kind: string, name: string, { namespace }: { readonly namespace?: string }): Role {
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { ...LABELS },
    annotations: { ...ANNOTATIONS },
  }
  return { apiVersion: RBAC_API_VERSION, kind, metadata }
}

function clusterRole(entry: RoleEntry, prefix = ''): ClusterRole {
  const role: ClusterRole = header('ClusterRole', `${prefix}${entry.name}`, {})
  if (entry.aggregateTo !== undefined) {
    role.metadata.labels = { ...role.metadata.labels, [aggregationLabel(entry.aggregateTo)]: 'true' }
  }
  if (entry.aggregates !== undefined) {
    role.aggregationRule = { clusterRoleSelectors: [{ matchLabels: { [aggregationLabel(entry.aggregates)]: 'true' } }] }
  }
  role.rules = entry.rules ?? null
  return role
}

function aggregationLabel(to: string): string {
  return `rbac.authorization.k8s.io/aggregate-to-${to}`
}

/** A role of the same name, for one holder. */
function clusterBinding(name: string, holder: string): RoleBinding {
  return binding({ name, subjects: [holder] }, 'ClusterRoleBinding', 'ClusterRole')
}

function binding(entry: BindingEntry, kind: string, roleKind: string): RoleBinding {
  const { name, role = name, subjects } = entry
  return {
    ...header(kind, name, entry),
    roleRef: { apiGroup: RBAC_GROUP, kind: roleKind, name: role },
    ...(subjects.length === 0 ? {} : { subjects: subjects.map(subject) }),
  }
}

function subject(text: string): Subject {
  const [kind = '', ...rest] = text.split(' ')
  const name = rest.join(' ')
  if (kind !== 'ServiceAccount') return { apiGroup: RBAC_GROUP, kind, name }
  const [namespace = '', account = ''] = name.split('/')
  return { kind, name: account, namespace }
}
