/**
 * Lists that the schema calls sets or maps hold nothing twice: no item of a set, no keys of a map. Upstream:
 * k8s.io/apiextensions-apiserver pkg/apiserver/schema/listtype/validation.go.
 */
import { addErrors, childPath, duplicate, indexPath, invalid, keyPath, type FieldError } from '../field-path.ts'
import { isJsonObject, printSorted, setField, sortedFields, type JsonObject } from '../patch/json-value.ts'
import type { StructuralSchema } from './structural-schema.ts'
import { MAX_TOLD } from './values/failure.ts'

export function validateListTypes(value: unknown, schema: StructuralSchema | undefined, field = ''): FieldError[] {
  const errors: FieldError[] = []
  validateValue(value, schema, field, errors)
  return errors.slice(0, MAX_TOLD)
}

function validateValue(value: unknown, schema: StructuralSchema | undefined, path: string, errors: FieldError[]): void {
  if (schema === undefined || !schema.reach.uniqueLists || typeof value !== 'object' || value === null) return
  if (errors.length >= MAX_TOLD) return
  if (Array.isArray(value)) {
    if (schema.listType === 'set') {
      for (const at of repeated(value)) errors.push(duplicate(indexPath(path, at), sortedFields(value[at])))
    } else if (schema.listType === 'map') addErrors(errors, validateKeys(value, schema.listMapKeys, path))
    for (let at = 0; at < value.length; at++) validateValue(value[at], schema.items, indexPath(path, at), errors)
    return
  }
  for (const [name, child] of Object.entries(value)) {
    // Both hold for a field that is a property and falls under the others, as upstream has it.
    if (schema.additionalProperties !== undefined) {
      validateValue(child, schema.additionalProperties, keyPath(path, name), errors)
    }
    validateValue(child, schema.properties.get(name), childPath(path, name), errors)
  }
}

/** Where an item comes for the second time. */
function repeated(list: readonly unknown[]): number[] {
  if (list.length <= 1) return []
  const seen = new Map<unknown, number>()
  const found: number[] = []
  for (const [at, item] of list.entries()) {
    const identity = typeof item === 'object' && item !== null ? printSorted(item) : identityOf(item)
    const times = seen.get(identity) ?? 0
    if (times === 1) found.push(at)
    if (found.length >= MAX_TOLD) break
    seen.set(identity, times + 1)
  }
  return found
}

/** A text that no composite's JSON can be. */
function identityOf(scalar: unknown): unknown {
  return typeof scalar === 'string' ? `"${scalar}` : scalar
}

function validateKeys(list: readonly unknown[], keys: readonly string[], path: string): FieldError[] {
  for (const [at, item] of list.entries()) {
    if (item !== null && !isJsonObject(item)) {
      return [invalid(indexPath(path, at), sortedFields(item), 'must be an object for an array of list-type map')]
    }
  }
  if (list.length <= 1) return []
  const sorted = keys.toSorted()
  const wanted = new Set(keys)
  const identities = list.map((item) => keysOf(item, sorted, wanted))
  return repeated(identities).map((at) => duplicate(indexPath(path, at), identities[at]))
}

/** The keys that the item has; an item that is null has none. */
function keysOf(item: unknown, sorted: readonly string[], wanted: ReadonlySet<string>): JsonObject {
  const found: JsonObject = {}
  if (!isJsonObject(item)) return found
  const names = Object.keys(item)
  // Whichever are fewer.
  const keys = names.length < sorted.length ? names.filter((name) => wanted.has(name)).sort() : sorted
  for (const key of keys) if (Object.hasOwn(item, key)) setField(found, key, item[key])
  return found
}
