/**
 * What a WebSocket's client offers as subprotocols: browsers can set no Authorization header, so a token may travel
 * among them (k8s.io/apiserver pkg/authentication/request/websocket). It is never echoed; another protocol must be.
 */
import { unauthorizedError } from '../../apimachinery/status-error.ts'

const BEARER_PREFIX = 'base64url.bearer.authorization.k8s.io.'

const BASE64URL = /^[\w-]*$/

export interface SocketProtocols {
  /** As the Authorization header would have it; null without a token. */
  readonly authorization: string | null
  /** The others, in the client's order. */
  readonly offered: readonly string[]
}

/** Throws ApiStatusError 401 for tokens that are no tokens, more than one, or one without another protocol. */
export function readSocketProtocols(headers: Headers): SocketProtocols {
  const names = (headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim())
  const offered = names.filter((name) => name !== '' && !name.startsWith(BEARER_PREFIX))
  const tokens = names.filter((name) => name.startsWith(BEARER_PREFIX))
  const [first] = tokens
  if (tokens.length > 1) throw unauthorizedError()
  if (first === undefined || first === BEARER_PREFIX) return { authorization: null, offered }
  if (offered.length === 0) throw unauthorizedError()
  return { authorization: `Bearer ${decodeToken(first.slice(BEARER_PREFIX.length))}`, offered }
}

/** Leaves the protocols that are none of ours: a token among them goes no further than the API. */
export function keepOfferedProtocols(headers: Headers): void {
  const { offered } = readSocketProtocols(headers)
  headers.delete('sec-websocket-protocol')
  if (offered.length > 0) headers.set('sec-websocket-protocol', offered.join(', '))
}

function decodeToken(encoded: string): string {
  if (!BASE64URL.test(encoded) || encoded.length % 4 === 1) throw unauthorizedError()
  const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
  } catch {
    throw unauthorizedError()
  }
}
