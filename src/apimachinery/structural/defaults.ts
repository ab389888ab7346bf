/**
 * Defaults of a custom resource, filled in place. A null where the schema allows none counts as not set: it gets the
 * default, or goes before that when there is none (nulls in lists stay, and are refused by validation). Running it
 * again changes nothing. Upstream: k8s.io/apiextensions-apiserver
 * pkg/apiserver/schema/defaulting/{algorithm,prunenulls}.go.
 */
import { setField, type JsonObject } from '../patch/json-value.ts'
import { unclassifiedError } from '../status-error.ts'
import { defaultOf, schemaOfField, type StructuralSchema } from './structural-schema.ts'

/** Removes nulls of fields that may not be null and have no default. Mutates. */
export function pruneNulls(value: unknown, schema: StructuralSchema | undefined): void {
  if (typeof value !== 'object' || value === null || schema === undefined) return
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) if (typeof item === 'object') pruneNulls(item, schema.items)
    return
  }
  const fields = value as JsonObject
  for (const field of Object.keys(fields)) {
    const child = fields[field]
    if (typeof child !== 'object') continue
    const property = schemaOfField(schema, field)
    if (child !== null) pruneNulls(child, property)
    else if (property !== undefined && !property.isNullable && property.default === undefined) {
      Reflect.deleteProperty(fields, field)
    }
  }
}

/**
 * Characters of JSON that may be filled in. A megabyte of defaults for each of a hundred thousand items is more than
 * there is memory, and far more than an object is stored with.
 */
const MAX_FILLED = 16 * 1024 * 1024

/** Fills in what is not set. Mutates. @throws ApiStatusError, as storing what would come of it would */
export function fillDefaults(value: unknown, schema: StructuralSchema | undefined): void {
  new Filling().fill(value, schema)
}

class Filling {
  #filled = 0

  fill(value: unknown, schema: StructuralSchema | undefined): void {
    if (schema === undefined || !schema.reach.defaults || typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) this.#fillItems(value, schema.items)
    else this.#fillFields(value as JsonObject, schema)
  }

  #default(node: StructuralSchema): unknown {
    this.#filled += sizeOfDefault(node)
    if (this.#filled > MAX_FILLED) throw unclassifiedError('etcdserver: request is too large')
    return defaultOf(node)
  }

  #fillItems(list: unknown[], items: StructuralSchema | undefined): void {
    if (items === undefined) return
    for (const [at, item] of list.entries()) {
      if (item === null && !items.isNullable && items.default !== undefined) list[at] = this.#default(items)
      this.fill(list[at], items)
    }
  }

  #fillFields(fields: JsonObject, schema: StructuralSchema): void {
    for (const [name, property] of defaultedOf(schema)) {
      const isUnset = !Object.hasOwn(fields, name) || (fields[name] === null && !property.isNullable)
      if (isUnset) setField(fields, name, this.#default(property))
    }
    const { additionalProperties: others, properties } = schema
    for (const name of Object.keys(fields)) {
      const property = properties.get(name)
      if (property !== undefined) this.fill(fields[name], property)
      else if (others?.reach.defaults === true) {
        if (fields[name] === null && !others.isNullable && others.default !== undefined) {
          setField(fields, name, this.#default(others))
        }
        this.fill(fields[name], others)
      }
    }
  }
}

const defaulted = new WeakMap<StructuralSchema, readonly (readonly [string, StructuralSchema])[]>()

/** The properties that have a default: of many properties they may be few. */
function defaultedOf(schema: StructuralSchema): readonly (readonly [string, StructuralSchema])[] {
  let found = defaulted.get(schema)
  if (found === undefined) {
    found = [...schema.properties].filter(([, property]) => property.default !== undefined)
    defaulted.set(schema, found)
  }
  return found
}

const sizes = new WeakMap<StructuralSchema, number>()

function sizeOfDefault(node: StructuralSchema): number {
  let size = sizes.get(node)
  if (size === undefined) sizes.set(node, (size = JSON.stringify(node.default).length))
  return size
}
