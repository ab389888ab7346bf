/**
 * Keeps the rules of aggregated ClusterRoles equal to those of the roles they select
 * (kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go).
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import type { V1ClusterRole, V1PolicyRule } from '../../apis/generated/types.ts'
import { clusterRole } from '../../apis/rbac/cluster-role/cluster-role.ts'
import { aggregateRules } from '../../auth/rbac/aggregation.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import type { Change } from '../../store/object-store.ts'
import type { Lister } from '../../reconcile/lister.ts'
import { selects } from '../pods/selection.ts'

export const clusterRoleAggregationController: Controller = defineController({
  name: 'cluster-role-aggregation',
  scope: 'cluster',
  for: clusterRole,
  watches: [{ kind: clusterRole, keysOf: (change, { lister }) => aggregatorsOf(change, lister) }],
  resyncSeconds: 600,
  async reconcile({ lister, client }, key) {
    const role = lister.get(clusterRole, key)
    if (role?.aggregationRule === undefined) return done
    const rules = aggregateRules(role, lister.list(clusterRole)).map(ownRule)
    if (!equalJson(role.rules ?? [], rules)) await client.update(clusterRole, { ...role, rules })
    return done
  },
})

/** The roles that select a changed role, or selected it before. */
function aggregatorsOf({ selectable, previousSelectable }: Change, lister: Lister): string[] {
  const states = [selectable.labels, previousSelectable?.labels ?? selectable.labels]
  return lister
    .list(clusterRole)
    .filter(({ aggregationRule }: V1ClusterRole) =>
      (aggregationRule?.clusterRoleSelectors ?? []).some((selector) =>
        states.some((labels) => selects(selector, labels)),
      ),
    )
    .map(({ metadata }) => metadata.name ?? '')
}

/** A rule that may be changed, of one that may not. */
function ownRule({
  verbs,
  apiGroups,
  resources,
  resourceNames,
  nonResourceURLs,
}: ReturnType<typeof aggregateRules>[number]): V1PolicyRule {
  return {
    ...(apiGroups === undefined ? {} : { apiGroups: [...apiGroups] }),
    ...(resources === undefined ? {} : { resources: [...resources] }),
    ...(resourceNames === undefined ? {} : { resourceNames: [...resourceNames] }),
    ...(nonResourceURLs === undefined ? {} : { nonResourceURLs: [...nonResourceURLs] }),
    verbs: [...verbs],
  }
}
