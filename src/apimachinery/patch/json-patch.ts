/**
 * JSON Patch (RFC 6902) as the API server applies it: with the reading of evanphx/json-patch v4, which counts negative
 * indices from the end, lets `replace` add a missing field of an object and treats null as missing in `test`. An
 * operation that does not apply, a failed `test` among them, is 422 with a text that says nothing more
 * (k8s.io/apiserver pkg/endpoints/handlers/patch.go); why is in the error's cause, for the log.
 */
import { ownValue } from '../../lib/own-value.ts'
import { goJson } from '../field-path.ts'
import { holdsWritten } from '../../lib/exact-json.ts'
import { ApiStatusError, badRequestError } from '../status-error.ts'
import { Members, entriesOf, numberBeyond, plainJson, unfolded } from '../wire/json-members.ts'
import { RawJson } from '../wire/raw/raw-json.ts'
import { cloneJson, equalJson, goKind, isJsonObject, setField, type JsonObject } from './json-value.ts'
import { inPrintedOrder } from './touched.ts'

export interface JsonPatchOperation {
  readonly op: string
  readonly path: string
  readonly from: string
  /** undefined when the operation has none. */
  readonly value: unknown
}

/** Upstream's maxJSONPatchOperations: a longer patch is 413. */
export const MAX_JSON_PATCH_OPERATIONS = 10_000
/** All that `copy` may add, in characters of JSON: without a bound, ten copies in a row make a kilobyte a megabyte. */
const MAX_COPIED_CHARACTERS = 3 * 1024 * 1024
const OPERATION_FIELDS: readonly string[] = ['op', 'path', 'from', 'value']

class DoesNotApply extends Error {}

const NO_OPERATION: JsonPatchOperation = { op: '', path: '', from: '', value: undefined }

/**
 * Checks the shape of a patch, which may be read to the letter. `null` is a patch without operations, and an operation of
 * which nothing is known, as Go reads it. `isLenient`: as the library reads it, which finds out about a wrong operation
 * when that is to be applied.
 * @throws ApiStatusError 400, or 413 when it has too many operations.
 */
export function parseJsonPatch(patch: unknown, isLenient = false): JsonPatchOperation[] {
  if (patch === null) return []
  if (!Array.isArray(patch)) {
    throw undecodable(goKind(patch), isLenient ? 'jsonpatch.Patch' : '[]handlers.jsonPatchOp', isLenient)
  }
  const hasWritten = holdsWritten(patch)
  patch.forEach((operation: unknown) => { checkOperation(operation, { isLenient, hasWritten }) })
  if (patch.length > MAX_JSON_PATCH_OPERATIONS) {
    const limit = `The allowed maximum operations in a JSON patch is ${String(MAX_JSON_PATCH_OPERATIONS)}`
    throw new ApiStatusError(
      'RequestEntityTooLarge', `Request entity too large: ${limit}, got ${String(patch.length)}`)
  }
  return patch.map(operationOf)
}

function operationOf(given: unknown): JsonPatchOperation {
  const operation = unfolded(given)
  if (!isJsonObject(operation)) return NO_OPERATION
  const text = (name: string): string => {
    const value = ownValue(operation, name) ?? ''
    return typeof value === 'string' ? value : NO_TEXT
  }
  const hasPath = (ownValue(operation, 'path') ?? null) !== null
  const [op, value] = [text('op'), ownValue(operation, 'value')]
  const isTest = op === 'test' && given instanceof Members
  return { op, path: hasPath ? text('path') : NO_TEXT, from: text('from'), value: isTest ? plainJson(value) : value }
}

interface Reading {
  readonly isLenient: boolean
  /** There are numbers as they were written. */
  readonly hasWritten: boolean
}

