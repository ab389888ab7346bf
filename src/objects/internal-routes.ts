/**
 * Routes for callers of our own that are not objects: the local server's host process (Cron's tick, a restarted pods'
 * process) and the pods' Worker (requests of pods' kubelets). Known by a shared secret; without one configured they
 * do not exist.
 */
import { answerError } from '../apiserver/answer.ts'
import { pathNotFoundError, unauthorizedError } from '../apimachinery/status-error.ts'
import type { Env } from '../env.ts'
import { runScheduled } from './scheduled.ts'

export const SECRET_HEADER = 'x-workernetes-internal'

export async function answerInternal(env: Env, request: Request): Promise<Response> {
  try {
    if (!(await isKnown(env, request))) throw unauthorizedError()
    const { pathname } = new URL(request.url)
    switch (`${request.method} ${pathname}`) {
      case 'POST /internal/scheduled':
        await runScheduled(env)
        return new Response('ok')
      default:
        throw pathNotFoundError()
    }
  } catch (error) {
    return answerError(error, 'application/json')
  }
}

/** Compares digests, so that the time it takes tells nothing about the secret. */
async function isKnown(env: Env, request: Request): Promise<boolean> {
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
