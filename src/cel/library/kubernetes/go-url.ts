/**
 * URLs as Go's net/url reads them for requests: absolute, or a path from the root. The platform's own URL class is not
 * used, because it accepts other texts and rewrites what it reads.
 */
export interface GoUrl {
  readonly scheme: string
  /** With the port. */
  readonly host: string
  readonly userInfo: string
  /** Decoded. */
  readonly path: string
  readonly escapedPath: string
  /** Without the question mark, as it was written. */
  readonly query: string
  readonly fragment: string
  /** What follows the scheme when that is no path: `mailto:x`. */
  readonly opaque: string
}

export class UrlError {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

const quote = (text: string): string => JSON.stringify(text)

/** Throws `UrlError` with Go's message. */
export function parseRequestUrl(text: string): GoUrl {
  try {
    parse(text, true)
    const hash = text.indexOf('#')
    const url = parse(hash === -1 ? text : text.slice(0, hash), false)
    return { ...url, fragment: hash === -1 ? '' : text.slice(hash + 1) }
  } catch (error) {
    if (error instanceof UrlError) throw new UrlError(`parse ${quote(text)}: ${error.message}`)
    throw error
  }
}

function parse(text: string, isRequest: boolean): GoUrl {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new UrlError('net/url: invalid control character in URL')
  if (text === '' && isRequest) throw new UrlError('empty url')
  const { scheme, rest } = splitScheme(text)
  const question = rest.indexOf('?')
  const query = question === -1 ? '' : rest.slice(question + 1)
  const beforeQuery = question === -1 ? rest : rest.slice(0, question)
  const url = { scheme, host: '', userInfo: '', path: '', escapedPath: '', query, fragment: '', opaque: '' }
  if (text === '*') return { ...url, path: '*', escapedPath: '*' }
  if (!beforeQuery.startsWith('/')) {
    if (scheme !== '') return { ...url, opaque: beforeQuery }
    if (isRequest) throw new UrlError('invalid URI for request')
    const [segment = ''] = beforeQuery.split('/')
    if (segment.includes(':')) throw new UrlError('first path segment in URL cannot contain colon')
  }
  const hasAuthority = beforeQuery.startsWith('//') && (scheme !== '' || (!isRequest && !beforeQuery.startsWith('///')))
  if (!hasAuthority) return { ...url, ...pathOf(beforeQuery) }
  const end = beforeQuery.indexOf('/', 2)
  const authority = end === -1 ? beforeQuery.slice(2) : beforeQuery.slice(2, end)
  return { ...url, ...authorityOf(authority), ...pathOf(end === -1 ? '' : beforeQuery.slice(end)) }
}

function splitScheme(text: string): { scheme: string; rest: string } {
  if (text.startsWith(':')) throw new UrlError('missing protocol scheme')
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)
  if (match === null) return { scheme: '', rest: text }
  return { scheme: (match[1] ?? '').toLowerCase(), rest: text.slice(match[0].length) }
}

function authorityOf(authority: string): Pick<GoUrl, 'host' | 'userInfo'> {
  const at = authority.lastIndexOf('@')
  const userInfo = at === -1 ? '' : authority.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userInfo)) throw new UrlError('net/url: invalid userinfo')
  unescape(userInfo, 'host')
  return { userInfo, host: hostOf(authority.slice(at + 1)) }
}

function hostOf(host: string): string {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']')
    if (end === -1) throw new UrlError("missing ']' in host")
    assertPort(host.slice(end + 1))
  } else if (host.includes(':')) assertPort(host.slice(host.lastIndexOf(':')))
  const wrong = /[^A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%\u0080-\uffff]/.exec(host)
  if (wrong !== null) throw new UrlError(`invalid character ${quote(wrong[0])} in host name`)
  return unescape(host, 'host')
}

function assertPort(port: string): void {
  if (port !== '' && !/^:\d*$/.test(port)) throw new UrlError(`invalid port ${quote(port)} after host`)
}

/** `%XX` decoded; a host may hide only bytes beyond ASCII that way. */
function unescape(text: string, part: 'host' | 'path' | 'query'): string {
  const wrong = /%(?![0-9A-Fa-f]{2}).{0,2}/su.exec(text)
  if (wrong !== null) throw new UrlError(`invalid URL escape ${quote(wrong[0])}`)
  const hidden = part === 'host' ? /%[0-7][0-9A-Fa-f]/.exec(text) : null
  if (hidden !== null && hidden[0] !== '%25') throw new UrlError(`invalid URL escape ${quote(hidden[0])}`)
  const spaced = part === 'query' ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (const [piece] of spaced.matchAll(/%[0-9A-Fa-f]{2}|[^%]+/g)) {
    if (piece.startsWith('%')) bytes.push(Number.parseInt(piece.slice(1), 16))
    else for (const byte of encoder.encode(piece)) bytes.push(byte)
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

const ENCODED_PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@[\]/%]*$/

function pathOf(written: string): Pick<GoUrl, 'path' | 'escapedPath'> {
  const path = unescape(written, 'path')
  if (ENCODED_PATH.test(written)) return { path, escapedPath: written }
  const escapedPath = encodeURI(path.toWellFormed()).replaceAll(/[!'()*,;?#]/g, escapeByte)
  return { path, escapedPath }
}

const escapeByte = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

export function hostNameOf({ host }: GoUrl): string {
  const bracketed = /^\[(.*)\](?::\d*)?$/.exec(host)
  return bracketed?.[1] ?? host.replace(/:\d*$/, '')
}

export function portOf({ host }: GoUrl): string {
  return /:(\d*)$/.exec(host.slice(host.lastIndexOf(']') + 1))?.[1] ?? ''
}

/** By name; pairs that cannot be read are left out. */
export function queryValuesOf({ query }: GoUrl): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const [name = '', ...rest] = pair.split('=')
    const [key, value] = [decoded(name), decoded(rest.join('='))]
    if (key === undefined || value === undefined) continue
    const known = values.get(key)
    if (known === undefined) values.set(key, [value])
    else known.push(value)
  }
  return values
}

function decoded(text: string): string | undefined {
  try {
    return unescape(text, 'query')
  } catch (error) {
    if (error instanceof UrlError) return undefined
    throw error
  }
}

export function formatUrl(url: GoUrl): string {
  const scheme = url.scheme === '' ? '' : `${url.scheme}:`
  if (url.opaque !== '') return `${scheme}${url.opaque}${url.query === '' ? '' : `?${url.query}`}`
  const user = url.userInfo === '' ? '' : `${url.userInfo}@`
  const authority = url.scheme !== '' || url.host !== '' || user !== '' ? `//${user}${url.host}` : ''
  const tail = `${url.query === '' ? '' : `?${url.query}`}${url.fragment === '' ? '' : `#${url.fragment}`}`
  return `${scheme}${authority}${url.escapedPath}${tail}`
}
