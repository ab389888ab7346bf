/**
 * Schemas of types in OpenAPI's form, from the one schema that decoding and defaulting use, with the extensions that
 * clients merge by. Versions 2 and 3 differ in little: where references point, how a field beside one says more, and
 * types of several forms.
 */
import { byKey } from '../../lib/order.ts'
import type { GroupVersionKind } from '../../apimachinery/meta.ts'
import type { Schema, SchemaNode, ScalarShape, StructNode } from '../../apimachinery/schema/schema.ts'
import { listMapKeysOf, listTypeOf, mapTypeOf, mergeKeyOf, patchStrategyOf } from '../../apis/facts/merge-facts.ts'
import { definitionName, requiredFields } from './definition-names.ts'

export type OpenApiVersion = 2 | 3

export interface SchemaObject {
  $ref?: string
  allOf?: SchemaObject[]
  oneOf?: SchemaObject[]
  type?: string
  format?: string
  description?: string
  default?: unknown
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

/** Shapes that upstream has a definition for. */
const NAMED_SHAPES: Readonly<Partial<Record<ScalarShape, string>>> = {
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  microTime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
}

const INLINE_SHAPES: Readonly<Record<ScalarShape, SchemaObject>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  quantity: { type: 'string' },
  intOrString: { type: 'string', format: 'int-or-string' },
  any: { type: 'object' },
}

/** In version 3 these two say both of their forms. */
const V3_SHAPES: Readonly<Partial<Record<ScalarShape, SchemaObject>>> = {
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
}

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

/**
 * Raw JSON is an object everywhere (RawExtension, FieldsV1) but in JSON schemas, whose `default` may be a number, and
 * whose `enum` is a list of texts: kubectl 1.20 refuses definitions otherwise. Undefined for whatever else it is.
 */
function anyJsonOf(type: string, node: SchemaNode): SchemaObject | undefined {
  if (type !== 'V1JSONSchemaProps') return undefined
  if (node.kind === 'list') {
    const items = anyJsonOf(type, node.item)
    return items === undefined ? undefined : { type: 'array', items }
  }
  return node.kind === 'scalar' && node.shape === 'any' ? {} : undefined
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

  struct({ type, fields }: StructNode): SchemaObject {
    const properties: Record<string, SchemaObject> = {}
    for (const [name, field] of fields) properties[name] = this.#field(type, name, field.node)
    const required = requiredFields(type)
    const kinds = this.#context.kindsOf.get(type)
    const mapType = mapTypeOf(type, '.')
    return {
      ...this.#describe(type, ''),
      ...(fields.size === 0 ? {} : { properties }),
      ...(required.length === 0 ? {} : { required }),
      type: 'object',
      ...(kinds === undefined ? {} : { 'x-kubernetes-group-version-kind': kinds }),
      ...(mapType === undefined ? {} : { 'x-kubernetes-map-type': mapType }),
    }
  }

  #describe(type: string, field: string): { description?: string } {
    const text = this.#context.descriptions[type]?.[field] ?? ''
    // The generator's source escapes its quotes.
    return text === '' ? {} : { description: text.replaceAll(/\\(["'])/g, '$1') }
  }

  #field(type: string, name: string, node: SchemaNode): SchemaObject {
    const shape = anyJsonOf(type, node) ?? this.#node(node)
    const own = this.#describe(type, name)
    // The generator's source has no texts for fields of another type; what that type is says something, too.
    const text = own.description === undefined && node.kind === 'struct' ? this.#describe(node.type, '') : own
    const said = { ...text, ...this.#extensions(type, name, node) }
    // Beside a reference version 3 ignores everything: it has to stand in an allOf.
    if (shape.$ref === undefined || this.#context.version === 2) return { ...said, ...shape }
    return Object.keys(said).length === 0 ? shape : { ...said, allOf: [shape] }
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

  #node(node: SchemaNode): SchemaObject {
    switch (node.kind) {
      case 'list':
        return { type: 'array', items: this.#node(node.item) }
      case 'map':
        return { type: 'object', additionalProperties: this.#node(node.value) }
      case 'struct':
        this.#refer(node.type)
        return referenceTo(this.#context.version, node.type)
      case 'scalar':
        return this.#scalar(node.shape)
    }
  }

  #scalar(shape: ScalarShape): SchemaObject {
    const name = NAMED_SHAPES[shape]
    if (name === undefined) return INLINE_SHAPES[shape]
    const { version } = this.#context
    this.#found.set(name, (version === 3 ? V3_SHAPES[shape] : undefined) ?? INLINE_SHAPES[shape])
    return { $ref: `${REFERENCES[version]}${name}` }
  }
}
