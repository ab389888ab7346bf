/**
 * Bodies of writes: read within the size limit, parsed by media type, decoded against the kind, with unknown and
 * duplicate fields refused, warned of or ignored (k8s.io/apiserver pkg/endpoints/handlers/{create,update,rest}.go).
 * The texts of the errors are upstream's, because kubectl shows them as they are.
 */
import { holdsWritten } from '../../lib/exact-json.ts'
import { hexOf } from '../../lib/crypto/hex.ts'
import { ascending } from '../../lib/order.ts'
import type { CustomType, KindDefinition, KindRef } from '../../apis/define-kind.ts'
import { checkCustomKind } from '../../apis/custom/custom-type.ts'
import { hasEmptyManagedFields } from '../../apimachinery/apply/managers.ts'
import { quote } from '../../apimachinery/field-path.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { formatGroupVersion, parseGroupVersion } from '../../apimachinery/meta.ts'
import type { ApiStatusError } from '../../apimachinery/status-error.ts'
import {
  badRequestError,
  hasReason,
  requestTooLargeError,
  unsupportedMediaTypeError,
} from '../../apimachinery/status-error.ts'
import { sortedFields } from '../../apimachinery/patch/json-value.ts'
import { readByType } from '../../apimachinery/schema/source-reading.ts'
import {
  JsonError, duplicateField, duplicateFields, readJson, readToTheLetter, unknownField, unknownFieldAsIs,
  type JsonReading,
} from '../../apimachinery/wire/json.ts'
import type { Envelope } from '../../apimachinery/wire/protobuf/codec.ts'
import { PROTOBUF_MEDIA_TYPE, readEnvelope } from '../../apimachinery/wire/protobuf/codec.ts'
import { ProtobufError } from '../../apimachinery/wire/protobuf/message-table.ts'
import { protobufCodec, protobufMessageOf } from '../../apis/facts/protobuf-facts.ts'
import { decodeUtf8 } from '../../apimachinery/wire/utf8.ts'
import { YamlError, formatYamlDuplicates, readYaml } from '../../apimachinery/wire/yaml.ts'
import type { ApiHost } from '../api-host.ts'
import { StaleDefinition } from '../custom/custom-resources.ts'
import { bareMediaType } from '../negotiate.ts'
import type { RequestContext } from '../request-context.ts'
import { bodyType, kindSaid } from './bodies/body-type.ts'
import { typeToReadBy } from './bodies/by-type.ts'
import { TYPE_ERROR, saidTypeOf, type SaidType } from './bodies/said-type.ts'
import type { FieldValidation } from './write-options.ts'

/** The largest body accepted: upstream's MaxRequestBodyBytes. The store's own limit for one object is lower. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

/** How much of a larger one is taken before it is refused. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024

export interface Body {
  /** Empty for protobuf, whose bytes are in `bytes`. */
  readonly text: string
  readonly bytes?: Uint8Array
  readonly mediaType: string
  /** What the text was before, where that is no UTF-8. */
  readonly broken?: Uint8Array
}

const YAML_MEDIA_TYPE = 'application/yaml'
const TEXT_MEDIA_TYPES = ['application/json', YAML_MEDIA_TYPE]

/** What a body may be that is of one of upstream's own types. */
export const WRITE_MEDIA_TYPES = [...TEXT_MEDIA_TYPES, PROTOBUF_MEDIA_TYPE]

/**
 * What bodies of `kind` may be: those of custom resources never come in protobuf. Upstream names it all the same where
 * it refuses another form, and breaks the connection when it comes.
 */
export function bodyMediaTypes(kind: KindRef): readonly string[] {
  return protobufMessageOf(kind) === undefined ? TEXT_MEDIA_TYPES : WRITE_MEDIA_TYPES
}

/** Nothing, or a name and a value. */
const PARAMETER = /^\s*(?:[^\s=]+\s*=.*)?$/

/** What of `mediaTypes` the body says it is, the first if it says nothing. Parameters mean nothing, but must be some. */
function saidType({ method, headers }: Request, mediaTypes: readonly string[]): string | undefined {
  const contentType = headers.get('content-type')
  const mediaType = bareMediaType(contentType)
  if (mediaType === '') return method === 'PATCH' || (contentType ?? '') === '' ? mediaTypes[0] : undefined
  const [, ...parameters] = (contentType ?? '').split(';')
  // A patch's type is all that is in front of them (k8s.io/apiserver pkg/endpoints/handlers/patch.go).
  const isRight = method === 'PATCH' || parameters.every((parameter) => PARAMETER.test(parameter))
  if (!isRight) return undefined
  return mediaTypes.find((accepted) => accepted === mediaType)
}

