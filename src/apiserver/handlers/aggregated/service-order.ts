/**
 * In which order groups and versions are told: that of their APIServices, our own among them (k8s.io/kube-aggregator
 * pkg/apis/apiregistration/v1/helper, SortedByGroupAndVersion). Pure.
 */
import { ascending } from '../../../lib/order.ts'
import { compareVersions } from '../../../apimachinery/meta.ts'
import type { V1APIService } from '../../../apis/generated/types.ts'

export interface ServiceOrder {
  compareGroups(one: string, other: string): number
  compareVersions(group: string, one: string, other: string): number
}

/** The one group that is there whatever the others say. */
const FIRST = 'apiregistration.k8s.io'

export function serviceOrder(services: Iterable<V1APIService>): ServiceOrder {
  const known = [...services].map(({ metadata: { name = '' }, spec }) => ({
    name,
    group: spec?.group ?? '',
    version: spec?.version ?? '',
    ofGroup: spec?.groupPriorityMinimum ?? 0,
    ofVersion: spec?.versionPriority ?? 0,
  }))
  const sorted = known.toSorted((a, b) => b.ofGroup - a.ofGroup || ascending(a.name, b.name))
  const groups = [...new Set(sorted.map(({ group }) => group))]
  const ranks = new Map(groups.map((group, rank) => [group, rank]))
  // Ours whose APIServices are still to be made stand where they would, before those of others.
  const rankOf = (group: string): number => (group === FIRST ? -2 : (ranks.get(group) ?? -1))
  const priorities = new Map(known.map(({ group, version, ofVersion }) => [`${group}/${version}`, ofVersion]))
  return {
    compareGroups: (one, other) => rankOf(one) - rankOf(other),
    compareVersions(group, one, other) {
      const [first = 0, second = 0] = [one, other].map((version) => priorities.get(`${group}/${version}`))
      return second - first || compareVersions(one, other)
    },
  }
}
