/**
 * What does not fit a merge schema: gathered with its path, printed as structured-merge-diff prints it. Clients see the
 * texts as they are (`.spec.foo: field not declared in schema`).
 */
import { isNumeric, type Int64 } from '../../lib/exact-json.ts'
import { goNumber } from '../../lib/go-number.ts'
import { byKey } from '../../lib/order.ts'

export interface TypedComplaint {
  /** `.spec.containers[name="a"].image`; '' for the object itself. */
  readonly path: string
  readonly message: string
}

export class TypedError extends Error {
  constructor(complaints: readonly TypedComplaint[]) {
    super(formatComplaints(complaints))
    this.name = 'TypedError'
  }
}

/** One problem with one value, whose path is not known where it is found. */
export class ValueError extends Error {}

/** An object that does not fit the schema of another version, in which somebody owns a part of it. */
export class VersionError extends ValueError {}

function formatComplaints(complaints: readonly TypedComplaint[]): string {
  const lines = complaints.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return lines.length === 1 ? (lines[0] ?? '') : ['errors:', ...lines.map((line) => `  ${line}`)].join('\n')
}

/** A value as Go's `%v` prints it inside structured-merge-diff's own box: `&{map[a:b]}`. */
export function formatBoxed(value: unknown): string {
  return `&{${formatGoValue(value)}}`
}

/** A value as `%#v` prints that box: `&value.valueUnstructured{Value:"a"}`. */
export function formatBoxedSyntax(value: unknown): string {
  return `&value.valueUnstructured{Value:${formatGoSyntax(value)}}`
}

/** What `%T` calls a value that was decoded from JSON. */
export function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'object') return 'map[string]interface {}'
  return isNumeric(value) ? 'float64' : typeof value === 'boolean' ? 'bool' : 'string'
}

function formatGoValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (isNumeric(value)) return goNumber(value)
  if (Array.isArray(value)) return `[${value.map(formatGoValue).join(' ')}]`
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return JSON.stringify(value)
  return `map[${sortedEntries(value).map(([key, inner]) => `${key}:${formatGoValue(inner)}`).join(' ')}]`
}

function formatGoSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return JSON.stringify(value)
  if (isNumeric(value)) return goNumber(value)
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(formatGoSyntax).join(', ')}}`
  const fields = sortedEntries(value).map(([key, inner]) => `${JSON.stringify(key)}:${formatGoSyntax(inner)}`)
  return `map[string]interface {}{${fields.join(', ')}}`
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value).toSorted(byKey)
}

/** The exponent from which Go's `%v` prints a float with one. */
const LARGE_EXPONENT = 6
const SMALL_EXPONENT = -4

/** A float as Go's `%v` prints it: `8080`, `1e+06`, `1.5`. */
export function formatGoNumber(value: Int64): string {
  if (typeof value === 'bigint') return String(value)
  const [digits = '', exponentText = '0'] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  if (value === 0 || (exponent >= SMALL_EXPONENT && exponent < LARGE_EXPONENT)) return String(value)
  const sign = exponent < 0 ? '-' : '+'
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}
