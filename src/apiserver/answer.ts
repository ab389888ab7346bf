/**
 * Answers: how objects, lists, Tables and Statuses become HTTP responses. The one place that speaks of headers and
 * encodings; stored text is passed on as it is wherever the form allows.
 */
import { dump } from 'js-yaml'
import type { AnyObject } from '../apimachinery/meta.ts'
import type { Status } from '../apimachinery/status-error.ts'
import { ApiStatusError, internalError, notAcceptableError } from '../apimachinery/status-error.ts'
import { StoreError } from '../store/store-error.ts'
import type { Form, MediaType } from './negotiate.ts'
import type { Printed } from './reading/tables.ts'
import { tableOf } from './reading/tables.ts'

/**
 * Warnings that one answer carries, and their length: RFC 7234 headers must stay small (upstream: 4 KiB, 256 runes).
 */
const MAX_WARNINGS = 64

export interface AnswerOptions {
  readonly httpCode: number
  readonly form: Form
  readonly warnings: readonly string[]
  readonly nowMs: number
  /** `includeObject` of Table requests: None, Metadata or Object. */
  readonly includeObject: string
}

/** One stored object in the form asked for. */
export function answerObject(definition: Printed, text: string, options: AnswerOptions): Response {
  const { form } = options
  switch (form.shape) {
    case 'object':
      return answerText(text, options)
    case 'table': {
      const subject = JSON.parse(text) as AnyObject
      const listMeta = { resourceVersion: subject.metadata.resourceVersion ?? '' }
      return answerText(JSON.stringify(tableOf(definition, [subject], listMeta, options)), options)
    }
    case 'partial':
      return answerText(partialText(text, form.metaVersion), options)
    case 'partialList':
      throw notAcceptableError(['application/json', 'application/yaml'])
  }
}

/** PartialObjectMetadata of an object's text. */
export function partialText(text: string, metaVersion: string): string {
  const { metadata } = JSON.parse(text) as AnyObject
  return JSON.stringify({ kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${metaVersion}`, metadata })
}

/** A finished JSON text, converted to YAML or indented where that was asked for. */
export function answerText(text: string, options: Pick<AnswerOptions, 'httpCode' | 'form' | 'warnings'>): Response {
  const { mediaType, isPretty } = options.form
  const body = renderText(text, mediaType, isPretty)
  return new Response(body, { status: options.httpCode, headers: headersOf(mediaType, options.warnings) })
}

export function renderText(text: string, mediaType: MediaType, isPretty: boolean): string {
  if (mediaType === 'application/yaml')
    return dump(JSON.parse(text) as unknown, { lineWidth: -1, noRefs: true, sortKeys: true })
  return isPretty ? `${JSON.stringify(JSON.parse(text), undefined, 2)}\n` : `${text}\n`
}

export function headersOf(mediaType: string, warnings: readonly string[]): Headers {
  const headers = new Headers({ 'content-type': mediaType, 'cache-control': 'no-cache, private' })
  for (const text of [...new Set(warnings)].slice(0, MAX_WARNINGS)) {
    headers.append(
      'warning',
      `299 - "${text
        .replaceAll('\\', '\\\\')
        .replaceAll('"', '\\"')
        .replaceAll(/[\r\n]+/g, ' ')}"`,
    )
  }
  return headers
}

/** What any failure looks like to the caller; causes and stacks stay in the log. */
export function answerError(error: unknown, mediaType: MediaType): Response {
  const { status } = asStatusError(error)
  const headers = headersOf(mediaType, [])
  if (status.code === 401) headers.set('www-authenticate', 'Bearer')
  const retryAfter = status.details?.retryAfterSeconds
  if (retryAfter !== undefined && retryAfter > 0) headers.set('retry-after', String(retryAfter))
  return new Response(renderText(JSON.stringify(status), mediaType, false), { status: status.code ?? 500, headers })
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
      return new ApiStatusError('RequestEntityTooLarge', `Request entity too large: ${error.message}`)
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
