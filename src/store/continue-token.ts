/**
 * Continue tokens of paged lists: the revision that all pages show and the name after which the next one begins; over
 * all namespaces also the namespace. Opaque to clients, in upstream's form (apiserver/pkg/storage/continue.go), and
 * checked when it comes back. Whether it has expired is decided by whoever reads at that revision.
 */
import type { ApiStatusError } from '../apimachinery/status-error.ts'
import { badRequestError } from '../apimachinery/status-error.ts'
import { JsonError, readJson } from '../apimachinery/wire/json.ts'

export interface ContinueToken {
  /** -1: the consistent list is gone, go on with what is there now. */
  readonly revision: number
  readonly namespace?: string
  readonly name: string
}

const VERSION = 'meta.k8s.io/v1'

const NOT_BASE64URL = /[^A-Za-z0-9_-]/

export function encodeContinueToken({ revision, namespace, name }: ContinueToken): string {
  const start = namespace === undefined ? name : `${namespace}/${name}`
  const json = JSON.stringify({ v: VERSION, rv: revision, start })
  // btoa takes bytes only, and some kinds allow names of any letters.
  const ascii = json.replaceAll(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return btoa(ascii).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Throws the 400 that upstream answers to a token it did not make. */
export function decodeContinueToken(token: string): ContinueToken {
  const { v, rv, start } = parse(token)
  if (v !== VERSION) throw invalid(`: server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`)
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) {
    throw invalid(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  }
  if (typeof start !== 'string' || start === '') throw invalid(': encoded start key empty (version meta.k8s.io/v1)')
  const parts = start.split('/')
  const [first = '', second] = parts
  // A key that could mean another place than it says is nobody's honest token.
  if (parts.length > 2 || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw invalid(`: ${start}`)
  const revision = Math.max(rv, -1)
  return second === undefined ? { revision, name: first } : { revision, namespace: first, name: second }
}

function parse(token: string): { v?: unknown; rv?: unknown; start?: unknown } {
  const wrong = token.search(NOT_BASE64URL)
  const at = wrong >= 0 ? wrong : token.length % 4 === 1 ? token.length - 1 : -1
  if (at >= 0) throw invalid(`: illegal base64 data at input byte ${String(at)}`)
  let value: unknown
  try {
    value = readJson(atob(token.replaceAll('-', '+').replaceAll('_', '/')))
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw invalid(`: ${error.message}`)
  }
  return typeof value === 'object' && value !== null ? value : {}
}

function invalid(why: string): ApiStatusError {
  return badRequestError(`invalid continue token: continue key is not valid${why}`)
}
