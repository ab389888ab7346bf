/**
 * Strategic merge patch: merges lists by the key of their items, and obeys the directives `$patch`, `$retainKeys`,
 * `$setElementOrder/…` and `$deleteFromPrimitiveList/…`. What merges how is asked of a port: this knows no kinds.
 * Follows k8s.io/apimachinery pkg/util/strategicpatch/patch.go (StrategicMergeMapPatch): what it has no class for, such
 * as a list item without its merge key, is answered with 500; and directives within what is new stay as unknown fields.
 */
import { WrittenNumber } from '../../lib/exact-json.ts'
import { ownValue } from '../../lib/own-value.ts'
import { ApiStatusError, badRequestError, unclassifiedError } from '../status-error.ts'
import { cloneJson, formatGo, goKind, isJsonObject, setField, type JsonObject } from './json-value.ts'
import { mergedOrder } from './element-order.ts'

/** How fields of a type merge. Types and fields that it does not know merge as plain JSON. */
export interface MergeFacts {
  /** The field that identifies the items of a list. */
  mergeKeyOf(type: string, field: string): string | undefined
  /** `merge`, `replace`, `retainKeys`; empty for the usual. */
  patchStrategyOf(type: string, field: string): readonly string[]
  /** The type inside a field, below lists and maps. */
  fieldTypeOf(type: string, field: string): string | undefined
}

const DIRECTIVE = '$patch'
const RETAIN_KEYS = '$retainKeys'
const DELETE_PREFIX = '$deleteFromPrimitiveList'
const ORDER_PREFIX = '$setElementOrder'

const DELETE_MESSAGE = 'invalid patch format of primitive list'
const RETAIN_MESSAGE = 'invalid patch format of retainKeys'
const ORDER_MESSAGE = 'invalid patch format of setElementOrder list'

/**
 * `document` patched, an object of `type`, which is left alone: what the patch does not touch is shared. `null` is a
 * patch that changes nothing, as Go reads it.
 * @throws ApiStatusError 400 or 500 for a patch that cannot be applied, 422 for lists of lists.
 */
export function applyStrategicMergePatch(document: unknown, patch: unknown, type: string, facts: MergeFacts): unknown {
  if (patch === null) return document
  if (!isJsonObject(patch)) {
    throw badRequestError(`json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`)
  }
  return mergeObjects(isJsonObject(document) ? document : {}, cloneJson<JsonObject>(patch), type, facts)
}

/** `given` with `patch`, which is a copy and may be changed. `type` is undefined below raw JSON. */
function mergeObjects(
  given: JsonObject,
  patch: JsonObject,
  type: string | undefined,
  facts: MergeFacts,
): JsonObject {
  if (Object.hasOwn(patch, DIRECTIVE)) return obeyDirective(patch)
  const original = { ...given }
  retainKeys(original, patch)
  mergeOrderedLists(original, patch, type, facts)
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(DELETE_PREFIX)) deleteFromList(original, directiveField(name, DELETE_PREFIX), value)
    else if (value === null) Reflect.deleteProperty(original, name)
    else setOrDelete(original, name, mergeField(ownValue(original, name), value, type, name, facts))
  }
  return original
}

function setOrDelete(target: JsonObject, field: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(target, field)
  else setField(target, field, value)
}

/** The new value of a field; undefined takes the field away. */
function mergeField(
  current: unknown,
  value: unknown,
  type: string | undefined,
  field: string,
  facts: MergeFacts,
): unknown {
  const strategies = type === undefined ? [] : facts.patchStrategyOf(type, field)
  const inner = type === undefined ? undefined : facts.fieldTypeOf(type, field)
  if (isJsonObject(current) && isJsonObject(value)) {
    return strategies.includes('replace') ? value : mergeObjects(current, value, inner, facts)
  }
  if (Array.isArray(current) && Array.isArray(value)) {
    if (!strategies.includes('merge')) return value
    return mergeLists(current, value, type === undefined ? undefined : facts.mergeKeyOf(type, field), inner, facts)
  }
  return asNewValue(value)
}

function obeyDirective(patch: JsonObject): JsonObject {
  const directive = patch[DIRECTIVE]
  if (directive === 'delete') return {}
  if (directive !== 'replace') throw unknownDirective(patch)
  Reflect.deleteProperty(patch, DIRECTIVE)
  return patch
}

