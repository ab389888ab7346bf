/**
 * What a ClusterRole with an aggregationRule comes to (pkg/controller/clusterroleaggregation). Pure; who stores it is
 * elsewhere.
 */
import { ascending } from '../../lib/order.ts'
import { selectorFromSpec } from '../../apimachinery/selectors.ts'
import type { ClusterRole, PolicyRule } from './rbac-kinds.ts'
import { rulesOf } from './rbac-kinds.ts'

/** The rules of all other roles that the selectors match, in order of selectors and names, each once. */
export function aggregateRules(role: ClusterRole, roles: Iterable<ClusterRole>): PolicyRule[] {
  const byName = [...roles].sort((left, right) => ascending(left.metadata.name ?? '', right.metadata.name ?? ''))
  const found = new Map<string, PolicyRule>()
  for (const spec of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = selectorFromSpec(spec)
    for (const other of byName) {
      if (other.metadata.name === role.metadata.name || !selector.matches(other.metadata.labels ?? {})) continue
      for (const rule of rulesOf(other)) {
        const key = ruleKey(rule)
        if (!found.has(key)) found.set(key, rule)
      }
    }
  }
  return [...found.values()]
}

/** Equal texts for rules that upstream's semantic comparison calls equal: absent and empty lists are the same. */
function ruleKey(
  { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }: PolicyRule,
): string {
  return JSON.stringify([apiGroups, resources, resourceNames, nonResourceURLs, verbs])
}
