/** What lists of types set and map ask of their items' schemas. Upstream: as schema.ts. */
import { ownValue } from '../../../lib/own-value.ts'
import {
  childPath, forbidden, invalid, keyPath, notSupportedText, ofNamedType, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { itemsOf, type JsonSchema } from '../../../apimachinery/structural/json-schema.ts'
import { printedItems } from './internal-values.ts'
import { repeats } from '../../validation/repeats.ts'
import { ToldErrors } from './told-errors.ts'

const LIST_TYPES = ['atomic', 'set', 'map']
const LIST_TYPE = 'x-kubernetes-list-type'
const MAP_KEYS = 'x-kubernetes-list-map-keys'
const MAP_TYPE = 'x-kubernetes-map-type'

export function validateListType(schema: JsonSchema, field: string, requiresAtomicSets: boolean): FieldError[] {
  const listType = schema[LIST_TYPE]
  const keys = schema[MAP_KEYS] ?? []
  const errors: FieldError[] = []
  const { type = '' } = schema
  if (listType !== undefined && type !== 'array') {
    const why = 'must be array if x-kubernetes-list-type is specified'
    const at = childPath(field, 'type')
    errors.push(type === '' ? required(at, why) : invalid(at, type, why))
  } else if (requiresAtomicSets && listType === 'set') errors.push(...validateSetItems(schema, field))
  if (listType !== undefined && !LIST_TYPES.includes(listType)) {
    errors.push(notSupportedText(childPath(field, LIST_TYPE), listType, LIST_TYPES))
  }
  if (keys.length > 0 && listType !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty'
    const at = childPath(field, LIST_TYPE)
    errors.push(listType === undefined ? required(at, why) : invalid(at, listType, why))
  }
  return listType === 'map' ? [...errors, ...validateMapItems(schema, keys, field)] : errors
}

/** Whether the items of a set are not compared as a whole. */
export function hasGranularSetItems(schema: JsonSchema): boolean {
  return schema[LIST_TYPE] === 'set' && validateSetItems(schema, '').length > 0
}

function validateSetItems(schema: JsonSchema, field: string): FieldError[] {
  const items = itemsOf(schema)
  const at = childPath(field, 'items')
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items?.[LIST_TYPE]
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalid(childPath(at, LIST_TYPE), ofNamedType(listType), why)]
  }
  // The value told is that of the list type, as it is upstream.
  if (items?.type === 'object' && items[MAP_TYPE] !== 'atomic') {
    return [invalid(childPath(at, MAP_TYPE), listType === undefined ? null : ofNamedType(listType), why)]
  }
  return []
}

function validateMapItems(schema: JsonSchema, keys: readonly string[], field: string): FieldError[] {
  const errors: FieldError[] = []
  const keysAt = childPath(field, MAP_KEYS)
  const itemsAt = childPath(field, 'items')
  if (keys.length === 0) errors.push(required(keysAt, 'must not be empty if x-kubernetes-list-type is map'))
  if (schema.items === undefined) {
    errors.push(required(itemsAt, 'must have a schema if x-kubernetes-list-type is map'))
    return errors
  }
  const items = itemsOf(schema)
  if (items === undefined) {
    errors.push(invalid(itemsAt, printedItems(schema.items), 'must only have a single schema if x-kubernetes-list-type is map'))
    return errors
  }
  if (items.type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map"
    errors.push(invalid(childPath(itemsAt, 'type'), items.type ?? '', why))
    return errors
  }
  const isRepeat = repeats()
  const told = new ToldErrors()
  for (const key of keys) {
    if (told.isFull) break
    const property = propertyOf(items, key)
    if (property === undefined) told.push(invalid(keysAt, keys, 'entries must all be names of item properties'))
    else if (property.type === 'array' || property.type === 'object') {
      const at = childPath(keyPath(childPath(itemsAt, 'properties'), key), 'type')
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      told.push(invalid(at, items.type, why))
    }
    if (isRepeat(key)) told.push(invalid(keysAt, keys, 'must not contain duplicate entries'))
  }
  return [...errors, ...told.all]
}

function propertyOf({ properties = {} }: JsonSchema, name: string): JsonSchema | undefined {
  return ownValue(properties, name)
}

/** Items of sets and maps are never null; what identifies an item of a map is always there. */
export function validateNullableKeys(schema: JsonSchema, field: string): FieldError[] {
  const items = itemsOf(schema)
  const listType = schema[LIST_TYPE]
  if (items === undefined || (listType !== 'set' && listType !== 'map')) return []
  const errors: FieldError[] = []
  const itemsAt = childPath(field, 'items')
  if (items.nullable === true) {
    const why = `cannot be nullable when x-kubernetes-list-type is ${listType}`
    errors.push(forbidden(childPath(itemsAt, 'nullable'), why))
  }
  if (listType === 'set') return errors
  const isRequired = new Set(items.required)
  for (const key of schema[MAP_KEYS] ?? []) {
    const property = propertyOf(items, key)
    if (property === undefined) continue
    const at = keyPath(childPath(itemsAt, 'properties'), key)
    const why = 'this property is in x-kubernetes-list-map-keys, so it'
    if (!isRequired.has(key) && property.default === undefined) {
      errors.push(required(childPath(at, 'default'), `${why} must have a default or be a required property`))
    }
    if (property.nullable === true) errors.push(forbidden(childPath(at, 'nullable'), `${why} cannot be nullable`))
  }
  return errors
}
