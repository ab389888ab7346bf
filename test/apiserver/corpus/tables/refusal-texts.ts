/** What is said of a request itself, whatever it is about. */
import { failure } from '../entry.ts'

export const NO_METHOD = failure(
  405,
  'MethodNotAllowed',
  'the server does not allow this method on the requested resource',
  {},
)

export const NO_PATH = failure(404, 'NotFound', 'the server could not find the requested resource', {})

/** Go's http.Error. */
export const PLAIN_TEXT = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }

export const READABLE = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'

export const notRouted = (types: string): object =>
  failure(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types}`, {})

export const unknownForm = (types: string): object =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${types}`,
  )

export const TOO_LARGE = failure(413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728')
