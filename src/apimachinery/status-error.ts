/**
 * API errors: one class that carries a metav1.Status, and a constructor for each reason that upstream gives. Clients
 * match on code, reason, message and details, so the texts are upstream's (k8s.io/apimachinery
 * pkg/api/errors/errors.go). Handlers throw these; HTTP is spoken in one place above.
 */
import type { FieldError } from './field-path.ts'
import { formatFieldErrors, quote, toldErrors } from './field-path.ts'
import type { Int64 } from '../lib/exact-json.ts'
import type { GroupResource, GroupVersionKind } from './meta.ts'
import { formatGroupResource } from './meta.ts'

export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}

export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, never>
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: StatusDetails
  code?: number
}

/** Reason → HTTP code: the one table. */
const HTTP_CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const

export type StatusReason = keyof typeof HTTP_CODES

export class ApiStatusError extends Error {
  readonly status: Status

  /** `cause` is for the log only; it never leaves the server. */
  constructor(reason: StatusReason, message: string, details?: StatusDetails, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ApiStatusError'
    this.status = failure(HTTP_CODES[reason], reason, message, details)
  }

  get httpCode(): number {
    return this.status.code ?? 500
  }

  get reason(): string {
    return this.status.reason ?? ''
  }
}

function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason }
  // In the order of Go's struct, for those who read it as it is.
  return { ...status, ...(details === undefined ? {} : { details }), code }
}

/** Rebuilds the error from a Status that came over the wire, keeping its code even when the reason is unknown here. */
export function statusErrorFrom(status: Status): ApiStatusError {
  const error = new ApiStatusError('InternalError', status.message ?? '', status.details)
  Object.assign(error.status, status)
  if (status.reason === undefined) delete error.status.reason
  return error
}

/** Whether `error` is an API error with one of these reasons. */
export function hasReason(error: unknown, ...reasons: readonly StatusReason[]): error is ApiStatusError {
  return error instanceof ApiStatusError && (reasons as readonly string[]).includes(error.reason)
}

/** `details` of an object: group and resource (under the name `kind`, as upstream has it) and its name. */
function detailsOf(resource: GroupResource, name: string): StatusDetails {
  const details: StatusDetails = {}
  if (name !== '') details.name = name
  if (resource.group !== '') details.group = resource.group
  if (resource.resource !== '') details.kind = resource.resource
  return details
}

