/**
 * JSON as Go's encoding/json prints it: maps in the order of their keys, and escaped what could end an HTML script. Whoever
 * prints an object whose type is known brings its fields into order first (schema/field-order.ts).
 */
import { hasHighUnit, sortByBytes } from '../../lib/order.ts'
import { placedKey, withoutPlaces } from '../../lib/placed-keys.ts'
import { stringifySpliced } from '../../lib/spliced-json.ts'
import { escapeForHtml } from '../field-path.ts'
import { isJsonObject, setField } from '../patch/json-value.ts'

type JsonObject = Record<string, unknown>

/** `value`, whose objects are in the order to be printed in. */
export function printJson(value: unknown): string {
  return stringifySpliced(value, (json) => escapeForHtml(withoutPlaces(json)))
}

/** A map with its keys in order: itself if they are. To be printed by {@link printJson}, and not kept. */
export function inOrderOfKeys(value: JsonObject): JsonObject {
  if (isSorted(value)) return value
  const ordered: JsonObject = {}
  for (const key of sortByBytes(Object.keys(value))) setField(ordered, placedKey(key), value[key])
  return ordered
}

/** The same for all maps within: of a value without a type, or one that Go has as a map. */
export function allInOrderOfKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    let changed: unknown[] | undefined
    for (let at = 0; at < value.length; at++) {
      const item: unknown = value[at]
      const next = typeof item === 'object' ? allInOrderOfKeys(item) : item
      if (next !== item) (changed ??= [...value as unknown[]])[at] = next
    }
    return changed ?? value
  }
  if (!isJsonObject(value)) return value
  let changed: JsonObject | undefined
  for (const key in value) {
    const entry = value[key]
    const next = typeof entry === 'object' ? allInOrderOfKeys(entry) : entry
    if (next !== entry) setField((changed ??= { ...value }), key, next)
  }
  return inOrderOfKeys(changed ?? value)
}

function isSorted(value: JsonObject): boolean {
  let last = ''
  for (const key in value) {
    if (key < last || hasHighUnit(key)) return false
    last = key
  }
  return true
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\{\}|\[\]|[[\]{},:]/g

/** A compact JSON text on lines of its own, as `pretty` asks for. */
export function indentJson(text: string): string {
  let depth = 0
  const line = (): string => `\n${'  '.repeat(depth)}`
  return text.replaceAll(TOKEN, (token) => {
    switch (token) {
      case '{':
      case '[':
        depth += 1
        return token + line()
      case '}':
      case ']':
        depth -= 1
        return line() + token
      case ',':
        return token + line()
      case ':':
        return ': '
      default:
        return token
    }
  })
}
