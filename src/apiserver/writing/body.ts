/**
 * Bodies of writes: read within the size limit, parsed by media type, decoded against the kind, with unknown and
 * duplicate fields refused, warned of or ignored (k8s.io/apiserver pkg/endpoints/handlers/{create,update,rest}.go). The
 * texts of the errors are upstream's, because kubectl shows them as they are.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import {
  ApiStatusError,
  badRequestError,
  hasReason,
  requestTooLargeError,
  unsupportedMediaTypeError,
} from '../../apimachinery/status-error.ts'
import { duplicateFields } from '../../apimachinery/wire/json.ts'
import { PROTOBUF_MEDIA_TYPE, ProtobufError, decodeProtobuf } from '../../apimachinery/wire/protobuf.ts'
import { protobufMessageOf, protobufTable } from '../../apis/facts/protobuf-facts.ts'
import { readYaml } from '../../apimachinery/wire/yaml.ts'
import type { ApiHost } from '../api-host.ts'
import { bareMediaType } from '../negotiate.ts'

/** The largest body accepted: upstream's MaxRequestBodyBytes. The store's own limit for one object is lower. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

export interface Body {
  /** Empty for protobuf, whose bytes are in `bytes`. */
  readonly text: string
  readonly bytes?: Uint8Array
  readonly mediaType: string
}

export const WRITE_MEDIA_TYPES = ['application/json', 'application/yaml', PROTOBUF_MEDIA_TYPE]

export async function readBody(request: Request, mediaTypes: readonly string[]): Promise<Body> {
  const mediaType = bareMediaType(request.headers.get('content-type'))
  const known = mediaType === '' ? mediaTypes[0] : mediaTypes.find((accepted) => accepted === mediaType)
  if (known === undefined) throw unsupportedMediaTypeError(mediaTypes)
  if (Number(request.headers.get('content-length') ?? '0') > MAX_BODY_BYTES) throw requestTooLargeError(MAX_BODY_BYTES)
  if (known === PROTOBUF_MEDIA_TYPE) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    if (bytes.length > MAX_BODY_BYTES) throw requestTooLargeError(MAX_BODY_BYTES)
    return { text: '', bytes, mediaType: known }
  }
  const text = await request.text()
  // UTF-16 units are at most as many as bytes: a cheap first test, exact only near the limit.
  if (text.length > MAX_BODY_BYTES) throw requestTooLargeError(MAX_BODY_BYTES)
  return { text, mediaType: known }
}

export interface DecodeOptions {
  readonly fieldValidation: FieldValidation
  readonly warn: (text: string) => void
}

/** The body as an object of `kind`, defaulted. */
export function decodeBody(host: ApiHost, kind: KindRef, body: Body, options: DecodeOptions): AnyObject {
  const duplicates: string[] = []
  const value = parseBody(kind, body, (field) => duplicates.push(field))
  const said = value as { apiVersion?: unknown; kind?: unknown }
  checkType(kind, said)
  if (options.fieldValidation !== 'Ignore' && body.mediaType === 'application/json') {
    duplicates.push(...duplicateFields(body.text).map((path) => `duplicate field "${path}"`))
  }
  const { object, unknownFields } = decodeValue(host, kind, value)
  const complaints = [...unknownFields.map((path) => `unknown field "${path}"`), ...duplicates]
  report(kind, complaints, options)
  object.kind = kind.kind
  object.apiVersion = formatGroupVersion(kind)
  host.applyDefaults(kind, object)
  return object
}

function decodeValue(host: ApiHost, kind: KindRef, value: unknown): ReturnType<ApiHost['decode']> {
  try {
    return host.decode(kind, value)
  } catch (error) {
    if (hasReason(error, 'BadRequest') || !(error instanceof Error)) throw error
    throw cannotDecode(kind, error.message)
  }
}

/** Unknown and duplicate fields: an error, warnings, or nothing. */
function report(kind: KindRef, complaints: readonly string[], { fieldValidation, warn }: DecodeOptions): void {
  if (complaints.length === 0 || fieldValidation === 'Ignore') return
  if (fieldValidation === 'Warn') complaints.forEach(warn)
  else throw cannotDecode(kind, `strict decoding error: ${complaints.join(', ')}`)
}

function cannotDecode(kind: KindRef, why: string): ApiStatusError {
  return badRequestError(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${why}`)
}

/** Bytes of a broken body that the answer repeats, in hexadecimal as upstream's summarizeData prints them. */
const SUMMARY_BYTES = 30

function unrecognized(kind: KindRef, text: string, why: string): ApiStatusError {
  const bytes = new TextEncoder().encode(text)
  const shown = [...bytes.slice(0, SUMMARY_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const summary = `${shown}${bytes.length > SUMMARY_BYTES ? ' ...' : ''}`
  return badRequestError(`the object provided is unrecognized (must be of type ${kind.kind}): ${why} (${summary})`)
}

function parseBody(kind: KindRef, body: Body, onDuplicate: (complaint: string) => void): object {
  if (body.bytes !== undefined) return readProtobuf(kind, body.bytes)
  let value: unknown
  try {
    value =
      body.mediaType === 'application/yaml' ? readYaml(body.text, onDuplicate) : (JSON.parse(body.text) as unknown)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw unrecognized(kind, body.text, `couldn't get version/kind; json parse error: ${why}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unrecognized(
      kind,
      body.text,
      "couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct { APIVersion string; Kind string }",
    )
  }
  return value
}

/** The object inside a protobuf envelope, as JSON. */
export function readProtobuf({ kind }: Pick<KindRef, 'kind'>, bytes: Uint8Array): object {
  try {
    return decodeProtobuf(bytes, protobufTable, protobufMessageOf)
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    throw badRequestError(`the object provided is unrecognized (must be of type ${kind}): ${error.message}`)
  }
}

function checkType(kind: KindRef, said: { apiVersion?: unknown; kind?: unknown }): void {
  const expected = formatGroupVersion(kind)
  if (typeof said.apiVersion === 'string' && said.apiVersion !== '' && said.apiVersion !== expected) {
    throw badRequestError(
      `the API version in the data (${said.apiVersion}) does not match the expected API version (${expected})`,
    )
  }
  if (typeof said.kind === 'string' && said.kind !== '' && said.kind !== kind.kind) {
    throw badRequestError(
      `${said.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ` +
        `converting (${said.kind}) to (${kind.kind}): unknown conversion`,
    )
  }
}

/** `fieldValidation` of the query: Warn unless said otherwise. */
export function parseFieldValidation(query: URLSearchParams): FieldValidation {
  const text = query.get('fieldValidation') ?? ''
  if (text === '') return 'Warn'
  if (text === 'Ignore' || text === 'Warn' || text === 'Strict') return text
  throw new ApiStatusError(
    'Invalid',
    `CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: ${JSON.stringify(text)}: supported values: "Ignore", "Strict", "Warn"`,
    {
      group: 'meta.k8s.io',
      kind: 'CreateOptions',
      causes: [
        {
          reason: 'FieldValueNotSupported',
          message: `Unsupported value: ${JSON.stringify(text)}: supported values: "Ignore", "Strict", "Warn"`,
          field: 'fieldValidation',
        },
      ],
    },
  )
}
