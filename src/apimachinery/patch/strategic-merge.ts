/**
 * Strategic merge patch: merges lists by the key of their items, and obeys the directives `$patch`, `$retainKeys`,
 * `$setElementOrder/…` and `$deleteFromPrimitiveList/…`. What merges how is asked of a port: this knows no kinds.
 * Follows k8s.io/apimachinery pkg/util/strategicpatch/patch.go (StrategicMergeMapPatch), and which of its errors are the
 * client's k8s.io/apiserver pkg/endpoints/handlers/patch.go (interpretStrategicMergePatchError): the others are 500.
 */
import { ownValue } from '../../lib/own-value.ts'
import { ApiStatusError, badRequestError, unclassifiedError } from '../status-error.ts'
import { formatGo, goKind, isJsonObject, setField, type JsonObject } from './json-value.ts'
import { formatAsText, goTypeOf } from './go-values.ts'
import { mergedOrder } from './element-order.ts'

/** How fields of a type merge. Types and fields that it does not know merge as plain JSON. */
export interface MergeFacts {
  /** The field that identifies the items of a list. */
  mergeKeyOf(type: string, field: string): string | undefined
  /** `merge`, `replace`, `retainKeys`; empty for the usual. */
  patchStrategyOf(type: string, field: string): readonly string[]
  /** The type inside a field, below lists and maps. */
  fieldTypeOf(type: string, field: string): string | undefined
  /** Why a type has no field of that name, in upstream's words; undefined: it may have one. */
  whyNoField(type: string, field: string): string | undefined
}

const DIRECTIVE = '$patch'
const RETAIN_KEYS = '$retainKeys'
const DELETE_PREFIX = '$deleteFromPrimitiveList'
const ORDER_PREFIX = '$setElementOrder'

const DELETE_MESSAGE = 'invalid patch format of primitive list'
const RETAIN_MESSAGE = 'invalid patch format of retainKeys'
/** Of maps, whose keys are no fields. */
const NO_STRUCT = 'merging an object in json but data type is not struct, instead is: map'
const ORDER_MESSAGE = 'invalid patch format of setElementOrder list'

/**
 * `document` patched, an object of `type`, which is left alone: what the patch does not touch is shared. `patch` is used
 * up: its directives go as they are obeyed, as upstream's messages show it. `null` changes nothing, as Go reads it.
 * @throws ApiStatusError 400 for directives of another form, 422 for lists of lists, 500 for what does not fit.
 */
export function applyStrategicMergePatch(document: unknown, patch: unknown, type: string, facts: MergeFacts): unknown {
  if (patch === null) return document
  if (!isJsonObject(patch)) {
    throw badRequestError(`json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`)
  }
  return mergeObjects(isJsonObject(document) ? document : {}, patch, type, facts)
}

/** `given` with `patch`, which is changed. `type` is undefined below raw JSON. */
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
    const isDeletion = name.startsWith(DELETE_PREFIX)
    const field = isDeletion ? directiveField(name, DELETE_PREFIX) : name
    const current = ownValue(original, field)
    if (value === null) Reflect.deleteProperty(original, field)
    else if (!isDeletion) setOrDelete(original, field, mergeField(current, value, type, field, facts))
    else if (goTypeOf(current) === goTypeOf(value)) {
      setOrDelete(original, field, deleteFromField(current, value, type, field, facts))
    }
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
    checkField(type, field, facts)
    return strategies.includes('replace') ? value : mergeObjects(current, value, inner, facts)
  }
  if (Array.isArray(current) && Array.isArray(value)) {
    checkField(type, field, facts)
    if (!strategies.includes('merge')) return value
    return mergeLists(current, value, type === undefined ? undefined : facts.mergeKeyOf(type, field), inner, facts)
  }
  return asNewValue(value)
}

/** How the parts of a field merge is asked of its type. @throws ApiStatusError 500 where that has no such field. */
function checkField(type: string | undefined, field: string, facts: MergeFacts): void {
  const why = type === undefined ? undefined : facts.whyNoField(type, field)
  if (why !== undefined) throw unclassifiedError(why)
}

function obeyDirective(patch: JsonObject): JsonObject {
  const directive = patch[DIRECTIVE]
  if (directive === 'delete') return {}
  if (directive !== 'replace') throw unknownDirective(patch)
  Reflect.deleteProperty(patch, DIRECTIVE)
  return patch
}

function unknownDirective(patch: JsonObject): ApiStatusError {
  return unclassifiedError(`unknown patch type: ${formatAsText(patch[DIRECTIVE])} in map: ${formatGo(patch)}`)
}

