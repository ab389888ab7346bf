/**
 * What a path and a method ask for, before anybody looks at the body (k8s.io/apiserver pkg/endpoints/request/
 * requestinfo.go). Pure; knows the shape of paths, not which kinds are served.
 */
import { parseBoolean } from '../apimachinery/query-values.ts'

export interface ResourceRequest {
  readonly isResource: true
  /**
   * get, list, watch, create, update, patch, delete, deletecollection; connect-like subresources keep get or create.
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

/** `path` is without the `/clusters/NAME` prefix; `query` decides between list and watch. */
export function parseRequest(method: string, path: string, query: URLSearchParams): RequestInfo {
  // Upstream has no verb for other methods, so that only a rule of all verbs allows them.
  const verb = VERBS[method] ?? ''
  const parts = decodePath(path)
    .split('/')
    .filter((part) => part !== '')
  const [root] = parts
  const groupParts = root === 'api' ? 1 : 2
  if ((root !== 'api' && root !== 'apis') || parts.length < groupParts + 2)
    return { isResource: false, verb: method.toLowerCase(), path }
  const group = root === 'api' ? '' : (parts[1] ?? '')
  const version = parts[groupParts] ?? ''
  let rest = parts.slice(groupParts + 1)
  let isWatchPath = false
  if (rest[0] === 'watch' && rest.length > 1) {
    // The old form /api/v1/watch/…, deprecated but served.
    isWatchPath = true
    rest = rest.slice(1)
  }
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] ?? ''
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? '')) rest = rest.slice(2)
  }
  const [resource = '', name = '', subresource = '', ...tail] = rest
  return {
    isResource: true,
    verb: isWatchPath ? watchPathVerb(verb) : resourceVerb(verb, name, query),
    group,
    version,
    namespace,
    resource,
    name,
    subresource,
    rest: tail.join('/'),
    path,
  }
}

/** `watch` of an object by its name is said in the path only: in the query it means nothing there. */
function resourceVerb(verb: string, name: string, query: URLSearchParams): string {
  if (name !== '') return verb
  if (verb === 'get') return parseBoolean(query.get('watch')) === true ? 'watch' : 'list'
  return verb === 'delete' ? 'deletecollection' : verb
}

/** The old form is for GET alone; no kind has the verb ''. */
function watchPathVerb(verb: string): string {
  return verb === 'get' ? 'watch' : ''
}

/** Subresources whose requests last as long as somebody listens (upstream's BasicLongRunningRequestCheck). */
const STREAMS: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

/** Whether it is a stream out of or into a pod, which may last for ever. */
export function isStream(info: RequestInfo): boolean {
  return info.isResource && (info.verb === 'proxy' || STREAMS.has(info.subresource))
}

/** Decoded before it is taken apart, so that `%2F` separates, too. */
function decodePath(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    // A stray per cent sign names nothing; the literal text gets the refusal it deserves.
    return path
  }
}
