/** JSON values as Go names their types and prints them, in messages about patches. */
import { WrittenNumber } from '../../lib/exact-json.ts'
import { sortByBytes } from '../../lib/order.ts'
import { formatGo, isJsonObject } from './json-value.ts'

const NIL = '%!s(<nil>)'

/** What `%s` prints of a value's reflect.Type, once Go has decoded it as any JSON. */
export function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return NIL
  if (Array.isArray(value)) return '[]interface {}'
  if (isJsonObject(value)) return 'map[string]interface {}'
  if (value instanceof WrittenNumber) return 'float64'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'int64' : typeof value
}

/** What `%s` prints of a value that should be a string, and may be none. */
export function formatAsText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return `[${value.map(formatAsText).join(' ')}]`
  if (isJsonObject(value)) {
    return `map[${sortByBytes(Object.keys(value)).map((key) => `${key}:${formatAsText(value[key])}`).join(' ')}]`
  }
  return value === null || value === undefined ? NIL : `%!s(${goTypeOf(value)}=${formatGo(value)})`
}
