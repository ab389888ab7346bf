/**
 * The order of fields in what a patch makes, where somebody gets to see it: objects that the patch goes through are
 * maps to evanphx/json-patch, which Go prints with their keys in order; all others come out as they were.
 */
import { isJsonObject, setField, sortedKeys, type JsonObject } from './json-value.ts'

export type Touched = (part: object) => boolean

export function inPrintedOrder(value: unknown, isTouched: Touched): unknown {
  if (Array.isArray(value)) return value.map((item) => inPrintedOrder(item, isTouched))
  if (!isJsonObject(value)) return value
  const printed: JsonObject = {}
  for (const key of isTouched(value) ? sortedKeys(value) : Object.keys(value)) {
    setField(printed, key, inPrintedOrder(value[key], isTouched))
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