/** Whose body is read, and where it is said how long it was. */
type Asked = Pick<RequestContext, 'request' | 'way'>

/** A body that may be missing: only of one that is there does the type matter. */
export async function readOptionalBody(asked: Asked, mediaTypes: readonly string[]): Promise<Body | undefined> {
  if (saidType(asked.request, mediaTypes) === undefined) {
    const { byteLength } = await readBounded(asked)
    if (byteLength === 0) return undefined
    throw unsupportedMediaTypeError(WRITE_MEDIA_TYPES)
  }
  const body = await readBody(asked, mediaTypes)
  return body.text === '' && (body.bytes ?? []).length === 0 ? undefined : body
}

/** `told`: what the refusal of a form says that is in neither list. */
export async function readBody(
  asked: Asked,
  mediaTypes: readonly string[],
  told: readonly string[] = mediaTypes,
): Promise<Body> {
  const { request, way } = asked
  const known = saidType(request, mediaTypes)
  if (known === undefined) {
    const isProtobuf = bareMediaType(request.headers.get('content-type')) === PROTOBUF_MEDIA_TYPE
    throw unsupportedMediaTypeError(isProtobuf ? mediaTypes : told)
  }
  const length = request.headers.get('content-length')
  if (Number(length ?? '0') > MAX_BODY_BYTES) {
    await discard(request.body?.getReader())
    throw requestTooLargeError(MAX_BODY_BYTES)
  }
  const bytes = length === null ? await readBounded(asked) : new Uint8Array(await request.arrayBuffer())
  way.bodyBytes = bytes.length
  if (known === PROTOBUF_MEDIA_TYPE) return { text: '', bytes, mediaType: known }
  const { text, isBroken } = decodeUtf8(bytes)
  return { text, mediaType: known, ...(isBroken ? { broken: bytes } : {}) }
}

/**
 * Many clients read no answer before they have sent everything, and know of a connection that was closed meanwhile only
 * that it broke. What is far too large is given up nevertheless.
 */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array> | undefined, size = 0): Promise<void> {
  for (let left = MAX_DISCARDED_BYTES - size; left > 0;) {
    const { value: chunk } = (await reader?.read()) ?? {}
    if (chunk === undefined) return
    left -= chunk.byteLength
  }
  // Not waited for: where the body was cloned it ends only once the clone is given up, too;
  // and however it ends, this is the answer.
  reader?.cancel().catch(() => undefined)
}

/** A body that does not say how long it is, and is given up where it becomes too long. */
async function readBounded({ request: { body }, way }: Asked): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body?.getReader()
  for (;;) {
    const { value: chunk } = (await reader?.read()) ?? {}
    if (chunk === undefined) break
    size += chunk.byteLength
    if (size > MAX_BODY_BYTES) {
      await discard(reader, size)
      throw requestTooLargeError(MAX_BODY_BYTES)
    }
    chunks.push(chunk)
  }
  way.bodyBytes = size
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

export interface DecodeOptions {
  readonly fieldValidation: FieldValidation
  readonly warn: (text: string) => void
  /** Throws StaleDefinition instead of pruning. */
  readonly mayBeStale?: boolean
  /** What kind a custom resource says that it is, is judged where the rest of it is: the registry's updates do that. */
  readonly judgesKindLater?: boolean
}

/** The body as an object of `kind`, defaulted. @throws ApiStatusError 400 */
export function decodeBody(host: ApiHost, kind: KindRef, body: Body, options: DecodeOptions): AnyObject {
  const refuse = (why: string): ApiStatusError => unrecognized(kind.kind, body, why)
  const said = { ...body, ...parseBody(body, refuse, { keepsWritten: 'all', isUntyped: isCustom(kind) }) }
  tellOfOtherVersion(kind, said, options)
  checkType(host, kind, said, { refuse, options })
  const { object, unknownFields, complaints } = decodeParsed(host, kind, said, options.fieldValidation)
  if (unknownFields.length > 0 && options.mayBeStale === true) throw new StaleDefinition()
  report(kind, complaints ?? complaintsOf(kind, said, unknownFields, options), options)
  if (!isCustom(kind) && hasEmptyManagedFields(said.value)) object.metadata.managedFields = []
  if (!isCustom(kind)) object.kind = kind.kind
  else if (options.judgesKindLater !== true) checkCustomKind(kind, object)
  object.apiVersion = formatGroupVersion(kind)
  host.applyDefaults(kind, object)
  return object
}

