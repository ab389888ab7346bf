/**
 * Discovery with the groups of other servers in it (k8s.io/kube-aggregator pkg/apiserver/{handler_apis,
 * handler_discovery}.go). Pure: documents and what the servers said go in, documents come out.
 */
import type { RemoteApi } from './remote-api.ts'
import type { ServiceOrder } from './service-order.ts'

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

/** The groups of other servers. */
function remoteGroups(apis: Iterable<RemoteApi>): Map<string, readonly RemoteApi[]> {
  const groups = Map.groupBy(apis, ({ group }) => group)
  groups.delete('')
  return groups
}

/** metav1.APIGroup of a group that other servers serve, alone or beside us. */
export function mergedGroup(
  local: Group | undefined,
  name: string,
  apis: Iterable<RemoteApi>,
  order: ServiceOrder,
): Group | undefined {
  const own = remoteGroups(apis).get(name) ?? []
  if (own.length === 0) return local
  const remote = own.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }))
  const names = new Set(remote.map(({ version }) => version))
  const versions = [...(local?.versions ?? []).filter(({ version }) => !names.has(version)), ...remote].toSorted(
    (one, other) => order.compareVersions(name, one.version, other.version),
  )
  return { name, versions, preferredVersion: versions[0] }
}

/** metav1.APIGroupList. */
export function mergedGroupList<List extends { readonly groups: readonly Group[] }>(
  list: List,
  apis: Iterable<RemoteApi>,
  order: ServiceOrder,
): List {
  const all = [...apis]
  const locals = new Map(list.groups.map((group) => [group.name, group]))
  const names = new Set([...locals.keys(), ...remoteGroups(all).keys()])
  const groups = [...names].flatMap((name) => mergedGroup(locals.get(name), name, all, order) ?? [])
  return { ...list, groups: groups.toSorted((one, other) => order.compareGroups(one.name, other.name)) }
}

/** apidiscovery.k8s.io/v2 APIGroupDiscoveryList; `said` is by `group/version`. */
export function mergedDiscovery<List extends { readonly items: readonly GroupDiscovery[] }>(
  list: List,
  apis: Iterable<RemoteApi>,
  said: ReadonlyMap<string, VersionDiscovery>,
  order: ServiceOrder,
): List {
  const remote = remoteGroups(apis)
  const locals = new Map(list.items.map((item) => [item.metadata.name ?? '', item]))
  const items = [...new Set([...locals.keys(), ...remote.keys()])].map((name): GroupDiscovery => {
    const item = locals.get(name) ?? { metadata: { name }, versions: [] }
    const added = (remote.get(name) ?? []).map(
      ({ version }) => said.get(`${name}/${version}`) ?? { version, freshness: 'Stale' as const },
    )
    if (added.length === 0) return item
    const names = new Set(added.map(({ version }) => version))
    const versions = [...item.versions.filter(({ version }) => !names.has(version)), ...added]
    return { ...item, versions: versions.toSorted((a, b) => order.compareVersions(name, a.version, b.version)) }
  })
  const nameOf = ({ metadata }: GroupDiscovery): string => metadata.name ?? ''
  return { ...list, items: items.toSorted((one, other) => order.compareGroups(nameOf(one), nameOf(other))) }
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

/**
 * What a server's metav1.APIResourceList says, as aggregated discovery says it (k8s.io/apiserver
 * pkg/endpoints/installer.go, ConvertGroupVersionIntoToDiscovery): below what is nowhere said stands below something
 * of which nothing else is known.
 */
export function fromLegacy(version: string, resources: readonly LegacyResource[]): VersionDiscovery {
  const parentOf = ({ name }: LegacyResource): string => name.slice(0, name.indexOf('/'))
  const [below, top] = [true, false].map((isBelow) => resources.filter(({ name }) => name.includes('/') === isBelow))
  const children = Map.groupBy(below ?? [], parentOf)
  const known = new Set((top ?? []).map(({ name }) => name))
  const orphaned = [...children].filter(([name]) => !known.has(name))
  const parents = [
    ...(top ?? []),
    ...orphaned.map(([name, own]): LegacyResource => ({ name, namespaced: own[0]?.namespaced ?? false })),
  ]
  const isTorn = parents.some(({ name, namespaced = false }) =>
    children.get(name)?.some((child) => (child.namespaced ?? false) !== namespaced),
  )
  if (isTorn) return { version, freshness: 'Stale' }
  const converted = parents.map((one) => discoveryOf(one, children.get(one.name) ?? []))
  return { version, ...(converted.length === 0 ? {} : { resources: converted }), freshness: 'Current' }
}

function discoveryOf(one: LegacyResource, below: readonly LegacyResource[]): object {
  const { name, singularName = '', namespaced = false, verbs = null, shortNames = [], categories = [] } = one
  const subresources = below.map((other) => ({
    subresource: other.name.slice(name.length + 1),
    responseKind: responseKindOf((other.kind ?? '') === '' ? { name } : other),
    verbs: other.verbs ?? null,
  }))
  return {
    resource: name,
    responseKind: responseKindOf(one),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singularName,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}

function responseKindOf({ group = '', version = '', kind = '' }: LegacyResource): object {
  return { group, version, kind }
}
