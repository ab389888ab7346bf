/**
 * PATCH bodies: which kind of patch, and the change that it makes of the current object. The change runs inside the
 * turn, so a patch is atomic and needs no retry (k8s.io/apiserver pkg/endpoints/handlers/patch.go).
 */
import { holdsWritten } from '../../lib/exact-json.ts'
import { hasEmptyManagedFields } from '../../apimachinery/apply/managers.ts'
import { withoutManagedFields, type ManagedEndpoint } from '../../apimachinery/apply/ownership.ts'
import type { AnyObject, ObjectMeta } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { applyJsonPatch, parseJsonPatch } from '../../apimachinery/patch/json-patch.ts'
import { cloneJson, formatGo, isJsonObject } from '../../apimachinery/patch/json-value.ts'
import { applyMergePatch } from '../../apimachinery/patch/merge-patch.ts'
import { inPrintedOrder, touchedByMerge, type Touched } from '../../apimachinery/patch/touched.ts'
import { applyStrategicMergePatch } from '../../apimachinery/patch/strategic-merge.ts'
import { unclassifiedError } from '../../apimachinery/status-error.ts'
import type { Decoded } from '../../apimachinery/schema/decode.ts'
import { DecodeError, UnconvertibleError } from '../../apimachinery/schema/decode-error.ts'
import { settled } from '../../apimachinery/schema/source-reading.ts'
import { duplicateField, unknownFieldAsIs } from '../../apimachinery/wire/json.ts'
import { Members, entriesOf, plainJson, repeatedFields, unfolded } from '../../apimachinery/wire/json-members.ts'
import { printJson } from '../../apimachinery/wire/print-json.ts'
import { withoutRaw } from '../../apimachinery/wire/raw/raw-json.ts'
import type { DecodeOptions, KindRef } from '../../apis/define-kind.ts'
import { mergeFacts } from '../../apis/facts/merge-facts.ts'
import { keepsRaw, structOfKind } from '../../apis/kind-type.ts'
import { placeInNamespace } from '../../registry/create.ts'
import type { Change } from '../../registry/update.ts'
import type { ApiHost } from '../api-host.ts'
import { StaleDefinition } from '../custom/custom-resources.ts'
import type { RequestContext } from '../request-context.ts'
import { callerOf, targetOf } from '../request-context.ts'
import { applyChangeOf } from './apply-patch.ts'
import { isCustom, readBody } from './body.ts'
import { checkPatchedType, invalidPatch, isOfNoVersion, unusableInternal } from './patched-type.ts'
import { readPatchText, type PatchRequest, type Patched } from './patch-text.ts'
import { ACCEPTED_PATCHES, ACCEPTED_PATCHES_OF_CUSTOM, PATCH_MEDIA_TYPES } from './patch-types.ts'
import { endpointOf, isSaid } from './tracking.ts'
import type { Caller } from './turn.ts'
import { parseWriteOptions } from './write-options.ts'
import type { FieldValidation } from './write-options.ts'
import { checkName } from './written-object.ts'

const { json: JSON_PATCH, merge: MERGE_PATCH, strategic: STRATEGIC_MERGE_PATCH, apply: APPLY_PATCH } = PATCH_MEDIA_TYPES

/** What is patched: a kind, or what a subresource speaks. */
export type PatchedKind = KindRef & { readonly type: string }

interface PatchOptions {
  readonly fieldValidation: FieldValidation
  readonly warn: (text: string) => void
  /** Throws StaleDefinition instead of pruning. */
  readonly mayBeStale?: boolean
  /** A built-in type of a custom resource, its Scale: read as it comes, and without managed fields in it. */
  readonly isOfCustom?: boolean
}

/** Gives the next object from the current one. */
type PatchChange = (current: AnyObject | undefined) => AnyObject

export interface ReadPatch {
  readonly change: Change
  readonly caller: Caller
  /** A server-side apply, which says itself who owns what, and makes what is not there. */
  readonly isApply: boolean
}