/**
 * JSON of built-in kinds is decoded to the letter where that makes a difference: something is kept as it was written,
 * is there twice, is unknown and to be told of, or is wrong.
 */
function decodeParsed(
  host: ApiHost,
  kind: KindRef,
  { value, repeated, text, mediaType, bytes }: Body & Parsed,
  fieldValidation: FieldValidation,
): ReturnType<ApiHost['decode']> {
  if (mediaType !== 'application/json' || isCustom(kind)) {
    return decodeValue(host, kind, bytes === undefined ? value : insideOf(kind, value), mediaType)
  }
  const type = typeToReadBy(kind, text)
  if (type !== undefined) return decodeValue(host, kind, readByType(type, text), mediaType)
  if (repeated.length === 0) {
    const decoded = decodeValue(host, kind, value, mediaType)
    if (decoded.unknownFields.length === 0 || fieldValidation === 'Ignore') return decoded
  }
  return decodeValue(host, kind, readToTheLetter(text), mediaType)
}

/**
 * A custom resource of another version than is asked for: upstream has looked for unknown fields by the time it sees
 * that, in that version's schema; where there is no such version nothing is known but the metadata.
 */
function tellOfOtherVersion(kind: KindRef, body: Body & Parsed, options: DecodeOptions): void {
  const { group, kind: name, resource, scope, custom } = kind as KindDefinition
  if (custom === undefined || options.fieldValidation === 'Ignore') return
  const { apiVersion, kind: said } = body.value as { apiVersion?: unknown; kind?: unknown }
  const told = typeof apiVersion === 'string' ? parseGroupVersion(apiVersion) : undefined
  if (told?.group !== group || told.version === kind.version || said !== name) return
  const unknown = unknownIn(custom, body.value, told.version)
  if (unknown === undefined) return
  const there: KindRef & Pick<KindDefinition, 'custom'> = { ...told, kind: name, resource, scope, group, custom }
  report(there, complaintsOf(there, { ...body, yamlDuplicates: [] }, unknown, options), options)
}

/** undefined: it cannot be read in that version, either. */
function unknownIn(custom: CustomType, value: object, version: string): readonly string[] | undefined {
  const there = custom.inVersion(version)?.custom
  const { apiVersion, kind, metadata = {}, ...others } = value as Record<string, unknown>
  try {
    if (there !== undefined) return there.decode(value).unknownFields
    const known = custom.decode({ apiVersion, kind, metadata }, { holdsWritten: true }).unknownFields
    return [...known, ...Object.keys(others)].toSorted(byKeys)
  } catch {
    return undefined
  }
}

function decodeValue(host: ApiHost, kind: KindRef, value: unknown, mediaType: string): ReturnType<ApiHost['decode']> {
  try {
    return host.decode(kind, value, { holdsWritten: holdsWritten(value) })
  } catch (error) {
    if (hasReason(error, 'BadRequest') || !(error instanceof Error)) throw error
    const told = mediaType === YAML_MEDIA_TYPE ? firstOfSorted(host, kind, value) : undefined
    throw cannotDecode(kind, kind, (told ?? error).message)
  }
}

/** YAML has sorted fields once upstream has made JSON of it: of several mistakes the first one of those is told. */
function firstOfSorted(host: ApiHost, kind: KindRef, value: unknown): Error | undefined {
  try {
    host.decode(kind, sortedFields(value))
  } catch (error) {
    return error instanceof Error ? error : undefined
  }
  return undefined
}

/** Unknown and duplicate fields: an error, or warnings. */
function report(kind: KindRef, complaints: readonly string[], { fieldValidation, warn }: DecodeOptions): void {
  if (complaints.length === 0 || fieldValidation === 'Ignore') return
  if (fieldValidation === 'Strict') throw notStrict(kind, complaints)
  complaints.forEach(warn)
}

