/**
 * Answers: how objects, lists, Tables and Statuses become HTTP responses. The one place that speaks of headers and
 * encodings; stored text is passed on as it is wherever the form allows.
 */
import { parseJson } from '../lib/exact-json.ts'
import type { KindDefinition } from '../apis/define-kind.ts'
import { printTyped } from '../apis/schema.ts'
import { internalType } from '../apis/internal-type.ts'
import type { AnyObject } from '../apimachinery/meta.ts'
import { parseGroupVersion } from '../apimachinery/meta.ts'
import type { Status } from '../apimachinery/status-error.ts'
import { ApiStatusError, internalError, unclassifiedError } from '../apimachinery/status-error.ts'
import { PROTOBUF_MEDIA_TYPE } from '../apimachinery/wire/protobuf/codec.ts'
import { indentJson } from '../apimachinery/wire/print-json.ts'
import { printYaml } from '../apimachinery/wire/print-yaml.ts'
import { YamlError } from '../apimachinery/wire/yaml.ts'
import { protobufCodec, protobufMessageOf } from '../apis/facts/protobuf-facts.ts'
import { parseWithoutManagedFields } from '../registry/object-text.ts'
import { StoreError } from '../store/store-error.ts'
import { sized } from './reading/body-size.ts'
import { parseShown } from './reading/shown-text.ts'
import { bodyAnswer } from './reading/gzip.ts'
import type { ErrorForm, Form } from './negotiate.ts'
import type { Printed } from './reading/tables.ts'
import { partialText, rowText, tableText } from './reading/tables.ts'
import { addWarnings } from './warning-headers.ts'

export interface AnswerOptions {
  readonly httpCode: number
  readonly form: Form
  readonly warnings: readonly string[]
  readonly nowMs: number
  /** `includeObject` of Table requests: None, Metadata or Object. */
  readonly includeObject: string
  /** The caller takes gzip. */
  readonly acceptsGzip: boolean
}

/** For HEAD, which only custom resources answer: it is no route of others. */
export async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel()
  return new Response(null, response)
}

type Answered = Printed & Partial<Pick<KindDefinition, 'custom'>> & {
  /** Where upstream has the type, should it not be where those of its group are. */
  readonly typePackage?: string
}

/** One stored object in the form asked for. */
export function answerObject(definition: Answered, text: string, options: AnswerOptions): Response {
  const { form } = options
  switch (form.shape) {
    case 'object':
      return answerText(text, options)
    case 'table': {
      const { resourceVersion } = parseWithoutManagedFields(text).metadata
      // What was not stored has none.
      const listMeta = resourceVersion === undefined ? {} : { resourceVersion }
      return answerText(tableText(definition, listMeta, [rowText(definition, text, options)], options), options)
    }
    case 'partial':
      return answerText(partialText(text, form.metaVersion), options)
    case 'partialList': {
      // Upstream's type of custom resources could be a list: that it has no items is found out too late for a 406.
      if (definition.custom !== undefined) throw unclassifiedError('content is not a list')
      const { apiVersion, kind } = parseJson(text) as AnyObject
      const group = definition.typePackage ?? parseGroupVersion(apiVersion)?.group ?? ''
      throw shapeError('you requested PartialObjectMetadataList, but the requested object is not a list', { group, kind })
    }
  }
}

/** A shape that the answer cannot have. */
export function shapeError(why: string, { group, kind }: { readonly group: string; readonly kind: string }): Error {
  return new ApiStatusError('NotAcceptable', `${why} (*${internalType({ group, kind })})`)
}

/** PartialObjectMetadata of an object's text. */
export function partialOf(text: string, metaVersion: string): AnyObject {
  return parseJson(partialText(text, metaVersion)) as AnyObject
}

/** A finished JSON text, converted to YAML or protobuf or indented where that was asked for. */
export function answerText(text: string, { form, httpCode, warnings, acceptsGzip }: TextOptions): Response {
  const init = { status: httpCode, headers: headersOf(form.mediaType, warnings) }
  return bodyAnswer(renderBody(text, form), init, acceptsGzip)
}

type TextOptions = Pick<AnswerOptions, 'httpCode' | 'form' | 'warnings' | 'acceptsGzip'>