export const notSupportedError = (resource: GroupResource, verb: string): ApiStatusError =>
  new ApiStatusError(
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind "${formatGroupResource(resource)}"`,
    detailsOf(resource, ''),
  )

export const notFoundError = (resource: GroupResource, name: string): ApiStatusError =>
  new ApiStatusError('NotFound', `${formatGroupResource(resource)} ${quote(name)} not found`, detailsOf(resource, name))

export const alreadyExistsError = (resource: GroupResource, name: string): ApiStatusError =>
  new ApiStatusError(
    'AlreadyExists',
    `${formatGroupResource(resource)} ${quote(name)} already exists`,
    detailsOf(resource, name),
  )

export const conflictError = (resource: GroupResource, name: string, why: string): ApiStatusError =>
  new ApiStatusError(
    'Conflict',
    `Operation cannot be fulfilled on ${formatGroupResource(resource)} ${quote(name)}: ${why}`,
    detailsOf(resource, name),
  )

/** The reason text of a stale resourceVersion, as registry.OptimisticLockErrorMsg has it. */
export const OPTIMISTIC_LOCK_MESSAGE =
  'the object has been modified; please apply your changes to the latest version and try again'

export const forbiddenError = (resource: GroupResource, name: string, why: string): ApiStatusError => {
  const named = `${formatGroupResource(resource)} ${quote(name)} is `
  const subject = `${name === '' ? '' : named}forbidden: ${why}`
  return new ApiStatusError(
    'Forbidden',
    name === '' && resource.resource !== '' ? `${formatGroupResource(resource)} is ${subject}` : subject,
    detailsOf(resource, name),
  )
}

export const invalidError = (
  { group, kind }: Pick<GroupVersionKind, 'group' | 'kind'>,
  name: string,
  found: readonly FieldError[],
): ApiStatusError => {
  const errors = toldErrors(found)
  const qualified = group === '' ? kind : `${kind}.${group}`
  const details: StatusDetails = {}
  if (name !== '') details.name = name
  if (group !== '') details.group = group
  if (kind !== '') details.kind = kind
  details.causes = errors.map(({ reason, field, body }) => ({ reason, message: body, field }))
  return new ApiStatusError('Invalid', `${qualified} ${quote(name)} is invalid: ${formatFieldErrors(errors)}`, details)
}

export const badRequestError = (message: string): ApiStatusError => new ApiStatusError('BadRequest', message)

export const unauthorizedError = (): ApiStatusError => new ApiStatusError('Unauthorized', 'Unauthorized')

export const methodNotAllowedError = (resource: GroupResource, action: string): ApiStatusError =>
  new ApiStatusError(
    'MethodNotAllowed',
    `${action} is not supported on resources of kind "${formatGroupResource(resource)}"`,
    detailsOf(resource, ''),
  )

/** The address is served, the method is not; upstream's router says no more than that. */
export const notAllowedError = (): ApiStatusError =>
  new ApiStatusError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

/** The 404 of a path that no resource serves. */
export const pathNotFoundError = (): ApiStatusError =>
  new ApiStatusError('NotFound', 'the server could not find the requested resource', {})

export const notAcceptableError = (accepted: readonly string[]): ApiStatusError =>
  new ApiStatusError('NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)

export const unsupportedMediaTypeError = (accepted: readonly string[]): ApiStatusError =>
  new ApiStatusError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

export const requestTooLargeError = (limitBytes: number): ApiStatusError =>
  new ApiStatusError('RequestEntityTooLarge', `Request entity too large: limit is ${String(limitBytes)}`)

/** 410: the resourceVersion asked for is older than the history kept. @public */
export const expiredError = (message: string): ApiStatusError => new ApiStatusError('Expired', message)

/** 504 for a resourceVersion ahead of the server; the cause is what clients look for. */
export const resourceVersionTooLargeError = (wanted: Int64, current: number, isRetriable = true): ApiStatusError =>
  new ApiStatusError('Timeout', `Timeout: Too large resource version: ${String(wanted)}, current: ${String(current)}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    ...(isRetriable ? { retryAfterSeconds: 1 } : {}),
  })

/** @public */
export const tooManyRequestsError = (message: string, retryAfterSeconds: number): ApiStatusError =>
  new ApiStatusError('TooManyRequests', message, { retryAfterSeconds })

export const serviceUnavailableError = (message: string, retryAfterSeconds = 1): ApiStatusError =>
  new ApiStatusError('ServiceUnavailable', message, { retryAfterSeconds })

export const timeoutError = (message: string, retryAfterSeconds = 0): ApiStatusError =>
  new ApiStatusError('Timeout', `Timeout: ${message}`, retryAfterSeconds > 0 ? { retryAfterSeconds } : {})

/** The 500 of an error that upstream has no reason for. */
export const unclassifiedError = (message: string): ApiStatusError => {
  const error = new ApiStatusError('InternalError', message)
  delete error.status.reason
  return error
}

export const internalError = (message: string, cause?: unknown): ApiStatusError =>
  new ApiStatusError('InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }, cause)

/** Whether it was refused because its namespace is not there (yet, or any longer): nothing is to be tried again. */
export function isWithoutNamespace(error: unknown): boolean {
  if (!(error instanceof ApiStatusError)) return false
  const { reason, details } = error.status
  if (reason === 'NotFound') return details?.kind === 'namespaces'
  return reason === 'Forbidden' && (details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating')
}
