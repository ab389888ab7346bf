/**
 * Validation errors with the path of the field at fault, worded exactly as upstream words them, because clients match
 * on the text. Source: k8s.io/apimachinery pkg/util/validation/field/{path,errors}.go.
 */
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
  return names.reduce((path, name) => (path === '' ? name : `${path}.${name}`), parent)
}

/** `parent[3]` */
export function indexPath(parent: string, index: number): string {
  return `${parent}[${String(index)}]`
}

/** `parent[key]` */
export function keyPath(parent: string, key: string): string {
  return `${parent}[${key}]`
}

/** A value as Go prints it in these messages: text quoted, composites as JSON, nothing as "null". */
function formatValue(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? quote(value) : JSON.stringify(value)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** Go's %q: as JSON, but for what cannot be printed. */
export function quote(text: string): string {
  const escaped = text.replaceAll(
    /["\\\x00-\x1f\x7f]/g,
    (character) => ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return `"${escaped}"`
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

/** @public */
export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueTypeInvalid', field, body: withDetail(`Invalid value: ${formatValue(value)}`, detail) }
}

export function duplicate(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueDuplicate', field, body: `Duplicate value: ${formatValue(value)}` }
}

export function notFound(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueNotFound', field, body: `Not found: ${formatValue(value)}` }
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const values = supported.map((name) => JSON.stringify(name)).join(', ')
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
  const detail = `may not be more than ${String(maxLength)} bytes`
  return { reason: 'FieldValueTooLong', field, body: `Too long: ${detail}` }
}

/** @public */
export function tooMany(field: string, actual: number, maximum: number): FieldError {
  const detail = `must have at most ${String(maximum)} item${maximum === 1 ? '' : 's'}`
  return { reason: 'FieldValueTooMany', field, body: `Too many: ${String(actual)}: ${detail}` }
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
