/** Requests that ask to go on in another protocol on their connection. Pure. */
import { OWN_HEADER_PREFIX } from '../../operations/own-headers.ts'

/** The Worker says so of a proxied request of which it asks without its body and its stream. */
export const UPGRADE_HEADER = `${OWN_HEADER_PREFIX}upgrade`

export function asksForSocket(headers: Headers): boolean {
  return headers.get('upgrade')?.toLowerCase() === 'websocket'
}

/**
 * As Go's servers see it (k8s.io/apimachinery pkg/util/httpstream, IsUpgradeRequest): `Connection` says so, and what
 * `Upgrade` says by itself means nothing. Differs: requests of Workers, which have no `Connection`, name a WebSocket
 * alone.
 */
export function asksForUpgrade(headers: Headers): boolean {
  return asksForSocket(headers) || (headers.get('connection') ?? '').toLowerCase().includes('upgrade')
}
