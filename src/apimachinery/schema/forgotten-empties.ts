/**
 * Lists in which an empty list or map was given that decoding leaves out, as it is printed like none. Go's typed
 * objects tell the two apart where they compare lists as a whole, and so does who owns such a list: whoever writes
 * `resourceNames: []` into a rule has written the rules anew. Objects and maps that have such a list inside count, too.
 */
import { cloneJson, isJsonObject } from '../patch/json-value.ts'

const holders = new WeakSet()

export function rememberForgotten(holder: object): void {
  holders.add(holder)
}

export function hasForgotten(value: unknown): boolean {
  return typeof value === 'object' && value !== null && holders.has(value)
}

/** A copy of what was decoded, of which the same is known. */
export function cloneDecoded<T>(value: T): T {
  const copy = cloneJson(value)
  if (hasForgotten(value)) carryOver(value, copy)
  return copy
}

function carryOver(from: unknown, to: unknown): void {
  if (!hasForgotten(from)) return
  rememberForgotten(to as object)
  if (Array.isArray(from)) from.forEach((item, at) => { carryOver(item, (to as unknown[])[at]) })
  else if (isJsonObject(from)) for (const key of Object.keys(from)) carryOver(from[key], (to as typeof from)[key])
}
