/**
 * The type that a schema has in expressions, with how large its values can get and how small their text can be, from
 * which costs are estimated. What has no type of its own (fields that are preserved unknown) is not there for
 * expressions. Upstream: k8s.io/apiserver pkg/cel/common/schemas.go and pkg/cel/types.go.
 */
import { escapeProperty, isReservedWord } from '../../../cel/library/kubernetes/escape.ts'
import { maxCost, wrapped, type Cost } from '../../../cel/types/cost.ts'
import type { Int64 } from '../../../lib/exact-json.ts'
import { declaredList, declaredMap, declaredObject } from '../../../cel/types/declared-type.ts'
import type { DeclaredField, DeclaredType } from '../../../cel/types/declared-type.ts'
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, type Type } from '../../../cel/types/type.ts'
import { compileStructural, type StructuralSchema } from '../../../apimachinery/structural/structural-schema.ts'

/** Of a request, and so of anything in it. */
export const MAX_REQUEST_SIZE = 3 * 1024 * 1024
const MAX_TIME_TEXT = 32
const DATE_TEXT = 12

export interface Declared {
  readonly type: DeclaredType
  /** Characters of the shortest JSON that such a value can have. */
  readonly minSize: number
}

/** The name of the outermost object type. Nobody can use it: upstream puts a number behind it that changes each time. */
const SELF_TYPE = 'selfType0'

/** undefined where expressions cannot see the value. `isResource`: it has a type and metadata of its own. */
export function declareSchema(schema: StructuralSchema, isResource: boolean, name = SELF_TYPE): Declared | undefined {
  if (schema.isIntOrString) {
    const declared = sized(schema, DYN, maxTextOf(schema, MAX_REQUEST_SIZE - 2), 1)
    return { ...declared, type: { ...declared.type, isIntOrString: true } }
  }
  switch (schema.type) {
    case 'array':
      return declareList(schema, name)
    case 'object':
      return isResource || schema.additionalProperties === undefined
        ? declareObject(schema, isResource, name)
        : declareMap(schema, schema.additionalProperties, name)
    case 'string':
      return declareText(schema)
    case 'boolean':
      return sized(schema, BOOL, 0, 4)
    case 'number':
      return sized(schema, DOUBLE, 0, 1)
    case 'integer':
      return sized(schema, INT, 0, 1)
    default:
      return undefined
  }
}

function sized({ isNullable }: StructuralSchema, type: Type, maxSize: Cost, minSize: number): Declared {
  return { type: { type, maxSize, isNullable }, minSize }
}

/** A limit of a schema as an estimate counts it; the value's checks take it as near as a number comes to it. */
export function limitOf(limit: Int64 | undefined): Cost | undefined {
  return limit === undefined ? undefined : maxCost(limit, 0)
}

/** The text's length is given in characters, of which each can be four bytes. */
function maxTextOf({ source: { maxLength } }: StructuralSchema, otherwise: number): Cost {
  const limit = limitOf(maxLength)
  return limit === undefined ? otherwise : wrapped(BigInt(limit) * 4n)
}

function declareText(schema: StructuralSchema): Declared {
  const { values, source } = schema
  switch (source.format) {
    case 'byte': {
      const declared = sized(schema, BYTES, limitOf(source.maxLength) ?? MAX_REQUEST_SIZE - 2, 2)
      return { ...declared, type: { ...declared.type, isText: true } }
    }
    case 'duration':
      return sized(schema, DURATION, MAX_TIME_TEXT, 3)
    case 'date':
      return sized(schema, TIMESTAMP, DATE_TEXT, DATE_TEXT)
    case 'date-time':
      return sized(schema, TIMESTAMP, MAX_TIME_TEXT, 21)
    default:
      return sized(schema, STRING, maxTextOf(schema, longestOf(values.enum) ?? MAX_REQUEST_SIZE - 2), 2)
  }
}

/** The longest text of an enum, in bytes. */
function longestOf(allowed: readonly unknown[] | undefined): number | undefined {
  if (allowed === undefined) return undefined
  const encoder = new TextEncoder()
  return Math.max(0, ...allowed.map((one) => (typeof one === 'string' ? encoder.encode(one).length : 0)))
}

function declareList(schema: StructuralSchema, name: string): Declared | undefined {
  const { items, source, isNullable, listType, listMapKeys } = schema
  if (items === undefined) return undefined
  const item = declareSchema(items, items.isEmbeddedResource, `${name}.@idx`)
  if (item === undefined) return undefined
  const most = Math.floor((MAX_REQUEST_SIZE - 2) / (item.minSize + 1))
  const maxSize = limitOf(source.maxItems) ?? most
  const keys = listMapKeys.map((key) => escapeProperty(key) ?? key)
  const semantics =
    listType === 'map' ? ({ kind: 'map', keys } as const) : listType === 'set' ? ({ kind: 'set' } as const) : undefined
  return { type: declaredList(item.type, { maxSize, isNullable, ...(semantics && { semantics }) }), minSize: 2 }
}

function declareMap(schema: StructuralSchema, others: StructuralSchema, name: string): Declared | undefined {
  const value = declareSchema(others, others.isEmbeddedResource, `${name}.@elem`)
  if (value === undefined) return undefined
  // A key, its quotes, a colon and a comma come with each value.
  const most = Math.floor((MAX_REQUEST_SIZE - 2) / (value.minSize + 6))
  const maxSize = limitOf(schema.source.maxProperties) ?? most
  return { type: declaredMap(value.type, { maxSize, isNullable: schema.isNullable }), minSize: 2 }
}

function declareObject(schema: StructuralSchema, isResource: boolean, name: string): Declared {
  const fields: [string, DeclaredField][] = []
  const hidden = new Set<string>()
  let minSize = 2
  const required = new Set(schema.values.required)
  for (const [property, node] of isResource ? withMetaFields(schema) : schema.properties) {
    const field = escapeProperty(property)
    const declared = declareSchema(node, node.isEmbeddedResource, `${name}.${field ?? property}`)
    if (declared === undefined || field === undefined) hidden.add(property)
    if (declared === undefined) continue
    if (field !== undefined) fields.push([field, { property, type: declared.type }])
    // A word that expressions have reserved names a field behind a dot all the same.
    if (isReservedWord(property)) fields.push([property, { property, type: declared.type, isAlias: true }])
    if (required.has(property) && node.default === undefined) {
      minSize += new TextEncoder().encode(property).length + declared.minSize + 4
    }
  }
  const { isNullable } = schema
  return { type: { ...declaredObject(name, fields), hidden, maxSize: 0, isNullable }, minSize }
}

/** Of a resource, expressions see its type and its names, whatever the schema says of metadata. */
function withMetaFields(schema: StructuralSchema): ReadonlyMap<string, StructuralSchema> {
  const { properties } = schema
  const isText = (node: StructuralSchema | undefined): boolean => node?.type === 'string'
  const names = properties.get('metadata')?.properties
  const isComplete =
    isText(properties.get('kind')) &&
    isText(properties.get('apiVersion')) &&
    isText(names?.get('name')) &&
    isText(names?.get('generateName'))
  return isComplete ? properties : new Map([...properties, ...META_FIELDS])
}

const TEXT = compileStructural({ type: 'string' })
const NAMES = compileStructural({
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
})
const META_FIELDS: readonly (readonly [string, StructuralSchema])[] = [
  ['kind', TEXT],
  ['apiVersion', TEXT],
  ['metadata', NAMES],
]
