/**
 * Pruning: fields that the schema does not know are removed from a custom resource, in place, and their paths told in
 * upstream's form and order (`spec.list[0].foo`, sorted). Type and metadata of the resource itself, and of embedded
 * ones, are left alone. Below x-kubernetes-preserve-unknown-fields nothing is removed but inside of what the schema
 * specifies. Upstream: k8s.io/apiextensions-apiserver pkg/apiserver/schema/pruning/algorithm.go.
 */
import { MAX_TOLD_TEXT } from '../field-path.ts'
import { isJsonObject, type JsonObject } from '../patch/json-value.ts'
import type { StructuralSchema } from './structural-schema.ts'

/** `apiVersion`, `kind` and `metadata`, which every resource has. */
export function isMetaField(field: string): boolean {
  return field === 'metadata' || field === 'kind' || field === 'apiVersion'
}

/** Prunes a whole resource. Answers the paths of what was removed. Mutates. */
export function pruneResource(resource: JsonObject, schema: StructuralSchema): string[] {
  return run(resource, schema, true)
}

/** Prunes a value inside of a resource, or a default; answers the paths below it. Mutates. */
export function prune(value: unknown, schema: StructuralSchema): string[] {
  return run(value, schema, schema.isEmbeddedResource)
}

/** The paths of what was removed. */
class Removed {
  readonly paths: string[] = []
  #told = 0

  add(path: string): void {
    if (this.#told >= MAX_TOLD_TEXT) return
    this.paths.push(path)
    this.#told += path.length
  }
}

function run(value: unknown, schema: StructuralSchema, isEmbedded: boolean): string[] {
  const unknown = new Removed()
  if (schema.preservesUnknown) keepUnknown(value, schema, isEmbedded, '', unknown)
  else if (isJsonObject(value)) pruneObject(value, schema, isEmbedded, '', unknown)
  else pruneValue(value, schema, '', unknown)
  return unknown.paths.sort()
}

function pruneValue(value: unknown, schema: StructuralSchema | undefined, path: string, unknown: Removed): void {
  if (typeof value !== 'object' || value === null) return
  if (schema?.preservesUnknown === true) {
    keepUnknown(value, schema, schema.isEmbeddedResource, path, unknown)
  } else if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      const item: unknown = value[at]
      if (typeof item === 'object' && item !== null) pruneValue(item, schema?.items, `${path}[${String(at)}]`, unknown)
    }
  } else if (schema === undefined) {
    for (const field of Object.keys(value)) remove(value as JsonObject, field, path, unknown)
  } else pruneObject(value as JsonObject, schema, schema.isEmbeddedResource, path, unknown)
}

function pruneObject(
  value: JsonObject,
  schema: StructuralSchema,
  isEmbedded: boolean,
  path: string,
  unknown: Removed,
): void {
  const { properties, additionalProperties } = schema
  for (const field of Object.keys(value)) {
    if (isEmbedded && isMetaField(field)) continue
    const property = properties.get(field)
    if (property !== undefined || schema.allowsAdditional !== undefined) {
      const child = value[field]
      if (typeof child !== 'object' || child === null) continue
      pruneValue(child, property ?? additionalProperties, path === '' ? field : `${path}.${field}`, unknown)
    } else remove(value, field, path, unknown)
  }
}

function remove(value: JsonObject, field: string, path: string, unknown: Removed): void {
  if (path !== '' || !isMetaField(field)) unknown.add(path === '' ? field : `${path}.${field}`)
  Reflect.deleteProperty(value, field)
}

/** Goes on pruning inside of what is specified; the rest stays whatever it holds. */
function keepUnknown(
  value: unknown,
  schema: StructuralSchema,
  isEmbedded: boolean,
  path: string,
  unknown: Removed,
): void {
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined) return
    for (const [at, item] of value.entries()) {
      keepUnknown(item, items, items.isEmbeddedResource, `${path}[${String(at)}]`, unknown)
    }
  } else if (isJsonObject(value)) {
    for (const field of Object.keys(value)) {
      if (isEmbedded && isMetaField(field)) continue
      const property = schema.properties.get(field)
      if (property === undefined && schema.allowsAdditional === undefined) continue
      const at = path === '' ? field : `${path}.${field}`
      pruneValue(value[field], property ?? schema.additionalProperties, at, unknown)
    }
  }
}
