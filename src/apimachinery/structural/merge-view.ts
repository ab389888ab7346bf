/**
 * How custom resources merge in server-side apply, as their schema says: lists of types set and map item by item,
 * others as a whole; objects field by field, unless they are atomic; what has no type as the value says. Upstream:
 * kube-openapi pkg/schemaconv/openapi.go, on the document that k8s.io/apiextensions-apiserver
 * pkg/controller/openapi/builder makes.
 */
import { isNumeric } from '../../lib/exact-json.ts'
import {
  DEDUCED, UNTYPED_ATOMIC, type AnyMerge, type ListMerge, type MapMerge, type MergeField, type MergeNode,
  type ScalarMerge,
} from '../apply/merge-schema.ts'
import type { StructuralSchema } from './structural-schema.ts'

const TEXT: ScalarMerge = { kind: 'scalar', scalar: 'string' }
const NUMERIC: ScalarMerge = { kind: 'scalar', scalar: 'numeric' }
const BOOLEAN: ScalarMerge = { kind: 'scalar', scalar: 'boolean' }
const UNTYPED: ScalarMerge = { kind: 'scalar', scalar: 'untyped' }

/** Of a whole resource; `metadata` is how metadata merges. */
export function mergeSchemaOf(schema: StructuralSchema, metadata: MergeNode, keepsUnknown = false): MapMerge {
  return new ObjectMerge(schema, { metadata, keepsUnknown }, true)
}

interface Around {
  readonly metadata: MergeNode
  /** Whether unknown fields are kept here: what is around says so, or the schema itself. */
  readonly keepsUnknown: boolean
}

function nodeOf(schema: StructuralSchema, around: Around): MergeNode {
  const inside = { ...around, keepsUnknown: around.keepsUnknown || schema.preservesUnknown }
  if (schema.isIntOrString) return anything(schema, inside)
  switch (schema.type) {
    case 'object':
      return new ObjectMerge(schema, inside, schema.isEmbeddedResource)
    case 'array':
      return listOf(schema, inside)
    case 'integer':
    case 'number':
      return NUMERIC
    case 'boolean':
      return BOOLEAN
    case 'string':
      return ['', 'byte'].includes(schema.source.format ?? '') ? TEXT : UNTYPED
    default:
      return anything(schema, inside)
  }
}

function anything(schema: StructuralSchema, around: Around): AnyMerge {
  const map = new ObjectMerge(schema, around, schema.isEmbeddedResource)
  return { kind: 'any', scalar: UNTYPED, list: listOf(schema, around), map }
}

function listOf(schema: StructuralSchema, around: Around): ListMerge {
  const { items, listType, listMapKeys } = schema
  const relation = listType === 'set' || listType === 'map' ? listType : 'atomic'
  return {
    kind: 'list',
    relation,
    keys: relation === 'map' ? listMapKeys : [],
    item: items === undefined ? UNTYPED_ATOMIC : nodeOf(items, around),
  }
}

/** Fields are made when they are needed: of most schemas few ever are. */
class ObjectMerge implements MapMerge {
  readonly kind = 'map'
  readonly isAtomic: boolean
  readonly value: MergeNode | undefined
  readonly #schema: StructuralSchema
  readonly #around: Around
  readonly #isResource: boolean
  #fields: ReadonlyMap<string, MergeField> | undefined

  constructor(schema: StructuralSchema, around: Around, isResource: boolean) {
    this.#schema = schema
    this.#around = { ...around, keepsUnknown: around.keepsUnknown || schema.preservesUnknown }
    this.#isResource = isResource
    this.isAtomic = schema.mapType === 'atomic'
    this.value = this.#valueNode()
  }

  get fields(): ReadonlyMap<string, MergeField> {
    this.#fields ??= new Map([...this.#schema.properties].map(([name, property]) => [name, this.#field(property)]))
    if (this.#isResource && this.#fields.get('metadata')?.node !== this.#around.metadata) {
      const typing: [string, MergeField][] = [['apiVersion', { node: TEXT }], ['kind', { node: TEXT }]]
      this.#fields = new Map([...this.#fields, ...typing, ['metadata', { node: this.#around.metadata }]])
    }
    return this.#fields
  }

  #field(property: StructuralSchema): MergeField {
    const node = nodeOf(property, this.#around)
    const { default: value } = property
    const isScalar = typeof value === 'string' || isNumeric(value) || typeof value === 'boolean'
    return isScalar ? { node, keyDefault: value } : { node }
  }

  #valueNode(): MergeNode | undefined {
    const { properties, additionalProperties, allowsAdditional } = this.#schema
    if (additionalProperties !== undefined) return nodeOf(additionalProperties, this.#around)
    if (allowsAdditional !== undefined) return allowsAdditional ? DEDUCED : undefined
    const hasFields = properties.size > 0 || this.#isResource
    return this.#around.keepsUnknown || !hasFields ? DEDUCED : undefined
  }
}
