/**
 * Definitions of values that are no structs of fields: times, quantities, raw JSON. Upstream: the OpenAPISchemaType
 * and OpenAPIV3OneOfTypes of k8s.io/apimachinery's and apiextensions-apiserver's types. Their texts are found by their
 * names.
 */
import type { ScalarShape } from '../../../apimachinery/schema/schema.ts'
import type { SchemaObject } from './schemas.ts'

export interface Leaf {
  readonly name: string
  readonly schema: SchemaObject
  /** In version 3, which can say both of its forms. */
  readonly schema3?: SchemaObject
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'

/** Shapes that upstream has a definition for. */
export const NAMED_SHAPES: Readonly<Partial<Record<ScalarShape, Leaf>>> = {
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    schema: { type: 'string' },
    schema3: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  time: {
    name: `${META}.Time`,
    schema: { type: 'string', format: 'date-time' },
  },
  microTime: {
    name: `${META}.MicroTime`,
    schema: { type: 'string', format: 'date-time' },
  },
  intOrString: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    schema: { type: 'string', format: 'int-or-string' },
    schema3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
}

const RAW_EXTENSION: Leaf = {
  name: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  schema: { type: 'object' },
}

/** Without a type: kubectl 1.20 refuses definitions of custom resources with a default that is no object otherwise. */
const ANY_JSON: Leaf = { name: `${APIEXTENSIONS}.JSON`, schema: {} }

const OR_BOOLEAN: Leaf = { name: `${APIEXTENSIONS}.JSONSchemaPropsOrBool`, schema: {} }

/** Raw JSON by where it stands; anywhere else it is an object. */
const RAW_JSON: Readonly<Record<string, Readonly<Record<string, Leaf>>>> = {
  V1JSONSchemaProps: {
    additionalItems: OR_BOOLEAN,
    additionalProperties: OR_BOOLEAN,
    default: ANY_JSON,
    dependencies: { name: `${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`, schema: {} },
    enum: ANY_JSON,
    example: ANY_JSON,
    items: { name: `${APIEXTENSIONS}.JSONSchemaPropsOrArray`, schema: {} },
  },
  V1ManagedFieldsEntry: {
    fieldsV1: { name: `${META}.FieldsV1`, schema: { type: 'object' } },
  },
}

export function rawJsonLeaf(type: string, field: string): Leaf {
  return RAW_JSON[type]?.[field] ?? RAW_EXTENSION
}

/** The body of PATCH, which is any JSON. */
export const PATCH_LEAF: Leaf = { name: `${META}.Patch`, schema: { type: 'object' } }

/** All of their names, so that their texts can be looked for. */
export const LEAF_NAMES: readonly string[] = [
  ...Object.values(NAMED_SHAPES), RAW_EXTENSION, ...Object.values(RAW_JSON).flatMap((fields) => Object.values(fields)),
  PATCH_LEAF,
].map(({ name }) => name)

export const INLINE_SHAPES: Readonly<Partial<Record<ScalarShape, SchemaObject>>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
}
