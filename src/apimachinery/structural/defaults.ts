/**
 * Defaults of a custom resource, filled in place. A null where the schema allows none counts as not set: it gets the
 * default, or goes before that when there is none (nulls in lists stay, and are refused by validation). Running it
 * again changes nothing. Upstream: k8s.io/apiextensions-apiserver
 * pkg/apiserver/schema/defaulting/{algorithm,prunenulls}.go.
 */
import { setField, type JsonObject } from '../patch/json-value.ts'
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

/** Fills in what is not set. Mutates. */
export function fillDefaults(value: unknown, schema: StructuralSchema | undefined): void {
  if (schema === undefined || !schema.reach.defaults || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) fillItems(value, schema.items)
  else fillFields(value as JsonObject, schema)
}

function fillItems(list: unknown[], items: StructuralSchema | undefined): void {
  if (items === undefined) return
  for (const [at, item] of list.entries()) {
    if (item === null && !items.isNullable && items.default !== undefined) list[at] = defaultOf(items)
    fillDefaults(list[at], items)
  }
}

function fillFields(fields: JsonObject, schema: StructuralSchema): void {
  for (const [name, property] of schema.properties) {
    if (!property.reach.defaults) continue
    const isThere = Object.hasOwn(fields, name)
    if (property.default !== undefined && (!isThere || (fields[name] === null && !property.isNullable))) {
      setField(fields, name, defaultOf(property))
    }
    if (isThere || property.default !== undefined) fillDefaults(fields[name], property)
  }
  const { additionalProperties: others } = schema
  if (others === undefined || !others.reach.defaults) return
  for (const name of Object.keys(fields)) {
    if (schema.properties.has(name)) continue
    if (fields[name] === null && !others.isNullable && others.default !== undefined) {
      setField(fields, name, defaultOf(others))
    }
    fillDefaults(fields[name], others)
  }
}