/** `kind` and `endpoint`: what is patched, where it is not the resource itself (Scale). */
export async function readPatch(
  context: RequestContext,
  kind: PatchedKind = context.definition,
  endpoint: ManagedEndpoint = endpointOf(context.host, targetOf(context)),
): Promise<ReadPatch> {
  const { host, query } = context
  const isCustom = context.definition.custom !== undefined
  const body = await readBody(context, isCustom ? ACCEPTED_PATCHES_OF_CUSTOM : ACCEPTED_PATCHES)
  const isApply = body.mediaType === APPLY_PATCH
  const options = parseWriteOptions('patch', query, isApply)
  const caller = callerOf(context, options)
  const { fieldValidation } = options
  if (isApply) {
    const { name } = context.info
    const nowMs = (): number => host.clock.now()
    const change = applyChangeOf(host, kind, body, { ...options, ...caller, endpoint, name, nowMs })
    return { change, caller, isApply }
  }
  const mayBeStale = kind === context.definition && context.mayBeStale === true
  const isOfCustom = context.definition.custom !== undefined
  let apply: PatchChange | undefined
  const change: PatchChange = (current) => {
    // In the turn, so that an object that is not there is told of before a patch that cannot be read.
    const { warn } = caller
    const said = { fieldValidation, warn, mayBeStale, isOfCustom }
    apply ??= changeOf(host, kind, readPatchText(kind, body, fieldValidation), said)
    return apply(current)
  }
  return { change, caller, isApply }
}

/** The change that a patch makes: applied to the current object, decoded, defaulted. */
export function changeOf(
  host: Pick<ApiHost, 'decode' | 'applyDefaults' | 'scheme' | 'namespace'>,
  kind: PatchedKind,
  request: PatchRequest,
  { fieldValidation, warn, mayBeStale = false, isOfCustom = false }: PatchOptions,
): PatchChange {
  return (current) => {
    if (current === undefined) throw new Error('a patch was applied to an object that is not there')
    const name = current.metadata.name ?? ''
    const { managedFields } = current.metadata
    const isAboutManagers = mentionsManagedFields(request)
    const { mediaType, complaints } = request
    const isStrategic = mediaType === STRATEGIC_MERGE_PATCH
    const isLenient = fieldValidation === 'Ignore'
    const given = isAboutManagers ? current : withoutManagedFields(current)
    const made = patchOf(kind, request, given, isLenient)
    // Again for an error that shows it, managed fields and all: decoding a custom resource prunes what it is given.
    const whole = (): AnyObject => {
      if (isCustom(kind)) return { ...current, metadata: inPrintedOrder(current.metadata, () => true) as ObjectMeta }
      return isOfCustom ? given : current
    }
    const again = (): Patched => patchOf(kind, request.inLetters?.() ?? request, whole(), isLenient)
    if (!isStrategic) {
      checkPatchedType(host.scheme, kind, made.patched, () => again().shown(), isOfCustom)
      const isInternal = !isOfCustom && isOfNoVersion(made.patched)
      if (isInternal) throw unusableInternal(name, made.patched, { complaints, fieldValidation, warn, again })
    }
    const { isToTheLetter = false } = request
    const options = { convertsNumbers: isStrategic, holdsWritten: isToTheLetter || holdsWritten(request.patch) }
    const decoding = { made, again, isStrategic, isToTheLetter, isLenient, options }
    const { object, unknownFields: unknown, complaints: told } = decodePatched(host, kind, decoding)
    // Of a custom resource that says it is another one nothing is known.
    const isOther = isCustom(kind) && !isSaid(kind, object)
    const unknownFields = isOther ? [] : unknown
    if (mayBeStale && unknownFields.length > 0) throw new StaleDefinition()
    const found = isOther ? undefined : told
    const all = [...(complaints ?? []), ...(found ?? unknownFields.map(unknownFieldAsIs))]
    if (fieldValidation === 'Warn') all.forEach(warn)
    if (fieldValidation === 'Strict' && all.length > 0) {
      throw invalidPatch(again().shown(), `strict decoding error: ${all.join(', ')}`)
    }
    if (!isAboutManagers && managedFields !== undefined) object.metadata.managedFields = managedFields
    if (!isCustom(kind) && hasEmptyManagedFields(made.patched)) object.metadata.managedFields = []
    if (!isCustom(kind)) Object.assign(object, { kind: kind.kind, apiVersion: formatGroupVersion(kind) })
    placeInNamespace(host, object)
    checkName(name, object)
    host.applyDefaults(kind, object)
    return object
  }
}

