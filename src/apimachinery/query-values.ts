/**
 * Values of the query as upstream reads them into options (k8s.io/apimachinery pkg/runtime/conversion.go over Go's
 * strconv, whose error texts clients get to see). Of a repeated option the first counts.
 */
import { quote } from './field-path.ts'
import { badRequestError } from './status-error.ts'

const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)
/** What JavaScript can hold exactly; larger values are as good as this one. */
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** A semicolon, or a per cent sign that escapes nothing. */
const UNREADABLE = /;|%(?![0-9a-f]{2})/i

/** The query without the pairs that Go's net/url cannot read. */
export function queryOf({ search, searchParams }: URL): URLSearchParams {
  if (!UNREADABLE.test(search)) return searchParams
  const pairs = search.slice(1).split('&')
  return new URLSearchParams(pairs.filter((pair) => !UNREADABLE.test(pair)).join('&'))
}

/** Only `0` and `false`, in any case, are no; also `watch=` is a yes. Undefined: not said. */
export function parseBoolean(text: string | null): boolean | undefined {
  if (text === null) return undefined
  return text !== '0' && text.toLowerCase() !== 'false'
}

/** Undefined: not said. @throws ApiStatusError 400 */
export function parseInteger(text: string | null): number | undefined {
  if (text === null) return undefined
  const refuse = (why: string): never => {
    throw badRequestError(`strconv.ParseInt: parsing ${quote(text)}: ${why}`)
  }
  if (!/^[+-]?\d+$/.test(text)) refuse('invalid syntax')
  const value = BigInt(text.replace('+', ''))
  if (value > MAX_INT64 || value < MIN_INT64) refuse('value out of range')
  return Number(value > MAX_SAFE ? MAX_SAFE : value < -MAX_SAFE ? -MAX_SAFE : value)
}
