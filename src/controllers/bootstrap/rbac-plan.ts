/**
 * What becomes of a bootstrap role or binding that is there already: permissions and subjects that are missing are
 * added, what people added stays, and `autoupdate: "false"` protects it altogether
 * (k8s.io/component-helpers auth/rbac/reconciliation). Pure.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import type { PolicyRule, Role, RoleBinding, Subject } from '../../auth/rbac/rbac-kinds.ts'
import { rulesOf } from '../../auth/rbac/rbac-kinds.ts'

export const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate'

/** An aggregated role's rules belong to the aggregation controller. */
interface AnyRole extends Role {
  aggregationRule?: { clusterRoleSelectors?: readonly unknown[] }
}

export type RbacPlan<T> =
  | { readonly kind: 'keep' }
  | { readonly kind: 'update'; readonly next: T }
  /** A binding cannot be pointed elsewhere: it is deleted and made anew. */
  | { readonly kind: 'replace' }

export function planRole<T extends AnyRole>(existing: T, expected: T): RbacPlan<T> {
  if (existing.metadata.annotations?.[AUTOUPDATE] === 'false') return { kind: 'keep' }
  const next: T = { ...existing, metadata: withMetadata(existing, expected) }
  if (expected.aggregationRule === undefined) {
    const missing = rulesOf(expected).filter((rule) => !isCovered(rule, rulesOf(existing)))
    if (missing.length > 0) next.rules = [...rulesOf(existing), ...missing]
  } else {
    const had = existing.aggregationRule?.clusterRoleSelectors ?? []
    const wanted = expected.aggregationRule.clusterRoleSelectors ?? []
    const missing = wanted.filter((selector) => !had.some((one) => equalJson(one, selector)))
    if (missing.length > 0) next.aggregationRule = { clusterRoleSelectors: [...had, ...missing] }
  }
  return equalJson(next, existing) ? { kind: 'keep' } : { kind: 'update', next }
}

export function planBinding(existing: RoleBinding, expected: RoleBinding): RbacPlan<RoleBinding> {
  if (existing.metadata.annotations?.[AUTOUPDATE] === 'false') return { kind: 'keep' }
  if (!equalJson(existing.roleRef, expected.roleRef)) return { kind: 'replace' }
  const had = existing.subjects ?? []
  const missing = (expected.subjects ?? []).filter((subject) => !had.some((one) => isSameSubject(one, subject)))
  const next: RoleBinding = { ...existing, metadata: withMetadata(existing, expected) }
  if (missing.length > 0) next.subjects = [...had, ...missing]
  return equalJson(next, existing) ? { kind: 'keep' } : { kind: 'update', next }
}

/** Labels and annotations that are expected, under those that are there. */
function withMetadata(existing: Role | RoleBinding, expected: Role | RoleBinding): Role['metadata'] {
  const labels = { ...expected.metadata.labels, ...existing.metadata.labels }
  const annotations = { ...expected.metadata.annotations, ...existing.metadata.annotations }
  return {
    ...existing.metadata,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }
}

function isSameSubject(one: Subject, other: Subject): boolean {
  return one.kind === other.kind && one.name === other.name && (one.namespace ?? '') === (other.namespace ?? '')
}

/** Whether every single permission of `rule` is given by one of `rules`. */
function isCovered(rule: PolicyRule, rules: readonly PolicyRule[]): boolean {
  return permissionsOf(rule).every((permission) => rules.some((one) => gives(one, permission)))
}

interface Permission {
  readonly verb: string
  readonly url?: string
  readonly group?: string
  readonly resource?: string
  readonly name?: string
}

function permissionsOf({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): Permission[] {
  const names = resourceNames.length === 0 ? [undefined] : resourceNames
  return verbs.flatMap((verb) => [
    ...nonResourceURLs.map((url) => ({ verb, url })),
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((name) => (name === undefined ? { verb, group, resource } : { verb, group, resource, name })),
      ),
    ),
  ])
}

function gives(rule: PolicyRule, { verb, url, group, resource, name }: Permission): boolean {
  const has = (values: readonly string[] | undefined, value: string): boolean =>
    (values ?? []).includes('*') || (values ?? []).includes(value)
  if (!has(rule.verbs, verb)) return false
  if (url !== undefined) {
    return (rule.nonResourceURLs ?? []).some(
      (one) => one === url || (one.endsWith('*') && url.startsWith(one.slice(0, -1))),
    )
  }
  const isNamed =
    (rule.resourceNames ?? []).length === 0 || (name !== undefined && (rule.resourceNames ?? []).includes(name))
  return has(rule.apiGroups, group ?? '') && has(rule.resources, resource ?? '') && isNamed
}
