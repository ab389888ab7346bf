/**
 * What is wrong with a value of a custom resource, in upstream's words. The texts are those of kube-openapi
 * (pkg/validation/errors/schema.go, pkg/validation/validate/schema_messages.go); what they become as field errors is
 * k8s.io/apiextensions-apiserver pkg/apiserver/validation/validation.go, kubeOpenAPIResultToFieldErrors.
 */
import { WrittenNumber, type Int64 } from '../../../lib/exact-json.ts'
import { goFloat, goNumber } from '../../../lib/go-number.ts'
import {
  invalid, notSupportedText, quote, required, tooLong, tooMany, typeInvalid, type FieldError,
} from '../../field-path.ts'
import { printSorted, sortedFields } from '../../patch/json-value.ts'

/**
 * How many errors of one kind are told of an object. Differs: upstream tells all; a body of three megabytes can have a
 * million, and the answer would be larger than what an object may hold.
 */
export const MAX_TOLD = 1_000

export interface Failure {
  /** What tells failures apart: the same is told once. */
  readonly message: string
  /** `at` is where the value that was judged is: '' for the root. */
  fieldError(at: string): FieldError
}

/** `base.path`, or what upstream prints for nowhere. */
function fieldAt(base: string, path: string): string {
  const inner = path.replace(/^\./, '')
  if (inner === '') return base === '' ? '<nil>' : base
  return base === '' ? inner : `${base}.${inner}`
}

/** A failure whose field error is "Invalid value", or another one that `make` gives. */
function failure(path: string, message: string, make: (field: string) => FieldError): Failure {
  return { message, fieldError: (base) => make(fieldAt(base, path)) }
}

function invalidValue(path: string, value: unknown, message: string): Failure {
  return failure(path, message, (field) => invalid(field, value ?? '', message))
}

/** Where upstream has an error without a path: its field is that of the whole value. */
function pathless(message: string): Failure {
  return { message, fieldError: (base) => invalid(base === '' ? '<nil>' : base, '', message) }
}

export function wrongType(path: string, wanted: string, found: string): Failure {
  const message = `${path} in body must be of type ${wanted}: ${JSON.stringify(found)}`
  return failure(path, message, (field) => typeInvalid(field, found, message))
}

/** The text does not have the format asked for: upstream words it as a wrong type. */
export function wrongFormat(path: string, format: string, value: string): Failure {
  const message = `${path} in body must be of type ${format}: ${quote(value)}`
  return failure(path, message, (field) => typeInvalid(field, value, message))
}

export function missing(path: string): Failure {
  return failure(path, `${path} in body is required`, (field) => required(field))
}

export function unsupported(path: string, value: unknown, supported: readonly unknown[]): Failure {
  const texts = supported.map((one) => (typeof one === 'string' ? one : printSorted(one ?? null)))
  return failure(path, `${path} in body should be one of [${texts.join(' ')}]`, (field) =>
    notSupportedText(field, sortedFields(value), texts),
  )
}

export function longText(path: string, limit: number): Failure {
  const message = `${path} in body should be at most ${String(limit)} chars long`
  return failure(path, message, (field) => tooLong(field, limit))
}

export function shortText(path: string, value: string, limit: number): Failure {
  return invalidValue(path, value, `${path} in body should be at least ${String(limit)} chars long`)
}

export function unmatched(path: string, value: string, pattern: string): Failure {
  return invalidValue(path, value, `${path} in body should match '${pattern}'`)
}

/** A number and a bound of its schema, as Go compares them: two integers or two floats. */
export interface Compared {
  readonly value: Int64
  readonly bound: Int64
  readonly isInteger: boolean
}

/** As Go's `%v` prints either. */
function printed({ value, bound, isInteger }: Compared): readonly [value: string, bound: string] {
  const print = (number: Int64): string => (isInteger ? goNumber(number) : goFloat(Number(number)))
  return [print(value), print(bound)]
}

function invalidNumber(path: string, number: string, message: string): Failure {
  return invalidValue(path, new WrittenNumber(number), message)
}

export function notMultiple(path: string, compared: Compared): Failure {
  const [value, factor] = printed(compared)
  return invalidNumber(path, value, `${path} in body should be a multiple of ${factor}`)
}

export function factorNotPositive(path: string, compared: Compared): Failure {
  const [, factor] = printed(compared)
  return invalidNumber(path, factor, `factor MultipleOf declared for ${path} must be positive: ${factor}`)
}

export function tooHigh(path: string, compared: Compared, isExclusive: boolean): Failure {
  const [value, bound] = printed(compared)
  const relation = isExclusive ? 'less than' : 'less than or equal to'
  return invalidNumber(path, value, `${path} in body should be ${relation} ${bound}`)
}

export function tooLow(path: string, compared: Compared, isExclusive: boolean): Failure {
  const [value, bound] = printed(compared)
  const relation = isExclusive ? 'greater than' : 'greater than or equal to'
  return invalidNumber(path, value, `${path} in body should be ${relation} ${bound}`)
}

/** A number, or a bound of the schema, that the format cannot hold. */
export function outOfRange(path: string, what: string, type: string, format: string): Failure {
  const kind = format === '' ? `type ${type} (default format)` : `type ${type} with format ${format}`
  return pathless(`${what} value must be of ${kind} in ${path}`)
}

export function duplicateItems(path: string): Failure {
  return invalidValue(path, '', `${path} in body shouldn't contain duplicates`)
}

export function manyItems(path: string, actual: number, limit: number): Failure {
  const message = `${path} in body should have at most ${String(limit)} items`
  return failure(path, message, (field) => tooMany(field, actual, limit))
}

export function fewItems(path: string, actual: number, limit: number): Failure {
  return invalidValue(path, actual, `${path} in body should have at least ${String(limit)} items`)
}

export function manyProperties(path: string, actual: number, limit: number): Failure {
  const message = `${path} in body should have at most ${String(limit)} properties`
  return failure(path, message, (field) => tooMany(field, actual, limit))
}

export function fewProperties(path: string, actual: number, limit: number): Failure {
  return invalidValue(path, actual, `${path} in body should have at least ${String(limit)} properties`)
}

export function forbiddenProperty(path: string, property: string): Failure {
  return invalidValue(path, property, `${path}.${property} in body is a forbidden property`)
}

export function noAlternative(path: string): Failure {
  return pathless(`${quote(path)} must validate at least one schema (anyOf)`)
}

export function notOneAlternative(path: string, valid: number): Failure {
  const found = valid === 0 ? 'Found none valid' : `Found ${String(valid)} valid alternatives`
  return pathless(`${quote(path)} must validate one and only one schema (oneOf). ${found}`)
}

export function notAll(path: string, valid: number): Failure {
  return pathless(`${quote(path)} must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`)
}

export function notRefused(path: string): Failure {
  return pathless(`${quote(path)} must not validate the schema (not)`)
}
