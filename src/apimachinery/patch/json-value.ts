/**
 * JSON values as patches see them: copied before they are changed, so that neither the stored object nor the patch is
 * ever touched. Depth is bounded, because a body of a megabyte can nest deeper than the stack.
 */
import { sortByBytes } from '../../lib/order.ts'
import { AsWritten, WrittenNumber, isNumeric } from '../../lib/exact-json.ts'
import { goFloat, goNumber } from '../../lib/go-number.ts'
import { badRequestError } from '../status-error.ts'

export type JsonObject = Record<string, unknown>

/** Deepest nesting of a patch or a patched object. Upstream's JSON reader stops at 10,000; the stack here would not. */
export const MAX_JSON_DEPTH = 1000

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof AsWritten)
}

/** `target[key] = value`, also for the key `__proto__`, which is a legal key of a ConfigMap. */
export function setField(target: JsonObject, key: string, value: unknown): void {
  if (key !== '__proto__') {
    target[key] = value
    return
  }
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

/** A deep copy. A sixth of what structuredClone costs, which makes it fit for every write. */
export function cloneJson<T>(value: T, depth = 0): T {
  // A copy of a JSON value has that value's type.
  return cloneValue(value, depth, false) as T
}

/** The same with the fields of every object in order. */
export function cloneSorted<T>(value: T): T {
  return cloneValue(value, 0, true) as T
}

function cloneValue(value: unknown, depth: number, sorts: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_JSON_DEPTH) throw badRequestError('exceeded max depth')
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (let at = 0; at < value.length; at++) items.push(cloneValue(value[at], depth + 1, sorts))
    return items
  }
  if (value instanceof AsWritten) return value
  const source = value as JsonObject
  const copy: JsonObject = {}
  if (sorts) for (const key of sortedKeys(source)) setField(copy, key, cloneValue(source[key], depth + 1, true))
  else for (const key in source) setField(copy, key, cloneValue(source[key], depth + 1, false))
  return copy
}

/** Structural equality; the order of fields does not count, and undefined fields are absent. */
export function equalJson(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && equalItems(left, right)
  }
  if (left instanceof AsWritten) return right instanceof AsWritten && left.isSame(right)
  if (!isJsonObject(left) || !isJsonObject(right)) return false
  let unmatched = 0
  for (const key in left) {
    const value = left[key]
    if (value === undefined) continue
    const other = right[key]
    // A field called `__proto__` that only one of them has.
    if (other === Object.prototype || !equalJson(value, other)) return false
    unmatched -= 1
  }
  for (const key in right) if (right[key] !== undefined) unmatched += 1
  return unmatched === 0
}

function equalItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  for (let at = 0; at < left.length; at++) if (!equalJson(left[at], right[at])) return false
  return true
}

/** The text of a JSON value, the fields of every object in it in order: equal for equal values. */
export function printSorted(value: unknown): string {
  return JSON.stringify(sortedFields(value))
}

/**
 * `value` with the fields of every object in it in order, as Go prints a map; itself if they are. Names of digits alone
 * come first whatever is done about it: objects of JavaScript have them so.
 */
export function sortedFields<T>(value: T): T {
  // The same fields with the same values.
  return sorted(value) as T
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    let changed: unknown[] | undefined
    for (let at = 0; at < value.length; at++) {
      const item: unknown = value[at]
      const next = typeof item === 'object' ? sorted(item) : item
      if (next !== item) (changed ??= [...value as unknown[]])[at] = next
    }
    return changed ?? value
  }
  return isJsonObject(value) ? sortedObject(value) : value
}

function areSorted(keys: readonly string[]): boolean {
  for (let at = 1; at < keys.length; at++) if ((keys[at - 1] ?? '') > (keys[at] ?? '')) return false
  return true
}

/** The names of an object's fields in order, which they mostly are. */
export function sortedKeys(value: object): string[] {
  const keys = Object.keys(value)
  return areSorted(keys) ? keys : keys.sort()
}

function sortedObject(value: JsonObject): JsonObject {
  const keys = Object.keys(value)
  const isSorted = areSorted(keys)
  let next: JsonObject | undefined = isSorted ? undefined : {}
  for (const key of isSorted ? keys : keys.sort()) {
    const child = value[key]
    const inner = typeof child === 'object' ? sorted(child) : child
    if (next === undefined && inner !== child) next = { ...value }
    if (next !== undefined) setField(next, key, inner)
  }
  return next ?? value
}

/** What Go calls the type of a JSON value in its error texts. */
export function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (isNumeric(value) || value instanceof WrittenNumber) return 'number'
  return typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value
}

/** A value as Go's `%v` prints it: `map[a:1 b:[x y]]`. */
export function formatGo(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (isNumeric(value)) return goNumber(value)
  if (Array.isArray(value)) return `[${value.map(formatGo).join(' ')}]`
  if (value instanceof WrittenNumber) return goFloat(Number(value.text))
  if (!isJsonObject(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  return `map[${sortByBytes(Object.keys(value)).map((key) => `${key}:${formatGo(value[key])}`).join(' ')}]`
}
