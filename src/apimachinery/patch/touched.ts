/**
 * The order of fields in what a patch makes, where somebody gets to see it: objects that the patch goes through are
 * maps to evanphx/json-patch, which Go prints with their keys in order; all others come out as they were.
 */
import { sortByBytes } from '../../lib/order.ts'
import { hasDigitsAlone, placedKey } from '../../lib/placed-keys.ts'
import { isJsonObject, setField, type JsonObject } from './json-value.ts'

export type Touched = (part: object) => boolean

/** `isShown`: to be printed by `printJson`, and not kept. */
export function inPrintedOrder(value: unknown, isTouched: Touched, isShown = false): unknown {
  if (Array.isArray(value)) return value.map((item) => inPrintedOrder(item, isTouched, isShown))
  if (!isJsonObject(value)) return value
  const printed: JsonObject = {}
  // What has names of digits alone is no struct: a map, which Go prints in order.
  const isMap = isTouched(value) || hasDigitsAlone(value)
  for (const key of isMap ? sortByBytes(Object.keys(value)) : Object.keys(value)) {
    setField(printed, isShown && isMap ? placedKey(key) : key, inPrintedOrder(value[key], isTouched, isShown))
  }
  return printed
}

/** A merge patch shares with `document` what it does not touch. */
export function touchedByMerge(document: unknown): Touched {
  const untouched = new Set<object>()
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    untouched.add(value)
    Object.values(value).forEach(collect)
  }
  collect(document)
  return (part) => !untouched.has(part)
}
