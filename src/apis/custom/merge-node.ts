/**
 * How custom resources merge in server-side apply: their definition's schema as the field manager sees it
 * (k8s.io/kube-openapi pkg/schemaconv). Made node by node when it is looked at; a version without a schema merges as
 * plain JSON.
 */
import type { ListMerge, MapMerge, MergeField, MergeNode } from '../../apimachinery/apply/merge-schema.ts'
import { DEDUCED } from '../../apimachinery/apply/merge-schema.ts'
import type { V1JSONSchemaProps } from '../generated/types.ts'
import { mergeNodeOf } from '../merge-schema.ts'

const STRING: MergeNode = { kind: 'scalar', scalar: 'string' }
const UNTYPED: MergeNode = { kind: 'scalar', scalar: 'untyped' }
const SCALARS: Readonly<Record<string, MergeNode>> = {
  boolean: { kind: 'scalar', scalar: 'boolean' },
  integer: { kind: 'scalar', scalar: 'numeric' },
  number: { kind: 'scalar', scalar: 'numeric' },
  string: STRING,
}

/** The node of a whole resource. */
export function customMergeNode(schema: V1JSONSchemaProps | undefined): MergeNode {
  return schema === undefined ? DEDUCED : new SchemaMap(schema, true)
}

function nodeOf(schema: V1JSONSchemaProps): MergeNode {
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true
  if (schema['x-kubernetes-int-or-string'] === true) return UNTYPED
  switch (schema.type ?? '') {
    case 'array':
      return listNode(schema)
    case 'object':
      return new SchemaMap(schema, schema['x-kubernetes-embedded-resource'] === true)
    case '':
      return isOpen && schema.properties !== undefined ? new SchemaMap(schema, false) : DEDUCED
    default:
      return SCALARS[schema.type ?? ''] ?? UNTYPED
  }
}

function listNode(schema: V1JSONSchemaProps): ListMerge {
  const type = schema['x-kubernetes-list-type']
  return {
    kind: 'list',
    relation: type === 'set' || type === 'map' ? type : 'atomic',
    keys: schema['x-kubernetes-list-map-keys'] ?? [],
    item: isSchema(schema.items) ? nodeOf(schema.items) : DEDUCED,
  }
}

/** Fields are converted when they are needed: most writes look at few. */
class SchemaMap implements MapMerge {
  readonly kind = 'map'
  readonly isAtomic: boolean
  readonly #schema: V1JSONSchemaProps
  readonly #isResource: boolean
  #fields: ReadonlyMap<string, MergeField> | undefined
  #value: { readonly node: MergeNode | undefined } | undefined

  constructor(schema: V1JSONSchemaProps, isResource: boolean) {
    this.#schema = schema
    this.#isResource = isResource
    this.isAtomic = schema['x-kubernetes-map-type'] === 'atomic'
  }

  get fields(): ReadonlyMap<string, MergeField> {
    this.#fields ??= new Map([
      ...Object.entries(this.#schema.properties ?? {}).map(([name, own]) => [name, fieldOf(own)] as const),
      ...(this.#isResource ? Object.entries(metaFields()) : []),
    ])
    return this.#fields
  }

  get value(): MergeNode | undefined {
    this.#value ??= { node: valueOf(this.#schema) }
    return this.#value.node
  }
}

function metaFields(): Readonly<Record<string, MergeField>> {
  return { apiVersion: { node: STRING }, kind: { node: STRING }, metadata: { node: mergeNodeOf('V1ObjectMeta') } }
}

function fieldOf(schema: V1JSONSchemaProps): MergeField {
  const { default: keyDefault } = schema
  const node = nodeOf(schema)
  return typeof keyDefault === 'string' || typeof keyDefault === 'number' || typeof keyDefault === 'boolean'
    ? { node, keyDefault }
    : { node }
}

function valueOf({ additionalProperties, ...schema }: V1JSONSchemaProps): MergeNode | undefined {
  if (isSchema(additionalProperties)) return nodeOf(additionalProperties)
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true
  return isOpen ? DEDUCED : undefined
}

function isSchema(value: unknown): value is V1JSONSchemaProps {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
