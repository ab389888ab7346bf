/**
 * Schemas of types in OpenAPI's form, from the one schema that decoding and defaulting use, with the extensions that
 * clients merge by. Versions 2 and 3 differ in little: where references point, how a field beside one says more, and
 * types of several forms.
 */
import { byKey } from '../../../lib/order.ts'
import type { GroupVersionKind } from '../../../apimachinery/meta.ts'
import type { Schema, SchemaNode, ScalarShape, StructNode } from '../../../apimachinery/schema/schema.ts'
import { listMapKeysOf, listTypeOf, mapTypeOf, mergeKeyOf, patchStrategyOf } from '../../../apis/facts/merge-facts.ts'
import { definitionName, requiredFields } from './definition-names.ts'
import { INLINE_SHAPES, NAMED_SHAPES, rawJsonLeaf, type Leaf } from './leaves.ts'
import { inOrder } from './schema-order.ts'
import { unionsOf } from './unions.ts'
import { defaultOf, enumOf, zeroOf } from './value-facts.ts'

export type OpenApiVersion = 2 | 3

export interface SchemaObject {
  $ref?: string
  allOf?: SchemaObject[]
  oneOf?: SchemaObject[]
  type?: string
  format?: string
  description?: string
  default?: unknown
  enum?: readonly string[]
  items?: SchemaObject
  additionalProperties?: SchemaObject
  properties?: Record<string, SchemaObject>
  required?: readonly string[]
  [extension: `x-kubernetes-${string}`]: unknown
}

/** Type → field → text; the empty field is the type itself. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface SchemaContext {
  readonly version: OpenApiVersion
  readonly schema: Schema
  readonly descriptions: Descriptions
  /** Type → the kinds that it is the body of. */
  readonly kindsOf: ReadonlyMap<string, readonly GroupVersionKind[]>
}

const REFERENCES: Readonly<Record<OpenApiVersion, string>> = { 2: '#/definitions/', 3: '#/components/schemas/' }

/** The definitions of `types` and of all that they refer to, by name. */
export function definitionsOf(context: SchemaContext, types: Iterable<string>): Record<string, SchemaObject> {
  const found = new Map<string, SchemaObject>()
  const waiting = [...new Set(types)]
  const seen = new Set(waiting)
  const refer = (type: string): void => {
    if (seen.has(type)) return
    seen.add(type)
    waiting.push(type)
  }
  const writer = new SchemaWriter(context, refer, found)
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    found.set(definitionName(type), writer.struct(context.schema.structOf(type)))
  }
  return Object.fromEntries([...found].toSorted(byKey))
}

export function referenceTo(version: OpenApiVersion, type: string): SchemaObject {
  return { $ref: `${REFERENCES[version]}${definitionName(type)}` }
}

/** With its text, where it has none of its own. */
export function leafSchema({ version, descriptions }: SchemaContext, { name, schema, schema3 }: Leaf): SchemaObject {
  const description = descriptions[name]?.['']
  const own = (version === 3 ? schema3 : undefined) ?? schema
  return inOrder(description === undefined ? own : { description, ...own })
}

interface Place {
  readonly type: string
  readonly field: string
}

const ENUM_VALUES = 'Possible enum values:'

/**
 * As upstream's generator writes it (k8s.io/kube-openapi pkg/generators/enum.go); of values that the text does not tell
 * of, without what they mean.
 */
function describeEnum(text: string | undefined, values: readonly string[]): string {
  if (text?.includes(ENUM_VALUES) === true) return text
  const lines = [ENUM_VALUES, ...values.map((value) => ` - \`${JSON.stringify(value)}\``)].join('\n')
  return text === undefined ? lines : `${text}\n\n${lines}`
}

class SchemaWriter {
  readonly #context: SchemaContext
  readonly #refer: (type: string) => void
  readonly #found: Map<string, SchemaObject>

  constructor(context: SchemaContext, refer: (type: string) => void, found: Map<string, SchemaObject>) {
    this.#context = context
    this.#refer = refer
    this.#found = found
  }

