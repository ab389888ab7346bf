/**
 * Routes for callers of our own that are not objects: the local server's host process (Cron's tick, a restarted pods'
 * process) and the pods' Worker (requests of pods' kubelets). Known by a shared secret; without one configured they
 * do not exist.
 */
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
    if (!(await isInternal(env, request))) throw unauthorizedError()
    const { pathname } = new URL(request.url)
    switch (`${request.method} ${pathname}`) {
      case 'POST /internal/scheduled':
        await runScheduled(env)
        return new Response('ok')
      case 'POST /internal/pod-process-restarted':
        // The pods' objects find the end of their process by themselves; waking their namespaces makes them look at
        // once.
        await runScheduled(env)
        return new Response('ok')
      default:
        throw pathNotFoundError()
    }
  } catch (error) {
    return answerError(error)
  }
}

/** Whether the caller is one of ours. Compares digests, so that the time it takes tells nothing about the secret. */
export async function isInternal(env: Env, request: Request): Promise<boolean> {
  const secret = env.INTERNAL_SECRET ?? ''
  const given = request.headers.get(SECRET_HEADER) ?? ''
  if (secret === '') return false
  const [one, other] = await Promise.all([secret, given].map(digest))
  return one === other
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
