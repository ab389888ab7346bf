/**
 * PATCH bodies: which kind of patch, and the change that it makes of the current object. The change runs inside the
 * turn, so a patch is atomic and needs no retry (k8s.io/apiserver pkg/endpoints/handlers/patch.go).
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { applyJsonPatch, parseJsonPatch } from '../../apimachinery/patch/json-patch.ts'
import { applyMergePatch } from '../../apimachinery/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../../apimachinery/patch/strategic-merge.ts'
import { invalid } from '../../apimachinery/field-path.ts'
import { badRequestError, conflictError, invalidError } from '../../apimachinery/status-error.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import { mergeFacts } from '../../apis/facts/merge-facts.ts'
import type { Change } from '../../registry/update.ts'
import type { ApiHost } from '../api-host.ts'
import type { FieldValidation } from './body.ts'
import { parseFieldValidation, readBody } from './body.ts'
import type { RequestContext } from '../request-context.ts'

const PATCH_MEDIA_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

/** What a patch does to the JSON of an object; pure. */
export type PatchFunction = (current: AnyObject) => unknown

export interface PatchRequest {
  readonly mediaType: string
  readonly patch: unknown
}

export async function patchOf(context: RequestContext): Promise<Change> {
  const { host, definition, request, query, warnings } = context
  const fieldValidation = parseFieldValidation(query)
  const body = await readBody(request, PATCH_MEDIA_TYPES)
  let patch: unknown
  try {
    patch = JSON.parse(body.text)
  } catch (error) {
    throw badRequestError(`error decoding patch: ${error instanceof Error ? error.message : ''}`)
  }
  const apply = patchFunction(definition, { mediaType: body.mediaType, patch })
  return changeOf(host, definition, apply, fieldValidation, (text) => warnings.push(text))
}

/** The change that a patch makes: applied to the current object, decoded, defaulted. */
export function changeOf(
  host: ApiHost,
  definition: KindDefinition,
  apply: PatchFunction,
  fieldValidation: FieldValidation,
  warn: (text: string) => void,
): Change {
  return (current) => {
    if (current === undefined) throw new Error('a patch was applied to an object that is not there')
    const name = current.metadata.name ?? ''
    const patched = apply(current)
    const { object, unknownFields } = decodePatched(host, definition, patched)
    if (unknownFields.length > 0 && fieldValidation !== 'Ignore') {
      const complaints = unknownFields.map((path) => `unknown field "${path}"`)
      if (fieldValidation === 'Warn') complaints.forEach(warn)
      else throw invalidPatch(patched, `strict decoding error: ${complaints.join(', ')}`)
    }
    object.kind = definition.kind
    object.apiVersion = formatGroupVersion(definition)
    const resource = { group: definition.group, resource: definition.resource }
    if (object.metadata.name !== name) {
      throw badRequestError(
        `the name of the object (${object.metadata.name ?? ''}) does not match the name on the URL (${name})`,
      )
    }
    const { uid } = object.metadata
    if (uid !== undefined && uid !== current.metadata.uid) {
      throw conflictError(
        resource,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid ?? ''}`,
      )
    }
    // A patch that takes the resourceVersion out asks for no precondition: the turn itself is one.
    object.metadata.resourceVersion ??= current.metadata.resourceVersion ?? ''
    host.applyDefaults(definition, object)
    return object
  }
}

function decodePatched(host: ApiHost, definition: KindDefinition, patched: unknown): ReturnType<ApiHost['decode']> {
  try {
    return host.decode(definition, patched)
  } catch (error) {
    throw invalidPatch(patched, error instanceof Error ? error.message : String(error))
  }
}

function invalidPatch(patched: unknown, why: string): Error {
  return invalidError({ group: '', kind: '' }, '', [invalid('patch', JSON.stringify(patched), why)])
}

export function patchFunction(
  definition: Pick<KindDefinition, 'type'>,
  { mediaType, patch }: PatchRequest,
): PatchFunction {
  switch (mediaType) {
    case 'application/json-patch+json': {
      const operations = parseJsonPatch(patch)
      return (current) => applyJsonPatch(current, operations)
    }
    case 'application/merge-patch+json':
      return (current) => applyMergePatch(current, patch)
    default:
      return (current) => applyStrategicMergePatch(current, patch, definition.type, mergeFacts)
  }
}