  struct(node: StructNode): SchemaObject {
    const { type, fields } = node
    const properties: Record<string, SchemaObject> = {}
    for (const name of [...fields.keys()].sort()) {
      const field = fields.get(name)
      if (field !== undefined) properties[name] = this.#field(node, name, field.node)
    }
    const required = requiredFields(type)
    const kinds = this.#context.kindsOf.get(type)
    const mapType = mapTypeOf(type, '.')
    return {
      ...this.#describe(type, ''),
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      ...(fields.size === 0 ? {} : { properties }),
      ...(kinds === undefined ? {} : { 'x-kubernetes-group-version-kind': kinds }),
      ...(mapType === undefined ? {} : { 'x-kubernetes-map-type': mapType }),
      ...unionsOf(type),
    }
  }

  #describe(type: string, field: string): { description?: string } {
    const description = this.#context.descriptions[type]?.[field] ?? ''
    return description === '' ? {} : { description }
  }

  #field(struct: StructNode, name: string, node: SchemaNode): SchemaObject {
    const { type } = struct
    const shape = this.#node({ type, field: name }, node)
    const text = this.#describe(type, name)
    const values = node.kind === 'scalar' ? enumOf(type, name) : undefined
    const said = {
      ...(values === undefined ? text : { description: describeEnum(text.description, values) }),
      ...this.#default(defaultOf(struct, name)),
      ...(values === undefined ? {} : { enum: values }),
      ...this.#extensions(type, name, node),
    }
    return this.#beside(said, shape)
  }

  /** Beside a reference version 3 ignores everything: it has to stand in an allOf. */
  #beside(said: SchemaObject, shape: SchemaObject): SchemaObject {
    if (shape.$ref === undefined || this.#context.version === 2) return inOrder({ ...said, ...shape })
    return Object.keys(said).length === 0 ? shape : inOrder({ ...said, allOf: [shape] })
  }

  /** Version 2 tells none: kubectl and others would take them for what was written by the user. */
  #default(value: unknown): SchemaObject {
    return value === undefined || this.#context.version === 2 ? {} : { default: value }
  }

  #extensions(type: string, field: string, node: SchemaNode): SchemaObject {
    const extensions: SchemaObject = {}
    const mergeKey = mergeKeyOf(type, field)
    const strategies = patchStrategyOf(type, field)
    const listType = listTypeOf(type, field)
    const keys = listMapKeysOf(type, field)
    if (keys.length > 0) extensions['x-kubernetes-list-map-keys'] = keys
    if (listType !== undefined) extensions['x-kubernetes-list-type'] = listType
    const mapType = mapTypeOf(type, field)
    // A struct's own map type is said at its definition.
    const innerMapType = node.kind === 'struct' ? mapTypeOf(node.type, '.') : undefined
    if (node.kind !== 'list' && mapType !== undefined && mapType !== innerMapType) {
      extensions['x-kubernetes-map-type'] = mapType
    }
    if (mergeKey !== undefined) extensions['x-kubernetes-patch-merge-key'] = mergeKey
    if (strategies.length > 0) extensions['x-kubernetes-patch-strategy'] = strategies.join(',')
    return extensions
  }

  #node(at: Place, node: SchemaNode): SchemaObject {
    switch (node.kind) {
      case 'list':
        return { type: 'array', items: this.#item(at, node.item) }
      case 'map':
        return { type: 'object', additionalProperties: this.#item(at, node.value) }
      case 'struct':
        this.#refer(node.type)
        return referenceTo(this.#context.version, node.type)
      case 'scalar':
        return this.#scalar(at, node.shape)
    }
  }

  /** Items are never null, so each has what stands for nothing; the texts that they may be are theirs. */
  #item(at: Place, node: SchemaNode): SchemaObject {
    const values = node.kind === 'scalar' ? enumOf(at.type, at.field) : undefined
    const said = { ...this.#default(zeroOf(node)), ...(values === undefined ? {} : { enum: values }) }
    return this.#beside(said, this.#node(at, node))
  }

  #scalar({ type, field }: Place, shape: ScalarShape): SchemaObject {
    const inline = INLINE_SHAPES[shape]
    if (inline !== undefined) return inline
    const leaf = NAMED_SHAPES[shape] ?? rawJsonLeaf(type, field)
    this.#found.set(leaf.name, leafSchema(this.#context, leaf))
    return { $ref: `${REFERENCES[this.#context.version]}${leaf.name}` }
  }
}
