/**
 * Discovery with the groups of other servers in it (k8s.io/kube-aggregator pkg/apiserver/{handler_apis,
 * handler_discovery}.go). Pure: documents and what the servers said go in, documents come out. Groups come in the order
 * of their priorities behind those that are always served; versions within a group as their priorities say.
 */
import { ascending } from '../../../lib/order.ts'
import type { RemoteApi } from './remote-api.ts'

interface Version {
  readonly groupVersion: string
  readonly version: string
}

export interface Group {
  readonly name: string
  readonly versions: readonly Version[]
  readonly preferredVersion: Version | undefined
}

/** apidiscovery.k8s.io/v2 APIVersionDiscovery. */
export interface VersionDiscovery {
  readonly version: string
  readonly resources?: readonly object[]
  readonly freshness: 'Current' | 'Stale'
}

interface GroupDiscovery {
  readonly metadata: { readonly name?: string }
  readonly versions: readonly VersionDiscovery[]
}

/** The groups of other servers, each with its versions in order. */
function remoteGroups(apis: Iterable<RemoteApi>): (readonly [group: string, apis: readonly RemoteApi[]])[] {
  const groups = [...Map.groupBy(apis, ({ group }) => group)].filter(([group]) => group !== '')
  const priority = (list: readonly RemoteApi[]): number => Math.max(...list.map(({ groupPriority }) => groupPriority))
  return groups
    .map(([group, list]) => [group, list.toSorted((a, b) => b.versionPriority - a.versionPriority)] as const)
    .toSorted(([one, ones], [other, others]) => priority(others) - priority(ones) || ascending(one, other))
}

/** metav1.APIGroup of a group that other servers serve, alone or beside us. */
export function mergedGroup(local: Group | undefined, name: string, apis: Iterable<RemoteApi>): Group | undefined {
  const [, own = []] = remoteGroups(apis).find(([group]) => group === name) ?? []
  if (own.length === 0) return local
  const remote = own.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }))
  const names = new Set(remote.map(({ version }) => version))
  const versions = [...(local?.versions ?? []).filter(({ version }) => !names.has(version)), ...remote]
  return { name, versions, preferredVersion: local?.preferredVersion ?? versions[0] }
}

/** metav1.APIGroupList. */
export function mergedGroupList<List extends { readonly groups: readonly Group[] }>(
  list: List,
  apis: Iterable<RemoteApi>,
): List {
  const all = [...apis]
  const names = new Set(list.groups.map(({ name }) => name))
  const merged = list.groups.map((group) => mergedGroup(group, group.name, all) ?? group)
  const added = remoteGroups(all)
    .filter(([name]) => !names.has(name))
    .flatMap(([name]) => mergedGroup(undefined, name, all) ?? [])
  return { ...list, groups: [...merged, ...added] }
}

/** apidiscovery.k8s.io/v2 APIGroupDiscoveryList; `said` is by `group/version`. */
export function mergedDiscovery<List extends { readonly items: readonly GroupDiscovery[] }>(
  list: List,
  apis: Iterable<RemoteApi>,
  said: ReadonlyMap<string, VersionDiscovery>,
): List {
  const remote = new Map(
    remoteGroups(apis).map(([group, own]) => [
      group,
      own.map(({ version }) => said.get(`${group}/${version}`) ?? { version, freshness: 'Stale' as const }),
    ]),
  )
  const items = list.items.map((item) => {
    const added = remote.get(item.metadata.name ?? '')
    if (added === undefined) return item
    remote.delete(item.metadata.name ?? '')
    const names = new Set(added.map(({ version }) => version))
    return { ...item, versions: [...item.versions.filter(({ version }) => !names.has(version)), ...added] }
  })
  return { ...list, items: [...items, ...[...remote].map(([name, versions]) => ({ metadata: { name }, versions }))] }
}

interface LegacyResource {
  readonly name: string
  readonly singularName?: string
  readonly namespaced?: boolean
  readonly group?: string
  readonly version?: string
  readonly kind?: string
  readonly verbs?: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

/** What a server's metav1.APIResourceList says, as aggregated discovery says it. */
export function fromLegacy(version: string, resources: readonly LegacyResource[]): VersionDiscovery {
  const kindOf = (one: LegacyResource): object => ({
    group: one.group ?? '',
    version: one.version ?? '',
    kind: one.kind ?? '',
  })
  const isBelow = ({ name }: LegacyResource): boolean => name.includes('/')
  const converted = resources
    .filter((one) => !isBelow(one))
    .map((one) => {
      const { name, singularName = '', namespaced = false, verbs = [], shortNames = [], categories = [] } = one
      const below = resources.filter((other) => other.name.startsWith(`${name}/`))
      const subresources = below.map((other) => ({
        subresource: other.name.slice(name.length + 1),
        responseKind: kindOf(other),
        verbs: other.verbs ?? [],
      }))
      return {
        resource: name,
        responseKind: kindOf(one),
        scope: namespaced ? 'Namespaced' : 'Cluster',
        singularResource: singularName,
        verbs,
        ...(shortNames.length === 0 ? {} : { shortNames }),
        ...(categories.length === 0 ? {} : { categories }),
        ...(subresources.length === 0 ? {} : { subresources }),
      }
    })
  return { version, resources: converted, freshness: 'Current' }
}
