/**
 * The step of priority and fairness: a request is answered when it has a seat, or told to come back
 * (k8s.io/apiserver pkg/server/filters/priority-and-fairness.go). A watch holds its seat until it has begun; streams into
 * pods take none.
 */
import type { UserInfo } from '../../../auth/user.ts'
import type { Gatekeeper } from '../../authorize.ts'
import { isStream } from '../../request-info.ts'
import type { Operations } from '../operations.ts'
import type { Way } from '../way.ts'
import type { Load, Verdict } from './flow-control.ts'

export interface FlowHost extends Pick<Gatekeeper, 'policy' | 'clock'>, Load {
  readonly operations: Operations
}

export async function withSeat(
  host: FlowHost,
  way: Way,
  user: UserInfo,
  answer: () => Promise<Response>,
): Promise<Response> {
  const { info, request } = way
  const { filters } = host.operations.metrics.access
  if (isStream(info)) {
    // It passes without a seat, and is timed as all that pass.
    filters.priorityandfairness.observe(0)
    return answer()
  }
  const startMs = host.clock.now()
  const known = host.policy()
  const policy = known instanceof Promise ? await known : known
  const { flow } = host.operations
  const admission = flow.admit(policy, user, way, host)
  const { requests } = host.operations.metrics
  const verdict: Verdict = admission instanceof Promise ? await requests.inqueue(info, admission) : admission
  filters.priorityandfairness.observe((host.clock.now() - startMs) / 1000)
  tellFlow(way, verdict)
  if (!verdict.isAdmitted) {
    requests.dropped(request, info)
    return tooManyRequests(verdict.retryAfterSeconds)
  }
  if (admission instanceof Promise) way.waitedMs = verdict.startedMs - way.startedMs
  try {
    return await answer()
  } finally {
    flow.finish(verdict, info.verb)
  }
}

/** By uid, so that names which say how little somebody matters stay among administrators. */
function tellFlow(way: Way, verdict: Verdict): void {
  const { flow } = verdict
  way.verdict = verdict
  way.headers.push(
    ['x-kubernetes-pf-flowschema-uid', flow.schemaUid],
    ['x-kubernetes-pf-prioritylevel-uid', flow.level.uid],
  )
}

/** Plain text, as upstream's; clients make a Status of it. */
function tooManyRequests(retryAfterSeconds: number): Response {
  return new Response('Too many requests, please try again later.\n', {
    status: 429,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache, private',
      'retry-after': String(retryAfterSeconds),
    },
  })
}
