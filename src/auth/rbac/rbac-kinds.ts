/**
 * The four kinds of rbac.authorization.k8s.io/v1 as far as deciding needs them (k8s.io/api rbac/v1/types.go). Rules
 * may be absent or null on the wire; readers go through {@link rulesOf}.
 */
import type { KubeObject } from '../../apimachinery/meta.ts'
import type { LabelSelectorSpec } from '../../apimachinery/selectors.ts'

export const RBAC_GROUP = 'rbac.authorization.k8s.io'
export const RBAC_API_VERSION = 'rbac.authorization.k8s.io/v1'

export interface PolicyRule {
  verbs: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  nonResourceURLs?: readonly string[]
}

export interface Role extends KubeObject {
  rules?: readonly PolicyRule[] | null
}

export interface ClusterRole extends Role {
  aggregationRule?: { clusterRoleSelectors?: readonly LabelSelectorSpec[] }
}

export interface Subject {
  /** User, Group or ServiceAccount. */
  kind: string
  apiGroup?: string
  name: string
  namespace?: string
}

export interface RoleRef {
  apiGroup: string
  /** Role or ClusterRole. */
  kind: string
  name: string
}

/** A RoleBinding, or a ClusterRoleBinding when it has no namespace. */
export interface RoleBinding extends KubeObject {
  roleRef: RoleRef
  subjects?: readonly Subject[] | null
}

export function rulesOf(role: Role): readonly PolicyRule[] {
  return role.rules ?? []
}