export function renderBody(text: string, { mediaType, isPretty }: ErrorForm): string | Uint8Array<ArrayBuffer> {
  switch (mediaType) {
    case PROTOBUF_MEDIA_TYPE: {
      const subject = parseShown(text) as AnyObject
      return protobufCodec.encode(messageOf(subject), subject, subject)
    }
    case 'application/yaml':
      return yamlBody(text)
    case 'application/json':
      return isPretty ? indentJson(text) : `${text}\n`
  }
}

/** @throws ApiStatusError where upstream cannot read its own JSON as YAML */
function yamlBody(text: string): string {
  try {
    return printYaml(parseShown(text))
  } catch (error) {
    throw error instanceof YamlError ? unclassifiedError(error.message) : error
  }
}

/** The message that an object is in protobuf, by what it says of itself. */
export function messageOf({ apiVersion, kind }: AnyObject): string {
  const message = protobufMessageOf({ ...(parseGroupVersion(apiVersion) ?? NO_VERSION), kind })
  if (message !== undefined) return message
  // Kept for whatever a handler answers beside its kind: negotiation has refused the kinds that never travel so.
  const why = 'does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message'
  throw new ApiStatusError('NotAcceptable', `object ${kind} in version "${apiVersion}" ${why}`)
}

const NO_VERSION = { group: '', version: '' }

export function headersOf(mediaType: string, warnings: readonly string[]): Headers {
  const headers = new Headers({ 'content-type': mediaType, 'cache-control': 'no-cache, private' })
  addWarnings(headers, warnings)
  return headers
}

/** What a kind's answers warn of, whatever was asked. */
export function deprecationOf({ deprecation }: Pick<KindDefinition, 'deprecation'>): string[] {
  return deprecation === undefined ? [] : [deprecation]
}

/** For callers of whom nothing is known. */
const PLAIN_ERROR: ErrorForm = { mediaType: 'application/json', isPretty: false }

/** What any failure looks like to the caller; causes and stacks stay in the log. */
export function answerError(
  error: unknown,
  form: ErrorForm = PLAIN_ERROR,
  warnings: readonly string[] = [],
): Response {
  const { status } = asStatusError(error)
  const headers = headersOf(form.mediaType, warnings)
  const retryAfter = status.details?.retryAfterSeconds
  if (retryAfter !== undefined && retryAfter > 0) headers.set('retry-after', String(retryAfter))
  const body = errorBody(status, form)
  return sized(new Response(body, { status: status.code ?? 500, headers }), body.length)
}

/** What cannot be printed is answered with why. */
function errorBody(status: Status, form: ErrorForm): string | Uint8Array<ArrayBuffer> {
  try {
    return renderBody(printTyped('V1Status', status), form)
  } catch (error) {
    if (!(error instanceof ApiStatusError)) throw error
    return renderBody(printTyped('V1Status', error.status), form)
  }
}

/** StoreError → ApiStatusError: the one table. */
export function asStatusError(error: unknown): ApiStatusError {
  if (error instanceof ApiStatusError) return error
  if (error instanceof StoreError) return storeStatusError(error)
  console.error('internal error', error)
  return internalError('the server could not carry out the request; its log says why', error)
}

function storeStatusError(error: StoreError): ApiStatusError {
  switch (error.code) {
    case 'compacted':
      return new ApiStatusError('Expired', `too old resource version: ${error.message}`)
    case 'tooLarge':
      // Clients know it by etcd's words (etcd api/v3rpc/rpctypes/error.go), which upstream passes on as they are.
      return unclassifiedError('etcdserver: request is too large')
    case 'tooManyWatchers':
      return new ApiStatusError('TooManyRequests', error.message, { retryAfterSeconds: 1 })
    case 'exists':
    case 'conflict':
      return new ApiStatusError('Conflict', error.message)
    case 'notFound':
      return new ApiStatusError('NotFound', error.message)
    default:
      return internalError(error.message, error)
  }
}

export function statusSuccess(details: Status['details'], code = 200): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details === undefined ? {} : { details }),
    ...(code === 200 ? {} : { code }),
  }
}