function unknownDirective(patch: JsonObject): ApiStatusError {
  return unclassifiedError(`unknown patch type: ${formatGo(patch[DIRECTIVE])} in map: ${formatGo(patch)}`)
}

function isDirective(field: string): boolean {
  return field === DIRECTIVE || field === RETAIN_KEYS || field.startsWith(`${DELETE_PREFIX}/`) ||
    field.startsWith(`${ORDER_PREFIX}/`)
}

/** The value of a field that was not there before: without nulls; an object with `$patch` is no value at all. */
function asNewValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asNewValue).filter((item) => item !== undefined)
  if (!isJsonObject(value)) return value
  if (Object.hasOwn(value, DIRECTIVE)) return undefined
  const kept: JsonObject = {}
  for (const [field, inner] of Object.entries(value)) {
    const fresh = inner === null ? undefined : asNewValue(inner)
    if (fresh !== undefined) setField(kept, field, fresh)
  }
  return kept
}

/** `$retainKeys: [a, b]`: of the original only these stay, and the patch may set no others. */
function retainKeys(original: JsonObject, patch: JsonObject): void {
  const wanted = ownValue(patch, RETAIN_KEYS)
  if (wanted === undefined) return
  Reflect.deleteProperty(patch, RETAIN_KEYS)
  if (!Array.isArray(wanted)) throw badRequestError(RETAIN_MESSAGE)
  for (const [field, value] of Object.entries(patch)) {
    if (value !== null && !isDirective(field) && !wanted.includes(field)) throw badRequestError(RETAIN_MESSAGE)
  }
  for (const field of Object.keys(original)) {
    if (!wanted.includes(field)) Reflect.deleteProperty(original, field)
  }
}

function directiveField(name: string, prefix: string): string {
  const field = name.slice(prefix.length + 1)
  if (!name.startsWith(`${prefix}/`)) throw badRequestError(prefix === DELETE_PREFIX ? DELETE_MESSAGE : ORDER_MESSAGE)
  return field
}

function deleteFromList(original: JsonObject, field: string, values: unknown): void {
  const current = ownValue(original, field)
  if (values === null) Reflect.deleteProperty(original, field)
  else if (Array.isArray(current) && Array.isArray(values)) {
    checkElementTypes(current, values)
    setField(original, field, current.filter((item) => !values.includes(item)))
  }
}

/** Every list with a `$setElementOrder/…`: merged, then put into that order; taken out of the patch. */
function mergeOrderedLists(
  original: JsonObject,
  patch: JsonObject,
  type: string | undefined,
  facts: MergeFacts,
): void {
  for (const [name, order] of Object.entries(patch)) {
    if (!name.startsWith(ORDER_PREFIX)) continue
    const field = directiveField(name, ORDER_PREFIX)
    Reflect.deleteProperty(patch, name)
    // A list that is null is no list yet.
    const [current, changes] = [ownValue(original, field) ?? undefined, ownValue(patch, field)]
    // The field is to go: there is nothing to put into an order.
    if (changes === null) continue
    for (const list of [order, current ?? [], changes ?? []]) {
      if (!Array.isArray(list)) {
        throw unclassifiedError(`expected a []interface {}, but received a ${goType(list)}`)
      }
    }
    Reflect.deleteProperty(patch, field)
    if (current === undefined && changes === undefined) continue
    const mergeKey = type === undefined ? undefined : facts.mergeKeyOf(type, field)
    checkOrder(changes as unknown[] | undefined, order as unknown[], mergeKey)
    const merged = current === undefined || changes === undefined
      ? (asNewValue(changes) ?? current)
      : mergeField(current, changes, type, field, facts)
    const ordered = mergedOrder(merged as unknown[], order as unknown[], (current ?? []) as unknown[], mergeKey)
    setField(original, field, ordered)
  }
}

