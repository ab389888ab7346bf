/**
 * Routes for callers of our own that are not objects: the local server's host process (Cron's tick, a restarted pods'
 * process) and the pods' Worker (requests of pods' kubelets). Known by a shared secret; without one configured they
 * do not exist.
 */
import { isSameSecret } from '../../lib/crypto/secret.ts'
import { answerError } from '../../apiserver/answer.ts'
import { pathNotFoundError, unauthorizedError } from '../../apimachinery/status-error.ts'
import type { UserInfo } from '../../auth/user.ts'
import { MASTERS_GROUP } from '../../auth/user.ts'
import type { Env } from '../../env.ts'
import { SECRET_HEADER } from '../calls/hop-headers.ts'
import { USER_HEADER } from '../calls/user-header.ts'
import { runScheduled } from './scheduled.ts'

/** The kubelets of the platform's own nodes act as their node; as trusted as the platform that they stand for. */
export function kubeletUser(request: Request): UserInfo {
  const { username, groups } = JSON.parse(request.headers.get(USER_HEADER) ?? '{}') as Partial<UserInfo>
  return { username: username ?? 'system:node:unknown', groups: [...(groups ?? []), MASTERS_GROUP] }
}

export async function answerInternal(env: Env, request: Request): Promise<Response> {
  try {
    if (!isInternal(env, request)) throw unauthorizedError()
    const { pathname } = new URL(request.url)
    switch (`${request.method} ${pathname}`) {
      case 'POST /internal/scheduled':
      // Pods' objects find the end of their process by themselves; waking their namespaces makes them look at once.
      case 'POST /internal/pod-process-restarted':
        await runScheduled(env)
        return new Response('ok')
      default:
        throw pathNotFoundError()
    }
  } catch (error) {
    return answerError(error)
  }
}

/** Whether the caller is one of ours. */
export function isInternal({ INTERNAL_SECRET = '' }: Env, { headers }: Request): boolean {
  return isSameSecret(headers.get(SECRET_HEADER) ?? '', INTERNAL_SECRET)
}
