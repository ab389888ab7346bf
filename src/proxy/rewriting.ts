/**
 * What a proxy below the API's own paths changes of requests and answers, so that links lead back through it
 * (k8s.io/apimachinery pkg/util/proxy/{transport,upgradeaware}.go). Pure.
 */
import { cleanPath, encodedPath } from '../apiserver/subresources/connect/go-address.ts'

/** Attributes that hold addresses, by element: those of HTML 4 and 5 that upstream rewrites. */
export const ADDRESS_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
}

export interface ProxiedPath {
  /** What is asked of the backend: '' for the proxy's own address without a slash. */
  readonly path: string
  /** The proxy's own address, before that. */
  readonly prefix: string
}

/** `whole`: the request's path; `rest`: what follows `proxy/` in it, decoded. */
export function proxiedPath(whole: string, rest: string): ProxiedPath {
  const isSlashed = whole.endsWith('/')
  const joined = rest === '' ? '' : cleanPath(`/${rest}`)
  const path = isSlashed && !joined.endsWith('/') ? `${joined}/` : joined
  const decoded = decodedPath(whole)
  return { path, prefix: decoded.endsWith(path) ? decoded.slice(0, decoded.length - path.length) : decoded }
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/**
 * An address in an answer, led through the proxy if it is the backend's own: below its root, and on no other host.
 * `hosts`: under which the backend was asked.
 */
export function rewrittenAddress(address: string, prefix: string, hosts: readonly string[]): string {
  const [, , host, path = '', rest = ''] = /^([a-z][-+.a-z0-9]*:)?(?:\/\/([^/?#]*))?([^?#]*)([?#].*)?$/is.exec(address) ?? []
  const isOtherHost = host !== undefined && host !== '' && !hosts.includes(host)
  if (isOtherHost || !path.startsWith('/')) return address
  const decoded = decodedPath(path)
  if (decoded.startsWith(prefix)) return `${path}${rest}`
  return `${encodedPath(cleanPath(`${prefix}${decoded}`))}${path.endsWith('/') ? '/' : ''}${rest}`
}