/** The patch may name only items of the order list, and in that order. */
function checkOrder(changes: unknown[] | undefined, order: unknown[], mergeKey: string | undefined): void {
  if (changes === undefined || changes.length === 0 || order.length === 0) return
  const items = mergeKey === undefined ? changes : changes.filter((item) => !hasDirective(item))
  let at = 0
  for (const item of items) {
    const key = keyOfItem(item, mergeKey)
    while (at < order.length && keyOfItem(order[at], mergeKey) !== key) at++
    if (at === order.length) {
      const [given, wanted] = [formatGo(changes), formatGo(order)]
      throw unclassifiedError(`The order in patch list:\n${given}\n doesn't match ${ORDER_PREFIX} list:\n${wanted}\n`)
    }
    at++
  }
}

function hasDirective(item: unknown): boolean {
  return isJsonObject(item) && Object.hasOwn(item, DIRECTIVE)
}

/** What identifies an item: itself, or its merge key. @throws ApiStatusError 500 for an item without one. */
function keyOfItem(item: unknown, mergeKey: string | undefined): unknown {
  if (mergeKey === undefined) return item
  if (!isJsonObject(item)) {
    throw unclassifiedError(`expected a map[string]interface {}, but received a ${goType(item)}`)
  }
  const key = ownValue(item, mergeKey)
  if (key === undefined) {
    throw unclassifiedError(`map: ${formatGo(item)} does not contain declared merge key: ${mergeKey}`)
  }
  return key
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (isJsonObject(value)) return 'map[string]interface {}'
  return typeof value === 'bigint' || Number.isInteger(value) ? 'int64' : isNumber(value) ? 'float64' : goKind(value)
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || value instanceof WrittenNumber
}

/** All scalars of one type, or all objects. */
function checkElementTypes(...lists: (readonly unknown[])[]): void {
  const kinds = new Set(lists.flat().map(goKind))
  if (kinds.has('array')) {
    throw new ApiStatusError('Invalid', 'the server rejected our request due to an error in our request', {})
  }
  if (kinds.size > 1) throw unclassifiedError(`list element types are not identical: ${formatGo(lists)}`)
}

function mergeLists(
  original: unknown[],
  patch: unknown[],
  mergeKey: string | undefined,
  type: string | undefined,
  facts: MergeFacts,
): unknown[] {
  if (original.length === 0 && patch.length === 0) return original
  checkElementTypes(original, patch)
  if (!isJsonObject(original[0] ?? patch[0])) {
    return mergedOrder([...new Set([...original, ...patch])], patch, original, undefined)
  }
  if (mergeKey === undefined) throw unclassifiedError(`cannot merge lists without merge key for ${type ?? 'JSON'}`)
  const { kept, changes } = obeyItemDirectives(original as JsonObject[], patch as JsonObject[], mergeKey)
  const items: JsonObject[] = [...kept]
  // The first item of a key merges; further ones (Service ports that differ only in protocol) stay as they are.
  const places = new Map<unknown, number>()
  for (const [index, item] of items.entries()) {
    const key = keyOfItem(item, mergeKey)
    if (!places.has(key)) places.set(key, index)
  }
  for (const change of changes) {
    const key = keyOfItem(change, mergeKey)
    const place = places.get(key) ?? items.length
    const current = items[place]
    items[place] = current === undefined ? change : mergeObjects(current, change, type, facts)
    places.set(key, place)
  }
  return mergedOrder(items, changes, kept, mergeKey)
}

/** Takes out items marked `$patch: delete`, with what they name; `$patch: replace` leaves only the patch's own. */
function obeyItemDirectives(
  original: JsonObject[],
  patch: JsonObject[],
  mergeKey: string,
): { kept: JsonObject[]; changes: JsonObject[] } {
  const changes: JsonObject[] = []
  const deleted = new Set<unknown>()
  let isReplaced = false
  for (const item of patch) {
    if (!Object.hasOwn(item, DIRECTIVE)) changes.push(item)
    else if (item[DIRECTIVE] === 'delete') deleted.add(keyOfItem(item, mergeKey))
    else if (item[DIRECTIVE] === 'replace') isReplaced = true
    else if (item[DIRECTIVE] === 'merge') throw unclassifiedError('merging lists cannot yet be specified in the patch')
    else throw unknownDirective(item)
  }
  if (isReplaced) return { kept: changes, changes: [] }
  return { kept: original.filter((item) => !deleted.has(ownValue(item, mergeKey))), changes }
}