function isListDirective(field: string): boolean {
  return field.startsWith(DELETE_PREFIX) || field.startsWith(ORDER_PREFIX)
}

/**
 * A value that was not there before: without nulls, and then without objects that have `$patch`. Other directives in it
 * mean nothing any more: they are fields that the type does not have.
 */
function asNewValue(value: unknown): unknown {
  return withoutPatches(value, false)
}

/** Changes the objects in `value`. */
function withoutPatches(value: unknown, keepsNulls: boolean): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => withoutPatches(item, keepsNulls)).filter((item) => item !== undefined)
  }
  if (!isJsonObject(value)) return value
  if (Object.hasOwn(value, DIRECTIVE) && (keepsNulls || value[DIRECTIVE] !== null)) return undefined
  for (const [field, inner] of Object.entries(value)) {
    setOrDelete(value, field, inner === null && !keepsNulls ? undefined : withoutPatches(inner, keepsNulls))
  }
  return value
}

/** `$retainKeys: [a, b]`: of the original only these stay, and the patch may set no others. */
function retainKeys(original: JsonObject, patch: JsonObject): void {
  const wanted = ownValue(patch, RETAIN_KEYS)
  if (wanted === undefined) return
  Reflect.deleteProperty(patch, RETAIN_KEYS)
  if (!Array.isArray(wanted)) throw badRequestError(RETAIN_MESSAGE)
  const kept = new Set<unknown>(wanted)
  for (const [field, value] of Object.entries(patch)) {
    if (value !== null && !isListDirective(field) && !kept.has(field)) throw badRequestError(RETAIN_MESSAGE)
  }
  for (const field of Object.keys(original)) {
    if (!kept.has(field)) Reflect.deleteProperty(original, field)
  }
}

function directiveField(name: string, prefix: string): string {
  const field = name.slice(prefix.length + 1)
  if (!name.startsWith(`${prefix}/`)) throw badRequestError(prefix === DELETE_PREFIX ? DELETE_MESSAGE : ORDER_MESSAGE)
  return field
}

/** What `$deleteFromPrimitiveList` makes of a value: of anything but a list of scalars, what a patch of it does. */
function deleteFromField(
  current: unknown,
  value: unknown,
  type: string | undefined,
  field: string,
  facts: MergeFacts,
): unknown {
  if (!Array.isArray(current) || !Array.isArray(value)) return mergeField(current, value, type, field, facts)
  checkField(type, field, facts)
  if (current.length === 0 && value.length === 0) return current
  checkElementTypes([current, value])
  if (!isJsonObject(current[0] ?? value[0])) {
    const deleted = new Set<unknown>(value)
    return current.filter((item) => !deleted.has(item))
  }
  const [key, inner] = type === undefined ? [] : [facts.mergeKeyOf(type, field), facts.fieldTypeOf(type, field)]
  return mergeLists(current, value, key, inner, facts)
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
    Reflect.deleteProperty(patch, name)
    const wanted = listOf(order)
    const field = directiveField(name, ORDER_PREFIX)
    const [current, changes] = [listIn(original, field), listIn(patch, field)]
    if (type === undefined) throw unclassifiedError(NO_STRUCT)
    checkField(type, field, facts)
    const mergeKey = facts.mergeKeyOf(type, field)
    checkOrder(changes ?? [], wanted, mergeKey)
    if (current === undefined && changes === undefined) continue
    const merged = current === undefined || changes === undefined
      ? (withoutPatches(changes, true) ?? current)
      : mergeField(current, changes, type, field, facts)
    if (mergeKey !== undefined) checkKeys(merged as unknown[], wanted, mergeKey)
    checkElementTypes([current ?? [], changes ?? []])
    // Only then upstream looks whether what it has not met on the way has a key at all.
    const [first] = [...(current ?? []), ...(changes ?? [])]
    if (isJsonObject(first)) checkOrderedKeys([merged as unknown[], wanted, current ?? []], mergeKey)
    Reflect.deleteProperty(patch, field)
    setField(original, field, mergedOrder(merged as unknown[], wanted, current ?? [], mergeKey))
  }
}

function listIn(subject: JsonObject, field: string): unknown[] | undefined {
  return Object.hasOwn(subject, field) ? listOf(subject[field]) : undefined
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  throw unclassifiedError(`expected a []interface {}, but received a ${goTypeOf(value)}`)
}