/** @throws ApiStatusError 400 for the first mistake in it */
function checkOperation(operation: unknown, { isLenient, hasWritten }: Reading): void {
  if (operation === null) return
  if (!isJsonObject(operation) && !(operation instanceof Members)) {
    throw undecodable(goKind(operation), isLenient ? 'jsonpatch.Operation' : 'handlers.jsonPatchOp', isLenient)
  }
  if (isLenient) return
  for (const [name, value] of entriesOf(operation)) {
    if (name === 'value') {
      const beyond = hasWritten || operation instanceof Members ? numberBeyond(value) : undefined
      if (beyond !== undefined) throw undecodable(`number ${beyond}`, 'Go struct field jsonPatchOp.value of type float64')
    } else if (OPERATION_FIELDS.includes(name) && value !== null && typeof value !== 'string') {
      throw undecodable(goKind(value), `Go struct field jsonPatchOp.${name} of type string`)
    }
  }
}

/** What stands for no text: no operation is called so, and no place. */
const NO_TEXT = 'unknown'

function undecodable(what: string, target: string, isLenient = false): ApiStatusError {
  const into = target.startsWith('Go struct') ? target : `Go value of type ${target}`
  return badRequestError(`${isLenient ? '' : 'error decoding patch: '}json: cannot unmarshal ${what} into ${into}`)
}

/** Paths of the fields in the operations themselves that nobody knows: `[0].foo`. */
export function unknownOperationFields(patch: unknown): string[] {
  if (!Array.isArray(patch)) return []
  return patch.flatMap((operation: unknown, index) =>
    Object.keys(isJsonObject(operation) ? operation : {})
      .filter((field) => !OPERATION_FIELDS.includes(field))
      .map((field) => `[${String(index)}].${field}`))
}

/**
 * The patched copy of `document`; `touched` gets the containers that operations went through. `keepsLetters`: some of it
 * is kept as it is written, and what is copied there as it is printed.
 * @throws ApiStatusError 422 when an operation does not apply.
 */
export function applyJsonPatch(
  document: unknown,
  operations: readonly JsonPatchOperation[],
  touched = new Set<unknown>(),
  keepsLetters = false,
): unknown {
  const state: State = { document: cloneJson(document), copiedCharacters: 0, touched, keepsLetters }
  try {
    for (const operation of operations) apply(state, operation)
  } catch (error) {
    if (!(error instanceof DoesNotApply)) throw error
    throw new ApiStatusError(
      'Invalid', 'the server rejected our request due to an error in our request', {}, error)
  }
  return state.document
}

interface State {
  document: unknown
  copiedCharacters: number
  readonly keepsLetters: boolean
  readonly touched: Set<unknown>
}

function apply(state: State, operation: JsonPatchOperation): void {
  const { op, path, from } = operation
  const value = operation.value === undefined ? null : cloneJson(operation.value)
  switch (op) {
    case 'add':
      return add(find(state, path), value)
    case 'remove':
      return remove(find(state, path))
    case 'replace':
      if (path === '') replaceDocument(state, value)
      else replace(find(state, path), value)
      return
    case 'move': {
      const source = find(state, from)
      const moved = read(source)
      remove(source)
      return add(find(state, path), moved)
    }
    case 'copy':
      return copy(state, read(find(state, from)), path)
    case 'test': {
      const place = path === '' ? undefined : find(state, path)
      const found = place === undefined ? state.document : read(place)
      test(found, operation)
      if (!(operation.value instanceof RawJson)) return
      // What was compared, the library has gone through.
      const seen = throughout(found, state.touched)
      if (place === undefined) state.document = seen
      else if (seen !== found) replace(place, seen)
      return
    }
    default:
      throw new DoesNotApply(`Unexpected kind: ${op}`)
  }
}

function replaceDocument(state: State, value: unknown): void {
  const document = unfolded(value)
  if (typeof document !== 'object' || document === null || document instanceof RawJson) {
    throw new DoesNotApply('replace operation value must be object or array')
  }
  state.document = document
}

function copy(state: State, value: unknown, path: string): void {
  const place = find(state, path)
  // To the library a copy is what the original prints as, once its place was found.
  const copied = inPrintedOrder(value, (part) => state.touched.has(part))
  const letters = goJson(copied)
  state.copiedCharacters += letters.length
  if (state.copiedCharacters > MAX_COPIED_CHARACTERS) {
    throw new DoesNotApply(`copy operations add more than ${String(MAX_COPIED_CHARACTERS)} characters`)
  }
  const isWhole = state.keepsLetters && typeof value === 'object' && value !== null
  add(place, isWhole ? new RawJson(letters) : copied === value ? cloneJson(value) : copied)
}

