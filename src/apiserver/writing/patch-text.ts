/**
 * Patches as they come: their JSON, and what strict decoding complains about in it. Whoever asks for no field
 * validation has the patch looked at less closely, by other readers with other words (k8s.io/apiserver
 * pkg/endpoints/handlers/patch.go, applyJSPatch; evanphx/json-patch v4).
 */
import { unknownOperationFields } from '../../apimachinery/patch/json-patch.ts'
import { readByType } from '../../apimachinery/schema/source-reading.ts'
import { numberBeyond, plainJson, unfolded } from '../../apimachinery/wire/json-members.ts'
import { isJsonObject, type JsonObject } from '../../apimachinery/patch/json-value.ts'
import { RawJson } from '../../apimachinery/wire/raw/raw-json.ts'
import { mayHoldWritten } from '../../lib/exact-json.ts'
import { badRequestError } from '../../apimachinery/status-error.ts'
import {
  JsonError, duplicateField, duplicateFields, readJson, readToTheLetter, strictComplaints,
} from '../../apimachinery/wire/json.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import { readOperations, typeToReadBy } from './bodies/by-type.ts'
import type { Body } from './body.ts'
import { PATCH_MEDIA_TYPES } from './patch-types.ts'
import type { FieldValidation } from './write-options.ts'

const { json: JSON_PATCH, merge: MERGE_PATCH, strategic: STRATEGIC_MERGE_PATCH } = PATCH_MEDIA_TYPES

export interface PatchRequest {
  readonly mediaType: string
  readonly patch: unknown
  /** What strict decoding complains about in the patch itself. */
  readonly complaints?: readonly string[]
  /** A JSON patch that is read to the letter: it has something twice, and its values are taken over as they are. */
  readonly isToTheLetter?: boolean
  /** What it makes is read by its type: something in it is as it was written. */
  readonly keepsWritten?: boolean
  /** The same with all that it puts somewhere in its very letters, for an error that shows what it makes. */
  inLetters?(): PatchRequest
}

/** What a patch has made. */
export interface Patched {
  readonly patched: unknown
  /** The same in the order in which upstream prints it. */
  printed(): unknown
  /** What an error shows of it. */
  shown(): string
}

/** Of what is there twice each is looked at. @throws JsonError for a number that no double holds */
function checkRepeated(text: string, patch: unknown): void {
  if (!mayHoldWritten(text) || duplicateFields(text, patch).length === 0) return
  const beyond = numberBeyond(readToTheLetter(text))
  if (beyond !== undefined) {
    throw new JsonError(`json: cannot unmarshal number ${beyond} into Go value of type float64`)
  }
}

function complaintsOf(text: string, patch: unknown, isIgnored: boolean): Pick<PatchRequest, 'complaints'> {
  return isIgnored ? {} : { complaints: duplicateFields(text, patch).map(duplicateField) }
}

/** What may be written otherwise than it is printed: escapes, what is escaped where it is printed, numbers. */
const UNUSUAL = /[\\<>&\u2028\u2029]|-0|\d[.eE]/

/** What is tested for counts in the letters in which it is printed. Changes the patch. */
function putTestsInLetters(patch: unknown, text: string): void {
  if (!Array.isArray(patch) || !patch.some(isTest)) return
  const inLetters = readOperations(text) as readonly unknown[]
  for (const [at, operation] of patch.entries()) {
    if (isTest(operation)) operation['value'] = (unfolded(inLetters[at]) as JsonObject)['value']
  }
}

function isTest(operation: unknown): operation is JsonObject {
  return isJsonObject(operation) && operation['op'] === 'test' && Object.hasOwn(operation, 'value')
}

/** @throws ApiStatusError 400 for what is no JSON. */
export function readPatchText(
  kind: KindRef,
  { mediaType, text, broken }: Body,
  validation: FieldValidation,
): PatchRequest {
  const isIgnored = validation === 'Ignore'
  const isJsonPatch = mediaType === JSON_PATCH
  let patch: unknown
  try {
    // The numbers of a JSON patch are judged with the rest of it, those of what is no object not at all.
    const isUnjudged = isJsonPatch || (isIgnored && mediaType !== STRATEGIC_MERGE_PATCH)
    const isKept = isUnjudged || !text.trimStart().startsWith('{')
    patch = readJson(text, { keepsWritten: isKept ? 'all' : 'finite', broken })
    if (!isKept) checkRepeated(text, patch)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    if (isIgnored && mediaType === MERGE_PATCH) throw badRequestError('Invalid JSON Patch')
    const isBare = isIgnored || mediaType === STRATEGIC_MERGE_PATCH
    throw badRequestError(isBare ? error.message : `error decoding patch: ${error.message}`)
  }
  if (mediaType === STRATEGIC_MERGE_PATCH) return { mediaType, patch, ...complaintsOf(text, patch, isIgnored) }
  const type = typeToReadBy(kind, text)
  const keepsWritten = type !== undefined
  if (!isJsonPatch) {
    const read = keepsWritten ? plainJson(readByType(type, text)) : patch
    const request = { mediaType, patch: read, keepsWritten, ...complaintsOf(text, patch, isIgnored) }
    return { ...request, inLetters: () => ({ ...request, patch: unfolded(new RawJson(text)), keepsWritten: true }) }
  }
  const isToTheLetter = keepsWritten || duplicateFields(text, patch).length > 0
  const read = keepsWritten ? readOperations(text) : isToTheLetter ? readToTheLetter(text) : patch
  if (read === patch && UNUSUAL.test(text)) putTestsInLetters(patch, text)
  const said = { mediaType, isToTheLetter: true, keepsWritten: true }
  const inLetters = (): PatchRequest => ({ ...said, patch: readOperations(text) })
  const request = { mediaType, patch: read, isToTheLetter, keepsWritten, inLetters }
  if (isIgnored) return request
  const unknown = unknownOperationFields(patch)
  const told = isToTheLetter || unknown.length > 0 ? strictComplaints(readToTheLetter(text), unknown) : []
  return { ...request, complaints: told.map((complaint) => `json patch ${complaint}`) }
}
