/**
 * Discovery as it was before aggregation: one document for the roots, one for each group, one for each version, which
 * controller-runtime and older clients still read (k8s.io/apiserver pkg/endpoints/discovery). Names come out in the
 * order of Go's structs, the core group's documents without apiVersion, as upstream has them.
 */
import { ascending } from '../../lib/order.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { discoveredSubresources, discoveredVerbs, type ListedKind } from '../../apis/custom/listed-kind.ts'
import type { Subresource } from '../../apis/define-kind.ts'
import type { ServedGroup, ServedVersion } from './groups.ts'
import { storageVersionHash } from './storage-version-hash.ts'

/** metav1.APIVersions: the answer at /api. */
export function apiVersions(versions: readonly string[], serverAddress: string): object {
  return {
    kind: 'APIVersions',
    versions,
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  }
}

function groupFields({ group, versions }: ServedGroup): object {
  const served = versions.map(({ version }) => ({ groupVersion: formatGroupVersion({ group, version }), version }))
  return { name: group, versions: served, preferredVersion: served[0] }
}

/** metav1.APIGroupList: the answer at /apis, without the core group. */
export function apiGroupList(groups: readonly ServedGroup[]): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter(({ group }) => group !== '').map(groupFields) }
}

/** metav1.APIGroup: the answer at /apis/GROUP. */
export function apiGroup(group: ServedGroup): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupFields(group) }
}

/** metav1.APIResourceList: the answer at /api/v1 and /apis/GROUP/VERSION. */
export function apiResourceList(group: string, { version, kinds }: ServedVersion): object {
  const resources = kinds
    .toSorted((left, right) => ascending(left.resource, right.resource))
    .flatMap((kind) => [
      resourceOf(kind),
      ...discoveredSubresources(kind).map((subresource) => subresourceOf(kind, subresource)),
    ])
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: formatGroupVersion({ group, version }),
    resources,
  }
}

/** metav1.APIResource. */
interface ApiResource {
  readonly name: string
  readonly singularName: string
  readonly namespaced: boolean
  readonly group?: string
  readonly version?: string
  readonly kind: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly storageVersionHash?: string
}

function resourceOf(kind: ListedKind): ApiResource {
  return {
    name: kind.resource,
    singularName: kind.singular,
    namespaced: kind.scope === 'Namespaced',
    kind: kind.kind,
    verbs: discoveredVerbs(kind),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(kind.isVirtual === true ? {} : { storageVersionHash: storageVersionHash(kind) }),
  }
}

/** Group and version are told only where they are not those of the resource: `policy` and `v1` for pods/eviction. */
function subresourceOf(parent: ListedKind, { name, verbs, bodyKind = parent }: Subresource): ApiResource {
  const isForeign = bodyKind.group !== parent.group || bodyKind.version !== parent.version
  return {
    name: `${parent.resource}/${name}`,
    singularName: '',
    namespaced: parent.scope === 'Namespaced',
    ...(isForeign ? { group: bodyKind.group, version: bodyKind.version } : {}),
    kind: bodyKind.kind,
    verbs: verbs.toSorted(),
  }
}
