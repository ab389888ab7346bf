/**
 * Headers of a request that are passed on to whoever is behind a proxy (net/http/httputil, ReverseProxy;
 * k8s.io/apiserver pkg/endpoints/filters/authentication.go): not how the client showed who it is, nor what it says about
 * that itself, so that nobody behind takes it for our word; and not what is between the client and us alone.
 */
import { OWN_HEADER_PREFIX } from '../../operations/own-headers.ts'

const DROPPED =
  /^(?:x-remote-(?:user|uid|group|extra-.*)|impersonate-.*|authorization|host|connection|keep-alive|proxy-(?:connection|auth.*))$/

export function passedHeaders(all: Headers, isUpgrade: boolean): Headers {
  const hop = new Set((all.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase()))
  if (isUpgrade) hop.delete('upgrade')
  else hop.add('upgrade')
  const headers = new Headers()
  for (const [name, value] of all) {
    if (!name.startsWith(OWN_HEADER_PREFIX) && !DROPPED.test(name) && !hop.has(name)) headers.append(name, value)
  }
  return headers
}
