/**
 * How long a client waits that says so in its query, by a clock of ours: kubectl's `--request-timeout` and the timeout
 * of a client's configuration come as `?timeout=`. Watches and streams end otherwise.
 */
import { badRequestError, timeoutError } from '../../apimachinery/status-error.ts'
import { parseDuration } from '../../apimachinery/wire/go-duration.ts'
import type { Clock } from '../../lib/clock.ts'
import type { RequestInfo } from '../request-info.ts'
import { isStream } from '../request-info.ts'

interface Asked {
  readonly query: URLSearchParams
  readonly info: RequestInfo
}

/** Nobody is given longer than this, so that a longer wait is none (upstream's --request-timeout). */
const MAX_TIMEOUT_MS = 60_000

/** Less than this is over before anything has begun: no timer is so fine. */
const MIN_TIMEOUT_MS = 1

/** How long the client will wait, where it says so: upstream's filters request_deadline.go and timeout.go. */
function deadlineOf({ query, info }: Asked): number | undefined {
  const timeout = query.get('timeout') ?? ''
  if (timeout === '' || info.verb === 'watch' || isStream(info)) return undefined
  const ms = parseDuration(timeout)
  if (typeof ms === 'string') throw badRequestError(`invalid timeout specified in the request URL - ${ms}`)
  return ms > 0 && ms < MAX_TIMEOUT_MS ? ms : undefined
}

/** How long it may wait for its turn: a quarter of its time (upstream's priority-and-fairness.go). */
export function waitLimitOf(asked: Asked): number {
  return (deadlineOf(asked) ?? MAX_TIMEOUT_MS) / 4
}

/**
 * The answer, or that it took too long: what is asked for may be done nevertheless, as with any answer that gets lost.
 * @throws ApiStatusError 400 for a time that is none
 */
export async function answerInTime(clock: Clock, asked: Asked, answer: () => Promise<Response>): Promise<Response> {
  const deadlineMs = deadlineOf(asked)
  if (deadlineMs === undefined) return answer()
  if (deadlineMs < MIN_TIMEOUT_MS) return timedOut()
  const answered = answer()
  let cancel = (): void => undefined
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.after(deadlineMs, () => resolve(undefined))
  })
  try {
    const response = await Promise.race([answered, late])
    if (response !== undefined) return response
  } finally {
    cancel()
  }
  // Nobody reads it any more, nor why there is none.
  answered.then(async (response) => response.body?.cancel()).catch(() => undefined)
  return timedOut()
}

/** Written past all negotiation, without its type. */
function timedOut(): Response {
  const { metadata, status, message, reason, details, code } = timeoutError(
    'request did not complete within the allotted timeout',
  ).status
  const text = JSON.stringify({ metadata, status, message, reason, details, code })
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache, private' }
  return new Response(`${text}\n`, { status: 504, headers })
}
