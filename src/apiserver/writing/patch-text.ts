/**
 * Patches as they come: their JSON, and what strict decoding complains about in it. Whoever asks for no field
 * validation has the patch looked at less closely, by other readers with other words (k8s.io/apiserver
 * pkg/endpoints/handlers/patch.go, applyJSPatch; evanphx/json-patch v4).
 */
import type { KindRef } from '../../apis/define-kind.ts'
import type { JsonPatchOperation } from '../../apimachinery/patch/json-patch.ts'
import { unknownOperationFields } from '../../apimachinery/patch/json-patch.ts'
import { equalJson, isJsonObject } from '../../apimachinery/patch/json-value.ts'
import { badRequestError } from '../../apimachinery/status-error.ts'
import {
  JsonError, duplicateField, duplicateFields, readJson, strictComplaints, unknownField, unknownFieldAsIs,
} from '../../apimachinery/wire/json.ts'
import type { Body } from './body.ts'
import { isCustom } from './body.ts'
import { PATCH_MEDIA_TYPES } from './patch-types.ts'
import type { FieldValidation } from './write-options.ts'

const { json: JSON_PATCH, merge: MERGE_PATCH, strategic: STRATEGIC_MERGE_PATCH } = PATCH_MEDIA_TYPES

export interface PatchRequest {
  readonly mediaType: string
  readonly patch: unknown
  /** What strict decoding complains about in the patch itself. */
  readonly complaints?: readonly string[]
  /** Fields that are twice in values of a JSON patch: those are taken over as they are. */
  readonly repeated?: readonly RepeatedField[]
}

/** What a patch has made. */
export interface Patched {
  readonly patched: unknown
  /** Of a JSON patch. */
  readonly operations: readonly JsonPatchOperation[]
  /** The same in the order in which upstream prints it. */
  printed(): unknown
  /** What an error shows of it. */
  shown(): string
}

/** A field within the value of an operation: `.spec.replicas`, `[0].name`. */
interface RepeatedField {
  readonly operation: number
  readonly path: string
}

/** @throws ApiStatusError 400 for what is no JSON. */
export function readPatchText(kind: KindRef, { mediaType, text }: Body, validation: FieldValidation): PatchRequest {
  const isIgnored = validation === 'Ignore'
  const isJsonPatch = mediaType === JSON_PATCH
  let patch: unknown
  try {
    const into = isJsonPatch ? { into: 'Go struct field jsonPatchOp.value' } : {}
    const kept = isIgnored && mediaType !== STRATEGIC_MERGE_PATCH ? 'all' : 'finite'
    patch = readJson(text, { keepsWritten: isCustom(kind) ? 'finite' : kept, ...into })
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    if (isIgnored && mediaType === MERGE_PATCH) throw badRequestError('Invalid JSON Patch')
    const isBare = isIgnored || mediaType === STRATEGIC_MERGE_PATCH
    throw badRequestError(isBare ? error.message : `error decoding patch: ${error.message}`)
  }
  if (isIgnored) return { mediaType, patch }
  if (!isJsonPatch) return { mediaType, patch, complaints: strictComplaints(text, []) }
  const complaints = strictComplaints(text, unknownOperationFields(patch)).map((told) => `json patch ${told}`)
  return { mediaType, patch, complaints, repeated: duplicateFields(text, patch).flatMap(inValue) }
}

const IN_VALUE = /^\[(\d+)\]\.value(.+)$/

function inValue(path: string): RepeatedField[] {
  const [, operation = '', inner = ''] = IN_VALUE.exec(path) ?? []
  return inner === '' ? [] : [{ operation: Number(operation), path: inner }]
}

/**
 * What is to be said of a patched object: of what it has twice, too, as far as that is where the patch has put it.
 * Nothing below an unknown field is looked at.
 */
export function patchedComplaints(
  kind: KindRef,
  { mediaType, repeated = [] }: PatchRequest,
  { patched, operations, printed }: Pick<Patched, 'patched' | 'operations' | 'printed'>,
  unknownFields: readonly string[],
): string[] {
  const isPlain = mediaType === STRATEGIC_MERGE_PATCH || isCustom(kind)
  const unknown = unknownFields.map(isPlain ? unknownFieldAsIs : unknownField)
  const twice = repeated.flatMap(({ operation, path }) => {
    const place = placeOf(patched, operations[operation])
    const whole = place === undefined ? '' : `${place}${path}`.replace(/^\./, '')
    return whole === '' || unknownFields.some((field) => isBelow(whole, field)) ? [] : [whole]
  })
  const duplicates = twice.map(duplicateField)
  if (isPlain || mediaType !== JSON_PATCH || duplicates.length + unknown.length < 2) return [...duplicates, ...unknown]
  const told = new Map([...unknownFields.entries()].map(([at, path]) => [path, unknown[at] ?? '']))
  for (const [at, path] of twice.entries()) told.set(path, duplicates[at] ?? '')
  return pathsOf(printed(), '').flatMap((path) => told.get(path) ?? [])
}

function isBelow(path: string, field: string): boolean {
  return path.startsWith(`${field}.`) || path.startsWith(`${field}[`)
}

/** Where the value of an operation is in the end; undefined where it is no longer. */
function placeOf(document: unknown, operation: JsonPatchOperation | undefined): string | undefined {
  if (operation?.op !== 'add' && operation?.op !== 'replace') return undefined
  const [, ...keys] = operation.path.split('/')
  let [place, value] = ['', document]
  for (const written of keys) {
    const key = written.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(value)) {
      const index = key === '-' ? value.length - 1 : Number(key)
      ;[place, value] = [`${place}[${String(index)}]`, value.at(index)]
    } else if (isJsonObject(value)) [place, value] = [place === '' ? key : `${place}.${key}`, value[key]]
    else return undefined
  }
  return equalJson(value, operation.value) ? place : undefined
}

/** All that a document has, in its order. */
function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => pathsOf(item, `${path}[${String(at)}]`))
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const child = path === '' ? key : `${path}.${key}`
    return [child, ...pathsOf(inner, child)]
  })
}
