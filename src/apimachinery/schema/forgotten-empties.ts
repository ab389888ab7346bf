/**
 * Lists in which an empty list or map was given that decoding leaves out, as it is printed like none. Go's typed
 * objects tell the two apart where they compare lists as a whole, and so does who owns such a list: whoever writes
 * `resourceNames: []` into a rule has written the rules anew. Objects and maps that have such a list inside count, too.
 */
import { cloneJson, isJsonObject } from '../patch/json-value.ts'
import { hasGivenEmpties, keepGivenEmpty, noteGivenEmpties } from './given-empty.ts'

const holders = new WeakSet()

export function rememberForgotten(holder: object): void {
  holders.add(holder)
}

export function hasForgotten(value: unknown): boolean {
  return typeof value === 'object' && value !== null && holders.has(value)
}

/** A copy of what was decoded, of which the same is known. */
export function cloneDecoded<T extends object>(value: T): T {
  const copy = cloneJson(value)
  keepEmpties(copy, value)
  return copy
}

/** `copy` is one of `root`, at every depth. */
export function keepEmpties(copy: object, root: object): void {
  if (!hasGivenEmpties(root)) return
  noteGivenEmpties(copy)
  carryOver(root, copy)
}

function carryOver(from: unknown, to: unknown): void {
  if (typeof from !== 'object' || from === null || typeof to !== 'object' || to === null) return
  if (hasForgotten(from)) rememberForgotten(to)
  if (Array.isArray(from)) from.forEach((item, at) => { carryOver(item, (to as unknown[])[at]) })
  else if (isJsonObject(from)) {
    keepGivenEmpty(to, from)
    for (const key of Object.keys(from)) carryOver(from[key], (to as typeof from)[key])
  }
}
