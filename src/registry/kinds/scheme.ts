/**
 * Which kinds there are: finds a definition by what a path or an object says. Built once from THE list of kinds; what
 * custom resources add later comes in through the same lookups. Knows nothing of stores or requests.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import type { GroupVersion } from '../../apimachinery/meta.ts'

export interface Scheme {
  readonly definitions: readonly KindDefinition[]
  byResource(group: string, version: string, resource: string): KindDefinition | undefined
  byKind(group: string, version: string, kind: string): KindDefinition | undefined
  /** The definition under whose version objects of a store resource (`deployments.apps`) are stored. */
  byStoreResource(resource: string): KindDefinition | undefined
  /** How objects of `definition` are stored: its own definition, or that of its storage version. */
  storedDefinition(definition: KindDefinition): KindDefinition
  hasGroupVersion(groupVersion: GroupVersion): boolean
}

export function createScheme(definitions: readonly KindDefinition[]): Scheme {
  const byResource = new Map<string, KindDefinition>()
  const byKind = new Map<string, KindDefinition>()
  const byStoreResource = new Map<string, KindDefinition>()
  const groupVersions = new Set<string>()
  for (const definition of definitions) {
    const { group, version, kind, resource } = definition
    byResource.set(`${group}/${version}/${resource}`, definition)
    byKind.set(`${group}/${version}/${kind}`, definition)
    groupVersions.add(`${group}/${version}`)
    if (definition.storedAs === undefined) byStoreResource.set(storeResource(definition), definition)
  }
  return {
    definitions,
    byResource: (group, version, resource) => byResource.get(`${group}/${version}/${resource}`),
    byKind: (group, version, kind) => byKind.get(`${group}/${version}/${kind}`),
    byStoreResource: (resource) => byStoreResource.get(resource),
    storedDefinition(definition) {
      if (definition.storedAs === undefined) return definition
      return byStoreResource.get(storeResource(definition.storedAs.definition)) ?? definition
    },
    hasGroupVersion: ({ group, version }) => groupVersions.has(`${group}/${version}`),
  }
}
