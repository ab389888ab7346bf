/**
 * JSON merge patch (RFC 7396): null removes a field, objects merge, everything else replaces. As in evanphx/json-patch
 * v4, nulls inside a value that is new, or that takes the place of a list or a scalar, are dropped.
 */
import { ownValue } from '../../lib/own-value.ts'
import { badRequestError } from '../status-error.ts'
import { unfolded } from '../wire/json-members.ts'
import { cloneJson, equalJson, goKind, isJsonObject, setField, type JsonObject } from './json-value.ts'

/**
 * `document` patched, which is left alone: what the patch does not touch is shared. `isLenient`: a list replaces it.
 * @throws ApiStatusError 400 when the patch is no object.
 */
export function applyMergePatch(document: unknown, patch: unknown, isLenient = false): unknown {
  if (isLenient && Array.isArray(patch)) return withoutNulls(cloneJson(patch))
  if (patch === null || (isLenient && !isJsonObject(patch))) throw badRequestError('Invalid JSON Patch')
  if (!isJsonObject(patch)) {
    throw badRequestError(
      `error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`)
  }
  // The copy bounds the depth of what is walked below.
  return mergeInto(document, cloneJson(patch))
}

function mergeInto(target: unknown, patch: unknown): unknown {
  const [into, by] = [unfolded(target), unfolded(patch)]
  if (!isJsonObject(into)) return withoutNulls(patch)
  if (!isJsonObject(by)) return patch
  const merged = { ...into }
  for (const [key, value] of Object.entries(by)) {
    if (value === null) Reflect.deleteProperty(merged, key)
    else {
      const current = ownValue(into, key) ?? null
      setField(merged, key, current === null ? withoutNulls(value) : mergeInto(current, value))
    }
  }
  return merged
}

/** Drops the fields that are null, at every level; items of lists stay. */
function withoutNulls(given: unknown): unknown {
  const value = unfolded(given)
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isJsonObject(value)) return value
  const kept: JsonObject = {}
  for (const [key, field] of Object.entries(value)) {
    if (field !== null) setField(kept, key, withoutNulls(field))
  }
  return kept
}

/**
 * The smallest merge patch that turns `from` into `to`; empty when they are equal. A field that is null in `to` cannot
 * be said in a merge patch: it is left out of the result, as if it were not there.
 */
export function diffMergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {}
  for (const key of Object.keys(from)) {
    if ((ownValue(to, key) ?? null) === null && from[key] !== null) setField(patch, key, null)
  }
  for (const [key, value] of Object.entries(to)) {
    const current = ownValue(from, key)
    if (value === null || equalJson(current, value)) continue
    const isNested = isJsonObject(current) && isJsonObject(value)
    setField(patch, key, isNested ? diffMergePatch(current, value) : cloneJson(value))
  }
  return patch
}
