/**
 * Structural schemas: a custom resource's JSON schema, compiled once into nodes that pruning, defaulting and validation
 * walk. Each node says what lies below it, so that a walk goes only where there is something to do. The nodes are
 * immutable and hold nothing of any object; whether a schema is structural is judged elsewhere
 * (src/apis/apiextensions/validation), here it is taken as it is.
 * Upstream: k8s.io/apiextensions-apiserver pkg/apiserver/schema/{structural,convert}.go.
 */
import { cloneJson } from '../patch/json-value.ts'
import { additionalPropertiesOf, itemsOf, type JsonSchema, type ValidationRule } from './json-schema.ts'
import { compileValues, type ValueRules } from './values/value-rules.ts'

export interface StructuralSchema {
  /** What it was compiled from. */
  readonly source: JsonSchema
  /** `object`, `array`, …; '' where any type will do, and for int-or-string. */
  readonly type: string
  readonly isNullable: boolean
  /** undefined: none; a default of null does not exist. Never handed out uncopied. */
  readonly default: unknown
  readonly properties: ReadonlyMap<string, StructuralSchema>
  /** Whether keys that are not among the properties are allowed; undefined when the schema says nothing about it. */
  readonly allowsAdditional: boolean | undefined
  readonly additionalProperties: StructuralSchema | undefined
  readonly items: StructuralSchema | undefined
  readonly preservesUnknown: boolean
  readonly isEmbeddedResource: boolean
  readonly isIntOrString: boolean
  /** `atomic`, `set`, `map`; '' when not said. */
  readonly listType: string
  readonly listMapKeys: readonly string[]
  /** `atomic`, `granular`; '' when not said. */
  readonly mapType: string
  readonly values: ValueRules
  /** x-kubernetes-validations, judged by the rules' own module. */
  readonly rules: readonly ValidationRule[]
  readonly reach: Reach
}

/** What is at or below a node. A node below which there is nothing of the sort is not walked. */
export interface Reach {
  readonly defaults: boolean
  readonly embeddedResources: boolean
  readonly uniqueLists: boolean
  readonly rules: boolean
}

/**
 * How types and formats are taken: as values are judged by them (int-or-string is two types, a format that is not known
 * is none), or as they are written, by which upstream judges defaults.
 */
export type Reading = 'judged' | 'written'

export function compileStructural(source: JsonSchema, reading: Reading = 'judged'): StructuralSchema {
  const compile = (part: JsonSchema): StructuralSchema => compileStructural(part, reading)
  const items = itemsOf(source)
  const additional = additionalPropertiesOf(source)
  const properties = new Map(
    Object.entries(source.properties ?? {}).map(([name, property]) => [name, compile(property)]),
  )
  const node = {
    source,
    type: source.type ?? '',
    isNullable: source.nullable === true,
    default: source.default ?? undefined,
    properties,
    allowsAdditional: allowsAdditional(source.additionalProperties),
    additionalProperties: additional === undefined ? undefined : compile(additional),
    items: items === undefined ? undefined : compile(items),
    preservesUnknown: source['x-kubernetes-preserve-unknown-fields'] === true,
    isEmbeddedResource: source['x-kubernetes-embedded-resource'] === true,
    isIntOrString: source['x-kubernetes-int-or-string'] === true,
    listType: source['x-kubernetes-list-type'] ?? '',
    listMapKeys: source['x-kubernetes-list-map-keys'] ?? [],
    mapType: source['x-kubernetes-map-type'] ?? '',
    values: compileValues(source, compile, reading),
    rules: source['x-kubernetes-validations'] ?? [],
  }
  return { ...node, reach: reachOf(node) }
}

function allowsAdditional(said: unknown): boolean | undefined {
  if (said === undefined || said === null) return undefined
  return said !== false
}

function reachOf(node: Omit<StructuralSchema, 'reach'>): Reach {
  const below = childrenOf(node).map(({ reach }) => reach)
  return {
    defaults: node.default !== undefined || below.some(({ defaults }) => defaults),
    embeddedResources: node.isEmbeddedResource || below.some(({ embeddedResources }) => embeddedResources),
    uniqueLists:
      node.listType === 'set' || node.listType === 'map' || below.some(({ uniqueLists }) => uniqueLists),
    rules: node.rules.length > 0 || below.some(({ rules }) => rules),
  }
}

/** The nodes of the values that a value holds. */
function childrenOf(node: Omit<StructuralSchema, 'reach'>): StructuralSchema[] {
  const others = [node.additionalProperties, node.items].filter((child) => child !== undefined)
  return [...node.properties.values(), ...others]
}

/** The node of a field: by its name, or that of all others; undefined when the schema does not know it. */
export function schemaOfField(node: StructuralSchema, field: string): StructuralSchema | undefined {
  return node.properties.get(field) ?? node.additionalProperties
}

/** The root of a resource is treated as an embedded one: its type and metadata are not the schema's business. */
export function asResourceRoot(node: StructuralSchema): StructuralSchema {
  return node.isEmbeddedResource
    ? node
    : { ...node, isEmbeddedResource: true, reach: { ...node.reach, embeddedResources: true } }
}

/** The steps from a resource to a value: names of fields, and what stands for any item or any other field. */
export type Steps = readonly string[]
export const ANY_ITEM = '[]'
const ANY_FIELD = '*'

/** The same schema with the defaults that `next` gives for each node; undefined leaves one without. */
export function withDefaults(
  node: StructuralSchema,
  next: (node: StructuralSchema, steps: Steps) => unknown,
  steps: Steps = [],
): StructuralSchema {
  if (!node.reach.defaults) return node
  const { additionalProperties, items } = node
  const value = node.default === undefined ? undefined : next(node, steps)
  const properties = new Map(
    [...node.properties].map(([name, child]) => [name, withDefaults(child, next, [...steps, name])]),
  )
  const changed = {
    ...node,
    default: value ?? undefined,
    properties,
    additionalProperties: additionalProperties && withDefaults(additionalProperties, next, [...steps, ANY_FIELD]),
    items: items && withDefaults(items, next, [...steps, ANY_ITEM]),
  }
  return { ...changed, reach: reachOf(changed) }
}

/** A copy of a node's default for an object to keep. */
export function defaultOf(node: StructuralSchema): unknown {
  return typeof node.default === 'object' ? cloneJson(node.default) : node.default
}
