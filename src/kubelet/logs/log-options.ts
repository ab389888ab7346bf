/**
 * The options of a log request (core/v1 PodLogOptions), read from its query. Bounds are upstream's
 * (pkg/apis/core/validation/validation.go, ValidatePodLogOptions).
 */
import { parseBoolean } from '../../apimachinery/query-values.ts'
import { badRequestError } from '../../apimachinery/status-error.ts'

export interface LogOptions {
  readonly container: string
  readonly isFollowed: boolean
  readonly isPrevious: boolean
  readonly hasTimestamps: boolean
  readonly tailLines?: number
  readonly limitBytes?: number
  /** Only lines printed at this time or later. */
  readonly sinceMs?: number
}

export function parseLogOptions(query: URLSearchParams, nowMs: number): LogOptions {
  const tailLines = wholeNumber(query, 'tailLines', 0)
  const limitBytes = wholeNumber(query, 'limitBytes', 1)
  const sinceSeconds = wholeNumber(query, 'sinceSeconds', 1)
  const sinceTime = query.get('sinceTime')
  const sinceTimeMs = sinceTime === null ? undefined : Date.parse(sinceTime)
  if (Number.isNaN(sinceTimeMs)) throw badRequestError(`sinceTime: Invalid value: "${sinceTime ?? ''}"`)
  if (sinceSeconds !== undefined && sinceTimeMs !== undefined) {
    throw badRequestError('at most one of `sinceTime` or `sinceSeconds` may be specified')
  }
  const sinceMs = sinceSeconds === undefined ? sinceTimeMs : nowMs - sinceSeconds * 1_000
  return {
    container: query.get('container') ?? '',
    isFollowed: parseBoolean(query.get('follow')) ?? false,
    isPrevious: parseBoolean(query.get('previous')) ?? false,
    hasTimestamps: parseBoolean(query.get('timestamps')) ?? false,
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  }
}

function wholeNumber(query: URLSearchParams, name: string, minimum: number): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= minimum) return value
  throw badRequestError(
    `${name}: Invalid value: ${JSON.stringify(text)}: must be greater than or equal to ${String(minimum)}`,
  )
}
