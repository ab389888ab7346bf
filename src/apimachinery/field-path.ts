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

/** Of one object: more than that nobody reads, and a body of nothing but mistakes has a million of them. */
export const MAX_TOLD_ERRORS = 10_000
const MAX_TOLD_CHARACTERS = 4 * 1024 * 1024
/**
 * Characters told of what is wrong all over an object, each time with a path as long as it is deep. Differs: upstream
 * tells all, which may be more than an answer may have, or than there is memory.
 */
export const MAX_TOLD_TEXT = 1024 * 1024
/** Stands for an error that is not told. */
const UNTOLD: FieldError = { reason: 'FieldValueInvalid', field: '', body: '' }

/** What may still be told of the object that is judged. Judging has no `await` in it, so it is nobody else's. */
let left: { errors: number; characters: number } | undefined

/** Judges one object: of its errors those beyond the limits are not worded, and {@link toldErrors} leaves them out. */
export function judgeOne<T>(judge: () => T): T {
  const outside = left
  left = { errors: MAX_TOLD_ERRORS, characters: MAX_TOLD_CHARACTERS }
  try {
    return judge()
  } finally {
    left = outside
  }
}

/** There may be more of them than a call has room for. */
export function addErrors(errors: FieldError[], more: readonly FieldError[]): void {
  for (const error of more) errors.push(error)
}

export function toldErrors(errors: readonly FieldError[]): readonly FieldError[] {
  return errors.filter(({ body }) => body !== '')
}

/** Values are worded only where they are told: each error may have all of a long list. */
function tell(reason: FieldErrorReason, field: string, bodyOf: () => string): FieldError {
  if (left === undefined) return { reason, field, body: bodyOf() }
  if (left.errors <= 0 || left.characters <= 0) return UNTOLD
  const body = bodyOf()
  left.errors--
  left.characters -= field.length + body.length
  return { reason, field, body }
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
  return tell('FieldValueRequired', field, () => withDetail('Required value', detail))
}

export function forbidden(field: string, detail: string): FieldError {
  return tell('FieldValueForbidden', field, () => withDetail('Forbidden', detail))
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return tell('FieldValueInvalid', field, () => withDetail(`Invalid value: ${formatValue(value)}`, detail))
}

export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return tell('FieldValueTypeInvalid', field, () => withDetail(`Invalid value: ${formatValue(value)}`, detail))
}

/** Where no one value is at fault. */
export function invalidCombination(field: string, detail: string): FieldError {
  return tell('FieldValueInvalid', field, () => withDetail('Invalid value', detail))
}

export function duplicate(field: string, value: unknown, detail = ''): FieldError {
  return tell('FieldValueDuplicate', field, () => withDetail(`Duplicate value: ${formatValue(value)}`, detail))
}

export function notFound(field: string, value: unknown, detail = ''): FieldError {
  return tell('FieldValueNotFound', field, () => withDetail(`Not found: ${formatValue(value)}`, detail))
}

/** Of a value of an enumeration. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  return notSupportedText(field, typeof value === 'string' ? ofNamedType(value) : value, supported)
}

/** Of a value whose Go type is plain. */
export function notSupportedText(field: string, value: unknown, supported: readonly string[]): FieldError {
  return tell('FieldValueNotSupported', field, () => {
    const detail = supported.length > 0 ? `supported values: ${supported.map(quote).join(', ')}` : ''
    return withDetail(`Unsupported value: ${formatValue(value)}`, detail)
  })
}

export function tooLong(field: string, maxLength: number): FieldError {
  const most = `may not be more than ${String(maxLength)} byte${maxLength === 1 ? '' : 's'}`
  const detail = maxLength < 0 ? 'value is too long' : most
  return tell('FieldValueTooLong', field, () => `Too long: ${detail}`)
}

export function tooMany(field: string, actual: number, maximum: number): FieldError {
  const most = `must have at most ${String(maximum)} item${maximum === 1 ? '' : 's'}`
  const detail = maximum < 0 ? 'has too many items' : most
  return tell('FieldValueTooMany', field, () => `Too many: ${String(actual)}: ${detail}`)
}

export function internalFieldError(field: string, detail: string): FieldError {
  return tell('InternalError', field, () => withDetail('Internal error', detail))
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
