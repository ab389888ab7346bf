/**
 * Headers on the way between our own Workers: the control plane's and the one that runs pods' code. Only we set them;
 * from requests of anybody else they are removed before anything looks at them.
 */
import { OWN_HEADER_PREFIX, ownHeaderNames } from '../../apiserver/operations/own-headers.ts'

/** What callers among our own Workers and the local server's host must know. */
export const SECRET_HEADER = `${OWN_HEADER_PREFIX}internal`
/** To the pods' Worker: the name of the pod's object, and the port when the request goes into the pod. */
export const POD_HEADER = `${OWN_HEADER_PREFIX}pod`
export const PORT_HEADER = `${OWN_HEADER_PREFIX}port`
/** A request that broke off before and is sent once more. */
export const AGAIN_HEADER = `${OWN_HEADER_PREFIX}again`
/** The pods' Worker answers so when the pod did not take the request, so that another one may. */
export const NOT_TAKEN_HEADER = `${OWN_HEADER_PREFIX}not-taken`
/** Of a pod's code to a cluster name: the pod's object, and the origin that was asked for (a hop changes schemes). */
export const FROM_POD_HEADER = `${OWN_HEADER_PREFIX}from-pod`
export const TO_ORIGIN_HEADER = `${OWN_HEADER_PREFIX}to-origin`
/** A namespace's object answers so to a request that may be proxied: where it goes, as JSON. */
export const PROXY_TO_HEADER = `${OWN_HEADER_PREFIX}proxy-to`
/** The local server's engine says on every request which of its sockets it came in by. */
export const SOCKET_HEADER = `${OWN_HEADER_PREFIX}socket`

export function withoutHopHeaders(all: Headers): Headers {
  const headers = new Headers(all)
  for (const name of ownHeaderNames(all)) headers.delete(name)
  return headers
}
