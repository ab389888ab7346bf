/**
 * What a path and a method ask for, before anybody looks at the body (k8s.io/apiserver pkg/endpoints/request/
 * requestinfo.go). Pure; knows the shape of paths, not which kinds are served.
 */
import { parseBoolean } from '../apimachinery/query-values.ts'

export interface ResourceRequest {
  readonly isResource: true
  /**
   * get, list, watch, create, update, patch, delete, deletecollection; connect-like subresources keep get or create.
   * `proxy` is said in the path and served nowhere.
   */
  readonly verb: string
  readonly group: string
  readonly version: string
  /** '' for the cluster scope and for all namespaces. For `namespaces/NAME` itself it is NAME, as upstream has it. */
  readonly namespace: string
  readonly resource: string
  readonly name: string
  readonly subresource: string
  /** What follows the subresource: the path given to a proxy. */
  readonly rest: string
  /** What follows the version, step by step: what routes are looked for by. */
  readonly steps: readonly string[]
  readonly path: string
}

export interface NonResourceRequest {
  readonly isResource: false
  readonly verb: string
  readonly path: string
}

export type RequestInfo = ResourceRequest | NonResourceRequest

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Subresources of namespaces that belong to the Namespace object itself rather than to a resource inside it. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize'])

/** Verbs that are said in the path, by whatever method. */
const SPECIAL_VERBS: ReadonlySet<string> = new Set(['watch', 'proxy'])

const SLASHES_AROUND = /^\/+|\/+$/g

/** `path` is without the `/clusters/NAME` prefix; `query` decides between list and watch. */
export function parseRequest(method: string, path: string, query: URLSearchParams): RequestInfo {
  // Upstream has no verb for other methods, so that only a rule of all verbs allows them.
  const verb = VERBS[method] ?? ''
  const parts = decodePath(path).replace(SLASHES_AROUND, '').split('/')
  const [root] = parts
  const groupParts = root === 'api' ? 1 : 2
  if ((root !== 'api' && root !== 'apis') || parts.length < groupParts + 2)
    return { isResource: false, verb: method.toLowerCase(), path }
  const group = root === 'api' ? '' : (parts[1] ?? '')
  const version = parts[groupParts] ?? ''
  const steps = parts.slice(groupParts + 1)
  const [first = ''] = steps
  // The old form /api/v1/watch/…, deprecated but served; that of proxies is served no more.
  const special = SPECIAL_VERBS.has(first) && steps.length > 1 ? first : undefined
  let rest = special === undefined ? steps : steps.slice(1)
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] ?? ''
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? '')) rest = rest.slice(2)
  }
  const [resource = '', name = '', below = '', ...tail] = rest
  return {
    isResource: true,
    verb: special ?? resourceVerb(verb, name, query),
    group,
    version,
    namespace,
    resource,
    name,
    subresource: special === 'proxy' ? '' : below,
    rest: tail.join('/'),
    steps,
    path,
  }
}

/** A verb in the path and nothing that it is about: upstream cannot tell what is asked for, whoever asks. */
export function lacksSubject(info: RequestInfo): boolean {
  return info.isResource && info.steps.length === 1 && SPECIAL_VERBS.has(info.steps[0] ?? '')
}

/** `watch` of an object by its name is said in the path only: in the query it means nothing there. */
function resourceVerb(verb: string, name: string, query: URLSearchParams): string {
  if (name !== '') return verb
  if (verb === 'get') return parseBoolean(query.get('watch')) === true ? 'watch' : 'list'
  return verb === 'delete' ? 'deletecollection' : verb
}

/** Subresources whose requests last as long as somebody listens (upstream's BasicLongRunningRequestCheck). */
const STREAMS: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

/** Whether it is a stream out of or into a pod, which may last for ever. */
export function isStream(info: RequestInfo): boolean {
  return info.isResource && (info.verb === 'proxy' || STREAMS.has(info.subresource))
}

/**
 * Decoded before it is taken apart, so that `%2F` separates, too. Bytes that are no text stand for no name that could
 * be stored.
 */
function decodePath(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return new TextDecoder().decode(percentDecoded(path))
  }
}

function percentDecoded(path: string): Uint8Array {
  const bytes: number[] = []
  for (let at = 0; at < path.length; at++) {
    const code = ESCAPE.test(path.slice(at, at + 3)) ? Number.parseInt(path.slice(at + 1, at + 3), 16) : undefined
    bytes.push(code ?? path.charCodeAt(at))
    if (code !== undefined) at += 2
  }
  return Uint8Array.from(bytes)
}

const ESCAPE = /^%[0-9a-f]{2}$/i

/** A per cent sign that escapes nothing: Go's server refuses such an address before anybody has seen it. */
export function hasStrayEscape(path: string): boolean {
  return /%(?![0-9a-f]{2})/i.test(path)
}