/** The patch may name only items of the order list, and in that order. */
function checkOrder(changes: unknown[], order: unknown[], mergeKey: string | undefined): void {
  if (changes.length === 0 || order.length === 0) return
  const items = mergeKey === undefined ? changes : changes.filter((item) => !isDeleted(item))
  let [at, next] = [0, 0]
  while (next < items.length && at < order.length) {
    const item = items[next]
    if (hasDirective(item)) next++
    else {
      if (mergeKey !== undefined) for (const one of [item, order[at]]) if (!isJsonObject(one)) throw notAMap(one)
      if (keyOfItem(item, mergeKey) === keyOfItem(order[at], mergeKey)) next++
      at++
    }
  }
  if (next === items.length) return
  const [given, wanted] = [formatGo(changes), formatGo(order)]
  throw unclassifiedError(`The order in patch list:\n${given}\n doesn't match ${ORDER_PREFIX} list:\n${wanted}\n`)
}

function isDeleted(item: unknown): boolean {
  if (isJsonObject(item)) return item[DIRECTIVE] === 'delete'
  throw notAMap(item)
}

function notAMap(item: unknown): ApiStatusError {
  return unclassifiedError(`expected a map[string]interface {}, but received a ${goTypeOf(item)}`)
}

function hasDirective(item: unknown): boolean {
  return isJsonObject(item) && Object.hasOwn(item, DIRECTIVE)
}

/** What identifies an item: itself, or its merge key. @throws ApiStatusError 500 for an item without one. */
function keyOfItem(item: unknown, mergeKey: string | undefined): unknown {
  if (mergeKey === undefined) return item
  if (!isJsonObject(item)) throw notAMap(item)
  const key = ownValue(item, mergeKey)
  if (key === undefined) {
    throw unclassifiedError(`map: ${formatGo(item)} does not contain declared merge key: ${mergeKey}`)
  }
  return key
}

/** Every item has its key, and so has what is looked through for it in `order`. @throws ApiStatusError 500 */
function checkKeys(items: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  const wrong = order.findIndex((wanted) => !isJsonObject(wanted))
  const sound = wrong < 0 ? [] : order.slice(0, wrong)
  const before = new Set(sound.map((wanted) => ownValue(wanted as JsonObject, mergeKey)))
  for (const item of items) {
    const key = keyOfItem(item, mergeKey)
    if (wrong >= 0 && !before.has(key)) throw unclassifiedError(`value for key ${String(wrong)} is not a map`)
  }
}

/**
 * What is put in order can be told apart, and so can what tells the order. Without a merge key that is nothing with
 * fields: upstream looks for one without a name, and crashes where items are looked up before.
 */
function checkOrderedKeys(lists: readonly (readonly unknown[])[], mergeKey = ''): void {
  for (const item of lists.flat(1)) keyOfItem(item, mergeKey)
}

/** All scalars of one type, or all objects. */
function checkElementTypes(lists: readonly (readonly unknown[])[]): void {
  const types = new Set(lists.flat(1).map(goTypeOf))
  const [first] = types
  if (first === undefined) throw unclassifiedError('no elements in any of the given slices')
  if (first === goTypeOf([])) {
    throw new ApiStatusError('Invalid', 'the server rejected our request due to an error in our request', {})
  }
  if (types.size > 1) throw unclassifiedError(`list element types are not identical: ${formatGo(lists)}`)
}

function mergeLists(
  original: unknown[],
  patch: unknown[],
  mergeKey: string | undefined,
  type: string | undefined,
  facts: MergeFacts,
): unknown[] {
  if (original.length === 0 && patch.length === 0) return original
  checkElementTypes([original, patch])
  if (!isJsonObject(original[0] ?? patch[0])) {
    return mergedOrder([...new Set([...original, ...patch])], patch, original, undefined)
  }
  if (mergeKey === undefined) throw unclassifiedError('cannot merge lists without merge key for struct')
  const { kept, changes } = obeyItemDirectives(original as JsonObject[], patch as JsonObject[], mergeKey)
  const items: JsonObject[] = [...kept]
  // The first item of a key merges; further ones (Service ports that differ only in protocol) stay as they are.
  const places = new Map<unknown, number>()
  for (const [index, item] of items.entries()) {
    const key = ownValue(item, mergeKey)
    if (!places.has(key)) places.set(key, index)
  }
  for (const change of changes) {
    const key = keyOfItem(change, mergeKey)
    const place = places.get(key) ?? items.length
    const current = items[place]
    // A new one is taken as it is: directives in it mean nothing, as in any new value.
    items[place] = current === undefined ? change : mergeObjects(current, change, type, facts)
    places.set(key, place)
  }
  checkKeys(items, [], mergeKey)
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