/** Whether a patch says anything of managed fields, or may: else they need be neither copied nor decoded. */
function mentionsManagedFields({ mediaType, patch }: PatchRequest): boolean {
  if (mediaType !== JSON_PATCH) {
    if (!isJsonObject(patch) || hasDirective(patch)) return true
    const { metadata = {} } = patch
    return !isJsonObject(metadata) || 'managedFields' in metadata || hasDirective(metadata)
  }
  if (!Array.isArray(patch)) return true
  return patch.map(unfolded).filter(isJsonObject).some(({ path, from }) =>
    [path, from].some((pointer) => typeof pointer === 'string' && MANAGERS_POINTER.test(pointer)))
}

/** Whether a strategic merge patch replaces, deletes or trims this object. */
function hasDirective(patch: object): boolean {
  return '$patch' in patch || '$retainKeys' in patch
}

/** The whole object, its metadata, or something in its managed fields. */
const MANAGERS_POINTER = /^(?:\/metadata(?:\/managedFields(?:\/.*)?)?)?$/

interface Decoding {
  readonly made: Patched
  again(): Patched
  readonly isStrategic: boolean
  readonly isToTheLetter: boolean
  readonly isLenient: boolean
  readonly options: DecodeOptions
}

/**
 * What JSON and merge patches make is decoded as upstream prints it where something is wrong in it, unknown or twice.
 * @throws ApiStatusError 422 that shows what was made, 500 for what is refused once upstream has read it
 */
function decodePatched(host: Pick<ApiHost, 'decode'>, kind: KindRef, decoding: Decoding): Decoded {
  const { made, again, isStrategic, isToTheLetter, isLenient, options } = decoding
  try {
    if (isCustom(kind)) return decodeCustom(host, kind, decoding)
    const decoded = isToTheLetter ? undefined : host.decode(kind, made.patched, options)
    if (isStrategic && decoded !== undefined) return { ...decoded, unknownFields: decoded.unknownFields.toSorted() }
    if (decoded !== undefined && (isLenient || decoded.unknownFields.length === 0)) return decoded
    return host.decode(kind, printedMembers(made), options)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (isStrategic) {
      if (error instanceof UnconvertibleError) throw unclassifiedError(error.message)
      throw invalidPatch(again().shown(), error instanceof DecodeError ? error.inConversion() : error.message)
    }
    throw invalidPatch(again().shown(), (faultOf(host, kind, decoding) ?? error).message)
  }
}

function printedMembers(made: Patched): Members {
  return new Members(entriesOf(made.printed() as object))
}

/** What upstream comes upon first in what it prints. */
function faultOf(host: Pick<ApiHost, 'decode'>, kind: KindRef, { again, options }: Decoding): Error | undefined {
  try {
    host.decode(kind, isCustom(kind) ? plainJson(again().printed()) : printedMembers(again()), options)
  } catch (error) {
    return error instanceof Error ? error : undefined
  }
  return undefined
}

/** A custom resource is a map, in which the last counts of what is there twice. */
function decodeCustom(host: Pick<ApiHost, 'decode'>, kind: KindRef, decoding: Decoding): Decoded {
  const { made, isToTheLetter, options } = decoding
  const decoded = host.decode(kind, isToTheLetter ? plainJson(made.patched) : made.patched, options)
  const repeated = isToTheLetter ? repeatedFields(made.printed()).map(duplicateField) : []
  return { ...decoded, complaints: [...repeated, ...decoded.unknownFields.map(unknownFieldAsIs)] }
}

function patchOf(kind: PatchedKind, request: PatchRequest, current: AnyObject, isLenient: boolean): Patched {
  const ofItsType = (made: unknown): unknown => request.keepsWritten === true ? settled(structOfKind(kind), made) : made
  const json = (patched: unknown, touched: () => Touched): Patched => {
    const inOrder = (isShown = false): unknown => inPrintedOrder(patched, touched(), isShown)
    return { patched: ofItsType(patched), printed: () => ofItsType(inOrder()), shown: () => printJson(inOrder(true)) }
  }
  switch (request.mediaType) {
    case JSON_PATCH: {
      const touched = new Set<unknown>()
      const operations = parseJsonPatch(request.patch, isLenient)
      return json(applyJsonPatch(current, operations, touched, request.keepsWritten), () => (part) => touched.has(part))
    }
    case MERGE_PATCH:
      return json(applyMergePatch(current, request.patch, isLenient), () => touchedByMerge(current))
    default: {
      const patch = cloneJson(request.patch)
      const document = keepsRaw(kind) ? withoutRaw(current) : current
      const patched = applyStrategicMergePatch(document, patch, kind.type, mergeFacts)
      return { patched, printed: () => patched, shown: () => formatGo(patch) }
    }
  }
}
