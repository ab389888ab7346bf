/** What a CustomResourceDefinition says of itself: its group, its names, and how far it has come. Pure. */
import type { V1CustomResourceDefinition, V1CustomResourceDefinitionNames } from '../generated/types.ts'

export const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'

/** Beside each custom resource: the generation of the definition that it was written under. Not a field selector. */
export const WRITTEN_UNDER_FIELD = 'metadata.definitionGeneration'

/** `widgets.example.com` → `example.com`: a definition's name is its resource and its group. */
export function groupOfDefinition(name: string): string {
  return name.slice(name.indexOf('.') + 1)
}

export function isConditionTrue(definition: V1CustomResourceDefinition, type: string): boolean {
  return definition.status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false
}

/** Upstream serves what is established, and what is about to be. */
export function areNamesServed(definition: V1CustomResourceDefinition): boolean {
  return isConditionTrue(definition, 'NamesAccepted') || isConditionTrue(definition, 'Established')
}

/** No instance is made any more. */
export function isTerminating(definition: V1CustomResourceDefinition): boolean {
  return definition.metadata.deletionTimestamp !== undefined || isConditionTrue(definition, 'Terminating')
}

/** The names that hold: those accepted, as far as there are any. */
export function namesOf({ spec, status }: V1CustomResourceDefinition): Required<V1CustomResourceDefinitionNames> {
  const { plural, kind, singular = '', listKind = '', shortNames = [], categories = [] } =
    (status?.acceptedNames?.kind ?? '') === '' ? spec.names : (status?.acceptedNames ?? spec.names)
  return {
    plural,
    kind,
    singular: singular === '' ? kind.toLowerCase() : singular,
    listKind: listKind === '' ? `${kind}List` : listKind,
    shortNames,
    categories,
  }
}