/** What strict decoding says of a body that was not decoded to the letter. */
function complaintsOf(
  kind: KindRef,
  { mediaType, repeated, yamlDuplicates }: Body & Parsed,
  unknownFields: readonly string[],
  { fieldValidation }: DecodeOptions,
): readonly string[] {
  const told = isCustom(kind) ? unknownFieldAsIs : unknownField
  if (mediaType === 'application/json') return [...repeated.map(duplicateField), ...unknownFields.map(told)]
  // Upstream has made JSON with sorted keys of YAML by the time it looks for unknown fields.
  const unknown = unknownFields.toSorted(byKeys).map(told)
  if (fieldValidation !== 'Strict' || yamlDuplicates.length === 0) return [...yamlDuplicates, ...unknown]
  return [formatYamlDuplicates(yamlDuplicates), ...unknown]
}

function notStrict(kind: KindRef, complaints: readonly string[]): ApiStatusError {
  return cannotDecode(kind, kind, `strict decoding error: ${complaints.join(', ')}`)
}

/** Paths in the order in which a walk of sorted keys meets them. */
function byKeys(left: string, right: string): number {
  const [lefts, rights] = [left.split(/[.[\]]+/), right.split(/[.[\]]+/)]
  for (const [at, one] of lefts.entries()) {
    const other = rights[at]
    if (other === undefined) return 1
    if (one === other) continue
    if (/^\d+$/.test(one) && /^\d+$/.test(other)) return Number(one) - Number(other)
    return ascending(one, other)
  }
  return 0
}

/** `said`: the kind and version that the body gives itself. */
function cannotDecode(kind: KindRef, said: Pick<KindRef, 'kind' | 'version'>, why: string): ApiStatusError {
  return badRequestError(`${said.kind.toWellFormed()} in version ${quote(said.version)} cannot be handled as a ${kind.kind}: ${why}`)
}

/** Bytes of a broken body that the answer repeats, as upstream's summarizeData has it. */
const SUMMARY_BYTES = 30
const OPENING_BRACE = 0x7b

