/**
 * Validation errors with the path of the field at fault, worded exactly as upstream words them, because clients match
 * on the text. Source: k8s.io/apimachinery pkg/util/validation/field/{path,errors}.go.
 */
import { isNumeric } from '../lib/exact-json.ts'
import { goNumber } from '../lib/go-number.ts'
import { byKey } from '../lib/order.ts'
import { placedKey, withoutPlaces } from '../lib/placed-keys.ts'
import { stringifySpliced } from '../lib/spliced-json.ts'

export type FieldErrorReason =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid'

export interface FieldError {
  readonly reason: FieldErrorReason
  /** Dotted path such as `spec.containers[0].name`. */
  readonly field: string
  /** The text after the path: `Required value: …`. */
  readonly body: string
}

/** `parent.child`, with an empty parent allowed. */
export function childPath(parent: string, ...names: readonly string[]): string {
  let path = parent
  for (const name of names) path = path === '' ? name : `${path}.${name}`
  return path
}

/** `parent[3]` */
export function indexPath(parent: string, index: number): string {
  return `${parent}[${String(index)}]`
}

/** `parent[key]` */
export function keyPath(parent: string, key: string): string {
  return `${parent}[${key}]`
}

/** Go's escapes of control characters in quoted text; the others are `\\x01`. */
const GO_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** Text in double quotes as Go's `%q` writes it, with bytes that are no UTF-8 (see withBytes). */
export function quote(text: string): string {
  const escaped = text.replaceAll(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16)
    const inFull = character <= '\x7f' ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`
    if (character >= '\udc80' && character <= '\udcff') return `\\x${hex.slice(-2)}`
    return GO_ESCAPES[character] ?? (hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : inFull)
  })
  return `"${escaped}"`
}

/** JSON as Go writes it. */
export function goJson(value: unknown, indent = 0): string {
  return stringifySpliced(value, (json) => escapeForHtml(withoutPlaces(json)), indent)
}

const ESCAPED = ['<', '>', '&', '\u2028', '\u2029']

/** A JSON text as Go writes it: what could end an HTML script is escaped. */
export function escapeForHtml(json: string): string {
  // A look for each is a fifth of one for all.
  if (!ESCAPED.some((character) => json.includes(character))) return json
  return json.replaceAll(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** A value as Go prints it in these messages: text quoted, composites as JSON, nothing as "null". */
function formatValue(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (isNumeric(value)) return goNumber(value)
  if (typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? quote(value) : goJson(value)
}

/**
 * A text whose type has a name in Go (an enumeration, as a rule), or that Go has a pointer to: it is printed as JSON
 * where a plain string is quoted, which shows in control characters and signs of HTML.
 */
export function ofNamedType(text: string): object {
  return { toJSON: () => text }
}

/** A map of labels and the like with its keys in Go's order, for {@link goJson}: whatever the client's order was. */
export function sortedMap(map: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(map).toSorted(byKey).map(([key, value]) => [placedKey(key), value]))
}

function withDetail(body: string, detail: string): string {
  return detail === '' ? body : `${body}: ${detail}`
}

export function required(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', field, body: withDetail('Required value', detail) }
}

export function forbidden(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field, body: withDetail('Forbidden', detail) }
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, body: withDetail(`Invalid value: ${formatValue(value)}`, detail) }
}

export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueTypeInvalid', field, body: withDetail(`Invalid value: ${formatValue(value)}`, detail) }
}

/** Where no one value is at fault. */
export function invalidCombination(field: string, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, body: withDetail('Invalid value', detail) }
}

export function duplicate(field: string, value: unknown, detail = ''): FieldError {
  return { reason: 'FieldValueDuplicate', field, body: withDetail(`Duplicate value: ${formatValue(value)}`, detail) }
}

export function notFound(field: string, value: unknown, detail = ''): FieldError {
  return { reason: 'FieldValueNotFound', field, body: withDetail(`Not found: ${formatValue(value)}`, detail) }
}

/** Of a value of an enumeration. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  return notSupportedText(field, typeof value === 'string' ? ofNamedType(value) : value, supported)
}

/** Of a value whose Go type is plain. */
export function notSupportedText(field: string, value: unknown, supported: readonly string[]): FieldError {
  const values = supported.map(quote).join(', ')
  return {
    reason: 'FieldValueNotSupported',
    field,
    body: withDetail(
      `Unsupported value: ${formatValue(value)}`,
      supported.length > 0 ? `supported values: ${values}` : '',
    ),
  }
}

export function tooLong(field: string, maxLength: number): FieldError {
  const most = `may not be more than ${String(maxLength)} byte${maxLength === 1 ? '' : 's'}`
  const detail = maxLength < 0 ? 'value is too long' : most
  return { reason: 'FieldValueTooLong', field, body: `Too long: ${detail}` }
}

export function tooMany(field: string, actual: number, maximum: number): FieldError {
  const most = `must have at most ${String(maximum)} item${maximum === 1 ? '' : 's'}`
  const detail = maximum < 0 ? 'has too many items' : most
  return { reason: 'FieldValueTooMany', field, body: `Too many: ${String(actual)}: ${detail}` }
}

export function internalFieldError(field: string, detail: string): FieldError {
  return { reason: 'InternalError', field, body: withDetail('Internal error', detail) }
}

/** `spec.replicas: Invalid value: -1: must be greater than or equal to 0` */
export function formatFieldError({ field, body }: FieldError): string {
  return `${field === '' ? '<nil>' : field}: ${body}`
}

/** One error's text, or `[first, second]`, without repeats: utilerrors.Aggregate's form. */
export function formatFieldErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}
