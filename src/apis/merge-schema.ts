/**
 * How the built-in kinds merge in server-side apply: made of the generated structure and the committed merge facts,
 * type by type, when it is first asked for.
 */
import type { ListMerge, MapMerge, MergeField, MergeNode } from '../apimachinery/apply/merge-schema.ts'
import { DEDUCED, UNTYPED_ATOMIC } from '../apimachinery/apply/merge-schema.ts'
import type { Field, ListNode, ScalarNode, SchemaNode } from '../apimachinery/schema/schema.ts'
import { listMapKeysOf, listTypeOf, mapTypeOf } from './facts/merge-facts.ts'
import { schema } from './schema.ts'

const nodes = new Map<string, MapMerge>()

/** The merge schema of a type of the generated structure. */
export function mergeNodeOf(type: string): MapMerge {
  let node = nodes.get(type)
  if (node === undefined) {
    node = new StructMerge(type, mapTypeOf(type, '.') === 'atomic')
    nodes.set(type, node)
  }
  return node
}

/** Fields are looked up when they are needed: a Pod holds a hundred types, and JSONSchemaProps holds itself. */
class StructMerge implements MapMerge {
  readonly kind = 'map'
  readonly isAtomic: boolean
  readonly value = undefined
  readonly #type: string
  #fields: ReadonlyMap<string, MergeField> | undefined

  constructor(type: string, isAtomic: boolean) {
    this.#type = type
    this.isAtomic = isAtomic
  }

  get fields(): ReadonlyMap<string, MergeField> {
    this.#fields ??= new Map(
      [...schema.structOf(this.#type).fields.values()].map((field) => [field.name, mergeField(this.#type, field)]))
    return this.#fields
  }
}

function mergeField(type: string, field: Field): MergeField {
  const keyDefault = keyDefaultOf(type, field)
  const node = fieldNode(type, field)
  return keyDefault === undefined ? { node } : { node, keyDefault }
}

function fieldNode(type: string, { name, node }: Field): MergeNode {
  if (node.kind === 'list') return listNode(type, name, node)
  const inner = nodeOf(node)
  if (inner === UNTYPED_ATOMIC && DEDUCED_TYPES.has(type)) return DEDUCED
  if (type === 'V1ManagedFieldsEntry' && name === 'fieldsV1') return ANY_OBJECT
  if (inner.kind !== 'map') return inner
  const isAtomic = mapTypeOf(type, name) === 'atomic'
  // Where a field says otherwise than its type, the field counts.
  return isAtomic === inner.isAtomic ? inner : { kind: 'map', isAtomic, fields: inner.fields, value: inner.value }
}

/** Types whose raw JSON has no type in upstream's document, where objects merge; elsewhere it is a RawExtension. */
const DEDUCED_TYPES: ReadonlySet<string> = new Set(['V1JSONSchemaProps', 'V1CustomResourceSubresources'])

/** Raw JSON that upstream's document calls an object. */
const ANY_OBJECT: MapMerge = { kind: 'map', isAtomic: false, fields: new Map(), value: DEDUCED }

function listNode(type: string, field: string, { item }: ListNode): ListMerge {
  return {
    kind: 'list',
    relation: listTypeOf(type, field) ?? 'atomic',
    keys: listMapKeysOf(type, field),
    item: nodeOf(item),
  }
}

function nodeOf(node: SchemaNode): MergeNode {
  switch (node.kind) {
    case 'scalar':
      return scalarNode(node)
    case 'struct':
      return mergeNodeOf(node.type)
    case 'map':
      return { kind: 'map', isAtomic: false, fields: NO_FIELDS, value: nodeOf(node.value) }
    case 'list':
      return { kind: 'list', relation: 'atomic', keys: [], item: nodeOf(node.item) }
  }
}

const NO_FIELDS: ReadonlyMap<string, MergeField> = new Map()

function scalarNode({ shape }: ScalarNode): MergeNode {
  switch (shape) {
    case 'any':
    case 'raw':
      return UNTYPED_ATOMIC
    case 'intOrString':
      // Upstream's document says `oneOf` of it, which gives it no type.
      return DEDUCED
    case 'string':
    case 'bytes':
      return { kind: 'scalar', scalar: 'string' }
    case 'int32':
    case 'int64':
    case 'double':
      return { kind: 'scalar', scalar: 'numeric' }
    case 'boolean':
      return { kind: 'scalar', scalar: 'boolean' }
    default:
      return { kind: 'scalar', scalar: 'untyped' }
  }
}

/** Keys of list items that have a default of their own in upstream's OpenAPI document. */
const KEY_DEFAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  V1ContainerPort: { protocol: 'TCP' },
  V1LocalObjectReference: { name: '' },
  V1ServicePort: { protocol: 'TCP' },
}

/** Fields that are always printed have the zero value as their default. */
function keyDefaultOf(type: string, { name, node, dropsEmpty, isNullable }: Field): string | number | undefined {
  const own = KEY_DEFAULTS[type]?.[name]
  if (own !== undefined || node.kind !== 'scalar') return own
  const isAlways = !dropsEmpty && !isNullable && schema.structOf(type).always.some((field) => field.name === name)
  if (!isAlways) return undefined
  const merged = scalarNode(node)
  if (merged.kind !== 'scalar') return undefined
  return merged.scalar === 'string' ? '' : merged.scalar === 'numeric' ? 0 : undefined
}