function unrecognized(kind: string, body: Body, why: string): ApiStatusError {
  return badRequestError(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(body)})`)
}

/** The beginning of what looks like JSON as it is, of anything else in hexadecimal. */
function summary({ text, bytes: given, broken }: Body): string {
  // More characters than bytes are needed: the rest of a large body is not encoded for this.
  const bytes = given ?? broken ?? new TextEncoder().encode(text.slice(0, SUMMARY_BYTES + 1))
  if (bytes.length === 0) return '<empty>'
  const more = bytes.length > SUMMARY_BYTES ? ' ...' : ''
  const first = bytes.slice(0, SUMMARY_BYTES)
  if (bytes[0] === OPENING_BRACE) return `${new TextDecoder().decode(first)}${more}`
  return `${hexOf(first)}${more}`
}

/** Makes the error of a body that cannot be read at all. */
type Refuse = (why: string) => ApiStatusError

/** A body as JSON that says what it is. */
export interface Parsed {
  /** `null` is an empty object. Of protobuf the envelope: what is inside is told by the type, which comes first. */
  readonly value: object
  readonly type: SaidType
  /** Paths of what JSON has twice. */
  readonly repeated: readonly string[]
  /** What is to be said of what YAML has twice. */
  readonly yamlDuplicates: readonly string[]
}

/** `isUntyped`: nothing will read numbers by their type. */
type Reading = JsonReading & { readonly isUntyped?: boolean }

/** @throws what `refuse` makes of what is no JSON object, or does not say in texts what it is */
export function parseBody(body: Body, refuse: Refuse, reading: Reading = {}): Parsed {
  if (body.bytes !== undefined) {
    const envelope = envelopeOf(body.bytes, refuse)
    return { value: envelope, type: envelope, repeated: [], yamlDuplicates: [] }
  }
  const yamlDuplicates: string[] = []
  const value = parseText(body, (complaint) => yamlDuplicates.push(complaint), refuse, reading) ?? {}
  const isYaml = body.mediaType === YAML_MEDIA_TYPE
  const repeated = isYaml ? [] : duplicateFields(body.text, value)
  const type = saidTypeOf(repeated.length === 0 ? value : readToTheLetter(body.text), isYaml)
  if (typeof type === 'string') throw refuse(type)
  return { value, type, repeated, yamlDuplicates }
}

function parseText(
  { text, mediaType, broken }: Body,
  onYamlDuplicate: (complaint: string) => void,
  refuse: Refuse,
  { isUntyped, ...reading }: Reading,
): unknown {
  try {
    if (mediaType !== YAML_MEDIA_TYPE) return readJson(text, { ...reading, broken })
    return readYaml(broken ?? text, onYamlDuplicate, isUntyped)
  } catch (error) {
    if (error instanceof YamlError) throw refuse(error.message)
    if (!(error instanceof JsonError)) throw error
    throw refuse(`${TYPE_ERROR}: ${error.message}`)
  }
}

/** An apiVersion that is none counts as not said, as upstream's protobuf serializer has it. */
function envelopeOf(bytes: Uint8Array, refuse: Refuse): Envelope {
  try {
    const envelope = readEnvelope(bytes)
    return parseGroupVersion(envelope.apiVersion) === undefined ? { ...envelope, apiVersion: '' } : envelope
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    throw refuse(error.message)
  }
}

/** The object inside an envelope, as JSON. `kind` is one that travels in protobuf: others were refused before. */
function insideOf(kind: KindRef, envelope: object): object {
  try {
    return decodeRaw(kind, envelope)
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    throw cannotDecode(kind, kind, error.message)
  }
}

/** @throws ProtobufError */
export function decodeRaw(kind: KindRef, envelope: object): object {
  return protobufCodec.decode(protobufMessageOf(kind) ?? '', (envelope as Envelope).raw)
}

interface Checked {
  readonly refuse: Refuse
  readonly options: DecodeOptions
}

function checkType(host: ApiHost, kind: KindRef, body: Body & Parsed, { refuse, options }: Checked): void {
  const { text, value, type } = body
  const { apiVersion: groupVersion, kind: said } = type
  if (groupVersion !== '' && parseGroupVersion(groupVersion) === undefined) {
    throw refuse(`unexpected GroupVersion string: ${groupVersion}`)
  }
  if (isCustom(kind)) {
    checkCustomType(kind, value, text, refuse)
    return
  }
  const judged = bodyType(host.scheme, kind, { groupVersion, kind: said })
  if (judged.isRight) return
  readAsSaid(host, kind, body, { ...options, isOther: 'why' in judged })
  if ('why' in judged) throw cannotDecode(kind, judged, judged.why)
  throw otherVersion(judged.otherVersion, kind)
}

/**
 * Upstream has read a body as what it says it is by the time it sees that this is something else: what is of a wrong
 * type there is told first, and of another version of the kind also what is unknown.
 */
function readAsSaid(
  host: ApiHost,
  kind: KindRef,
  body: Body & Parsed,
  options: DecodeOptions & { readonly isOther: boolean },
): void {
  const there = kindSaid(host.scheme, kind, body.type)
  if (there === undefined) return
  try {
    const { unknownFields, complaints } = decodeParsed(host, there, body, options.fieldValidation)
    if (!options.isOther) report(there, complaints ?? complaintsOf(there, body, unknownFields, options), options)
  } catch (error) {
    if (!options.isOther || !hasReason(error, 'BadRequest')) throw error
    const why = error.message.slice(cannotDecode(there, there, '').message.length)
    throw cannotDecode(kind, there, why)
  }
}

function otherVersion(said: string, kind: KindRef): ApiStatusError {
  return badRequestError(
    `the API version in the data (${said}) does not match the expected API version (${formatGroupVersion(kind)})`,
  )
}

export function isCustom(kind: KindRef): boolean {
  return (kind as Partial<KindDefinition>).custom !== undefined
}

/** A custom resource has to say what it is; that it is something else is told like any other mistake in it. */
function checkCustomType(kind: KindRef, value: object, text: string, refuse: Refuse): void {
  const { apiVersion, kind: said } = value as { apiVersion?: string | null; kind?: string | null }
  if ((said ?? '') === '') throw refuse(`Object 'Kind' is missing in '${text}'`)
  if ((apiVersion ?? '') !== formatGroupVersion(kind)) throw otherVersion(apiVersion ?? '', kind)
}