function test(found: unknown, { path, value }: JsonPatchOperation): void {
  const isSame = value instanceof RawJson ? isWritten(found, value) : equalJson(plainJson(found) ?? null, value ?? null)
  if (!isSame) throw new DoesNotApply(`testing value ${path} failed`)
}

/** Whether `found` is what `value` is; scalars are, to the library, in the very letters in which upstream prints them. */
function isWritten(found: unknown, value: unknown): boolean {
  const [left, right] = [unfolded(found), unfolded(value)]
  if (Array.isArray(right)) {
    return Array.isArray(left) && left.length === right.length && right.every((item, at) => isWritten(left[at], item))
  }
  if (isJsonObject(right)) {
    if (!isJsonObject(left)) return false
    const names = Object.keys(right)
    return names.length === Object.keys(left).length &&
      names.every((name) => Object.hasOwn(left, name) && isWritten(left[name], right[name]))
  }
  if (Array.isArray(left) || isJsonObject(left)) return false
  return right instanceof RawJson ? goJson(left ?? null) === right.text : equalJson(left ?? null, right ?? null)
}

/** `value` without anything raw but scalars; all that it holds counts as gone through. Changes it. */
function throughout(value: unknown, touched: Set<unknown>): unknown {
  const parts = unfolded(value)
  if (!Array.isArray(parts) && !isJsonObject(parts)) return value
  touched.add(parts)
  for (const [key, inner] of Object.entries(parts)) {
    const next = throughout(inner, touched)
    if (next !== inner) setField(parts as JsonObject, key, next)
  }
  return parts
}

/** A place in the document: the container, which exists, and the key within it, which need not. */
interface Place {
  readonly container: object
  readonly key: string
  readonly path: string
}

function find({ document, touched }: State, path: string): Place {
  const [, ...keys] = path.split('/')
  const key = keys.pop()
  let container = document
  touched.add(container)
  for (const part of keys) {
    const within = { container: container as object, key: decodeKey(part), path }
    const inner = step(within)
    container = unfolded(inner)
    // A scalar, in which nothing is to be found.
    if (container instanceof RawJson) container = container.text
    else if (container !== inner) replace(within, container)
    touched.add(container)
  }
  if (key === undefined || typeof container !== 'object' || container === null) {
    throw new DoesNotApply(`doc is missing path: ${path}`)
  }
  return { container, key: decodeKey(key), path }
}

function decodeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~')
}

function step(place: Place): unknown {
  if (typeof place.container !== 'object') throw new DoesNotApply(`doc is missing path: ${place.path}`)
  return read(place)
}

/** An index into `length` places; negative ones count from the end. */
function indexOf(key: string, length: number, path: string): number {
  if (!/^[+-]?[0-9]{1,9}$/.test(key)) throw new DoesNotApply(`value was not a proper array index: '${key}' in ${path}`)
  const index = Number(key) < 0 ? Number(key) + length : Number(key)
  if (index < 0 || index >= length) throw new DoesNotApply(`Unable to access invalid index: ${key} in ${path}`)
  return index
}

function read({ container, key, path }: Place): unknown {
  if (Array.isArray(container)) return container[indexOf(key, container.length, path)] ?? null
  return isJsonObject(container) ? (ownValue(container, key) ?? null) : null
}

function add({ container, key, path }: Place, value: unknown): void {
  if (isJsonObject(container)) setField(container, key, value)
  else if (!Array.isArray(container)) return
  else if (key === '-') container.push(value)
  else container.splice(indexOf(key, container.length + 1, path), 0, value)
}

function replace({ container, key, path }: Place, value: unknown): void {
  if (isJsonObject(container)) setField(container, key, value)
  else if (Array.isArray(container)) container[indexOf(key, container.length, path)] = value
}

function remove({ container, key, path }: Place): void {
  if (Array.isArray(container)) {
    container.splice(indexOf(key, container.length, path), 1)
    return
  }
  if (!isJsonObject(container) || !Object.hasOwn(container, key)) {
    throw new DoesNotApply(`Unable to remove nonexistent key: ${key} in ${path}`)
  }
  Reflect.deleteProperty(container, key)
}
