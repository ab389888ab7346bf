/**
 * Aggregated discovery, apidiscovery.k8s.io/v2 (KEP-3352): everything that the legacy documents say of all groups, in
 * one answer for /api and one for /apis (k8s.io/apiserver pkg/endpoints/discovery/aggregated).
 */
import { discoveredSubresources, discoveredVerbs, type ListedKind } from '../../apis/custom/listed-kind.ts'
import type { Subresource } from '../../apis/define-kind.ts'
import type { ServedGroup, ServedVersion } from './groups.ts'

/** apidiscovery.k8s.io/v2 APIGroupDiscoveryList. */
export function apiGroupDiscoveryList(groups: readonly ServedGroup[]): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map(versionOf),
    })),
  }
}

function versionOf({ version, kinds }: ServedVersion): object {
  return { version, resources: kinds.map(resourceOf), freshness: 'Current' }
}

/**
 * Group and version are empty where they are those of the resource (pkg/endpoints/installer.go), but for custom
 * resources, of which they are told always (apiextensions-apiserver, customresource_discovery_controller.go).
 */
function responseKind(parent: ListedKind, { group, version, kind }: KindName = parent): object {
  const isTold = parent.isCustom === true || group !== parent.group || version !== parent.version
  return isTold ? { group, version, kind } : { group: '', version: '', kind }
}

type KindName = Pick<ListedKind, 'group' | 'version' | 'kind'>

function resourceOf(kind: ListedKind): object {
  const subresources = discoveredSubresources(kind).map((subresource) => subresourceOf(kind, subresource))
  return {
    resource: kind.resource,
    responseKind: responseKind(kind),
    scope: kind.scope,
    singularResource: kind.singular,
    verbs: discoveredVerbs(kind),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}

function subresourceOf(parent: ListedKind, { name, verbs, bodyKind = parent }: Subresource): object {
  return { subresource: name, responseKind: responseKind(parent, bodyKind), verbs: verbs.toSorted() }
}
