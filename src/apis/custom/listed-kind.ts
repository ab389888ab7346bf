/**
 * What discovery tells of a kind, and what a definition contributes to it: kept beside each stored definition, so that
 * the list of all kinds is read without a single schema.
 */
import { ascending } from '../../lib/order.ts'
import type { KindDefinition } from '../define-kind.ts'
import type { V1CustomResourceDefinition } from '../generated/types.ts'
import { isConditionTrue, isTerminating, namesOf } from './definition-state.ts'
import { subresourcesOf, verbsOf } from './custom-kind.ts'

export interface ListedKind extends Pick<
  KindDefinition,
  | 'group'
  | 'version'
  | 'kind'
  | 'resource'
  | 'scope'
  | 'singular'
  | 'listKind'
  | 'shortNames'
  | 'categories'
  | 'verbs'
  | 'subresources'
  | 'isVirtual'
> {
  /** Made by a definition. */
  readonly isCustom?: boolean
  /** What its objects are stored as, where that is another version. */
  readonly storedAs?: { readonly definition: Pick<KindDefinition, 'group' | 'version' | 'kind'> }
}

/** Discovery tells of built-in kinds in the order of names, of custom ones in the order that they are listed in. */
export function discoveredVerbs({ isCustom = false, verbs }: ListedKind): readonly string[] {
  return isCustom ? verbs : verbs.toSorted()
}

export function discoveredSubresources({ isCustom = false, subresources }: ListedKind): ListedKind['subresources'] {
  return isCustom ? subresources : subresources.toSorted((one, other) => ascending(one.name, other.name))
}

/** What an OpenAPI document tells of it. */
export interface DocumentedKind extends ListedKind {
  /** The name of its type: a model of the generated structure, or a definition's own, `com.example.v1.Widget`. */
  readonly type: string
  /** The definition that it comes from, and the state of it: of built-in kinds there is none. */
  readonly definition?: { readonly name: string; readonly revision: number }
}

/** Without what all versions of a definition share. */
export interface DefinitionSummary {
  readonly uid: string
  readonly group: string
  readonly scope: ListedKind['scope']
  readonly names: Pick<ListedKind, 'kind' | 'resource' | 'singular' | 'listKind' | 'shortNames' | 'categories'>
  readonly versions: readonly Pick<ListedKind, 'version' | 'verbs' | 'subresources'>[]
  readonly storageVersion: string
  /** Names that nobody else of the group may have. */
  readonly accepted: { readonly resources: readonly string[]; readonly kinds: readonly string[] }
  readonly hasConflict: boolean
}

export function summaryOf(definition: V1CustomResourceDefinition): DefinitionSummary {
  const { metadata, spec, status } = definition
  const { plural: resource, kind, singular, listKind, shortNames, categories } = namesOf(definition)
  const accepted = status?.acceptedNames
  const isEstablished = isConditionTrue(definition, 'Established')
  const verbs = verbsOf(isTerminating(definition))
  const served = isEstablished ? spec.versions.filter((version) => version.served) : []
  return {
    uid: metadata.uid ?? '',
    group: spec.group,
    scope: spec.scope === 'Cluster' ? 'Cluster' : 'Namespaced',
    names: { kind, resource, singular, listKind, shortNames, categories },
    versions: served.map((version) => ({ version: version.name, verbs, subresources: subresourcesOf(version) })),
    storageVersion: spec.versions.find((version) => version.storage)?.name ?? '',
    accepted: {
      resources: [accepted?.plural, accepted?.singular, ...(accepted?.shortNames ?? [])].filter(isName),
      kinds: [accepted?.kind, accepted?.listKind].filter(isName),
    },
    hasConflict: status?.conditions?.some((one) => one.type === 'NamesAccepted' && one.status === 'False') ?? false,
  }
}

/** The name of a custom resource's type in OpenAPI. */
export function modelOf({ group, version, kind }: Pick<ListedKind, 'group' | 'version' | 'kind'>): string {
  return `${group.split('.').toReversed().join('.')}.${version}.${kind}`
}

export function listedKinds({ group, scope, names, versions, storageVersion }: DefinitionSummary): ListedKind[] {
  const storedAs = { definition: { group, version: storageVersion, kind: names.kind } }
  return versions.map((version) => ({ group, scope, ...names, ...version, storedAs, isCustom: true }))
}

function isName(name: string | undefined): name is string {
  return name !== undefined && name !== ''
}
