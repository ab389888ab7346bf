/**
 * Continue tokens of paged lists: the revision that all pages show and the name after which the next one begins. Opaque to
 * clients; checked when it comes back. A list over all namespaces adds the namespace.
 */
import { badRequestError } from '../apimachinery/status-error.ts'

export interface ContinueToken {
  /** -1: the consistent list is gone, go on with what is there now. */
  readonly revision: number
  readonly namespace?: string
  readonly name: string
}

const VERSION = 'meta.k8s.io/v1'

export function encodeContinueToken({ revision, namespace, name }: ContinueToken): string {
  const start = namespace === undefined ? name : `${namespace}/${name}`
  const json = JSON.stringify({ v: VERSION, rv: revision, start })
  return btoa(json).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function decodeContinueToken(token: string): ContinueToken {
  let value: { v?: unknown; rv?: unknown; start?: unknown }
  try {
    value = JSON.parse(atob(token.replaceAll('-', '+').replaceAll('_', '/'))) as typeof value
  } catch {
    throw badRequestError('continue key is not valid: illegal base64 data')
  }
  const { v, rv, start } = value
  if (v !== VERSION) throw badRequestError('continue key is not valid: server does not recognize this encoded version')
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0 || rv < -1 || typeof start !== 'string') {
    throw badRequestError('continue key is not valid: incorrect encoded start resourceVersion')
  }
  const slash = start.indexOf('/')
  return slash < 0
    ? { revision: rv, name: start }
    : { revision: rv, namespace: start.slice(0, slash), name: start.slice(slash + 1) }
}
