/**
 * Requests of nobody: those that could not be authenticated are audited here, as no object ever sees them
 * (k8s.io/apiserver pkg/endpoints/filters/authn_audit.go).
 */
import { unauthorizedError } from '../../apimachinery/status-error.ts'
import { negotiateError } from '../../apiserver/negotiate.ts'
import { AUDIT_ID_HEADER, SOURCE_HEADER, Way } from '../../apiserver/operations/way.ts'
import { UNAUTHENTICATED_GROUP, ANONYMOUS_USER } from '../../auth/user.ts'
import type { Env } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import { auditorOf } from '../operations/auditing.ts'
import { clientOf } from './service-routes.ts'

/** `prefixLength`: how much of the path names the logical cluster. */
export async function auditFailedAuthentication(
  env: Env,
  cluster: string,
  request: Request,
  { auditId, prefixLength }: { readonly auditId: string; readonly prefixLength: number },
): Promise<void> {
  const auditor = auditorOf(env, cluster)
  if (auditor === undefined) return
  const url = new URL(request.url)
  url.pathname = url.pathname.slice(prefixLength)
  const headers = new Headers(request.headers)
  headers.set(AUDIT_ID_HEADER, auditId)
  headers.set(SOURCE_HEADER, clientOf(request))
  const nobody = { username: ANONYMOUS_USER, groups: [UNAUTHENTICATED_GROUP] }
  const bare = new Request(url, { method: request.method, headers })
  const way = new Way({ clock: systemClock, random: systemRandom }, bare, nobody)
  const { isAccepted: isTold } = negotiateError({ headers, pretty: null })
  const message = attempted(headers.get('authorization') ?? '', url)
  await auditor.begin(way, undefined)?.started(401, { isTold, status: unauthorizedError().status }, { message })
}

/** How it was tried, which is said where nothing else is. */
function attempted(authorization: string, { searchParams }: URL): string {
  const [scheme = '', credentials] = authorization.trim().split(' ')
  const ways = [
    ...(credentials !== undefined && /^(?:basic|bearer)$/i.test(scheme) ? [scheme.toLowerCase()] : []),
    ...((searchParams.get('access_token') ?? '').trim() === '' ? [] : ['access_token']),
  ]
  if (ways.length === 0) return 'Authentication failed, no credentials provided'
  return `Authentication failed, attempted: ${ways.join(', ')}`
}
