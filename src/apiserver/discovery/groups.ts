/**
 * The groups and versions that are served, in the order that clients see them in and resolve short names by: the
 * priorities of kubernetes/kubernetes pkg/controlplane/apiserver/aggregator.go, later groups after them by name, newer
 * versions of a group first.
 */
import { ascending } from '../../lib/order.ts'
import { compareVersions } from '../../apimachinery/meta.ts'
import type { ListedKind } from '../../apis/custom/listed-kind.ts'

export interface ServedVersion {
  readonly version: string
  readonly kinds: readonly ListedKind[]
}

export interface ServedGroup {
  /** Empty for the core group. */
  readonly group: string
  /** The preferred version first. */
  readonly versions: readonly ServedVersion[]
}

const GROUP_ORDER: readonly string[] = [
  '', 'apiregistration.k8s.io', 'apps', 'events.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling',
  'batch', 'certificates.k8s.io', 'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'storage.k8s.io',
  'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'scheduling.k8s.io', 'coordination.k8s.io', 'node.k8s.io',
  'discovery.k8s.io', 'resource.k8s.io', 'flowcontrol.apiserver.k8s.io',
]

function rankOf(group: string): number {
  const place = GROUP_ORDER.indexOf(group)
  return place < 0 ? GROUP_ORDER.length : place
}

export function servedGroups(kinds: readonly ListedKind[]): ServedGroup[] {
  const groups = Map.groupBy(kinds, ({ group }) => group)
  return [...groups]
    .toSorted(([left], [right]) => rankOf(left) - rankOf(right) || ascending(left, right))
    .map(([group, members]) => ({
      group,
      versions: [...Map.groupBy(members, ({ version }) => version)]
        .toSorted(([left], [right]) => compareVersions(left, right))
        .map(([version, ofVersion]) => ({
          version,
          kinds: ofVersion.toSorted((left, right) => ascending(left.resource, right.resource)),
        })),
    }))
}
