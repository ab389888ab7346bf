/**
 * Discovery: what is served, told at /api, /apis, below them, and at /version. Pure: a path and an Accept header in, a
 * finished document out. Documents depend on the kinds alone and are made once each, on first request.
 */
import { notAcceptableError } from '../../apimachinery/status-error.ts'
import { printYaml } from '../../apimachinery/wire/yaml.ts'
import type { ListedKind } from '../../apis/custom/listed-kind.ts'
import { apiGroupDiscoveryList } from './aggregated.ts'
import { contentHash } from './content-hash.ts'
import { servedGroups, type ServedGroup } from './groups.ts'
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts'
import { versionDocument, type Build } from './version.ts'

export interface DiscoveryDocument {
  readonly body: string
  readonly contentType: string
  /** In double quotes; only aggregated documents have one. With it go `Vary: Accept` and `Cache-Control: public`. */
  readonly etag?: string
}

export interface DiscoveryOptions {
  /** The built-in kinds, and those of definitions. */
  readonly kinds: readonly ListedKind[]
  readonly build: Build
  /** `host:port`, for /api; clients ignore it. */
  readonly serverAddress?: string
}

export interface Discovery {
  /** undefined where nothing is served: 404. @throws ApiStatusError 406 */
  document(path: string, accept: string | null): DiscoveryDocument | undefined
}

type Format = 'json' | 'yaml' | 'aggregated'

export const AGGREGATED_CONTENT_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json', yaml: 'application/yaml', aggregated: AGGREGATED_CONTENT_TYPE,
}

export function createDiscovery({ kinds, build, serverAddress = '' }: DiscoveryOptions): Discovery {
  const groups = servedGroups(kinds)
  const made = new Map<string, DiscoveryDocument>()

  function make(path: string, format: Format): DiscoveryDocument | undefined {
    const value = format === 'aggregated' ? aggregatedAt(path, groups) : legacyAt(path, groups, build, serverAddress)
    if (value === undefined) return undefined
    const body = format === 'yaml' ? printYaml(value) : JSON.stringify(value)
    const contentType = CONTENT_TYPES[format]
    return format === 'aggregated' ? { body, contentType, etag: `"${contentHash(body)}"` } : { body, contentType }
  }

  return {
    document(path, accept) {
      const plainPath = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
      const format = negotiate(accept, isRoot(plainPath))
      const key = `${format} ${plainPath}`
      const known = made.get(key)
      if (known !== undefined) return known
      const document = make(plainPath, format)
      // Unknown paths are not kept: they are the client's choice, and without end.
      if (document !== undefined) made.set(key, document)
      return document
    },
  }
}

function isRoot(path: string): boolean {
  return path === '/api' || path === '/apis'
}

function aggregatedAt(path: string, groups: readonly ServedGroup[]): object | undefined {
  return apiGroupDiscoveryList(groups.filter(({ group }) => (group === '') === (path === '/api')))
}

function legacyAt(
  path: string,
  groups: readonly ServedGroup[],
  build: Build,
  serverAddress: string,
): object | undefined {
  const [, root, first, second, ...rest] = path.split('/')
  if (rest.length > 0) return undefined
  const core = groups.find(({ group }) => group === '')
  if (path === '/') return { paths: rootPaths(groups) }
  if (path === '/version') return versionDocument(build)
  if (path === '/api') return apiVersions(core?.versions.map(({ version }) => version) ?? [], serverAddress)
  if (path === '/apis') return apiGroupList(groups)
  if (root === 'api') return second === undefined ? resourcesAt(core, first) : undefined
  const group = root === 'apis' && first !== '' ? groups.find((served) => served.group === first) : undefined
  if (group === undefined) return undefined
  return second === undefined ? apiGroup(group) : resourcesAt(group, second)
}

export const DOCUMENTS = [
  '/flagz', '/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/openid/v1/jwks', '/readyz', '/statusz',
  '/version',
]

/** What is served, for who looks around (k8s.io/apiserver pkg/server/routes/index.go). */
function rootPaths(groups: readonly ServedGroup[]): string[] {
  const ofGroups = groups.flatMap(({ group, versions }) => {
    const root = group === '' ? '/api' : `/apis/${group}`
    return [root, ...versions.map(({ version }) => `${root}/${version}`)]
  })
  return ['/.well-known/openid-configuration', '/apis', ...ofGroups, ...DOCUMENTS].sort()
}

function resourcesAt(group: ServedGroup | undefined, version: string | undefined): object | undefined {
  const served = group?.versions.find((candidate) => candidate.version === version)
  return group === undefined || served === undefined ? undefined : apiResourceList(group.group, served)
}

const ACCEPTED = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

/** The first of the accepted types that can be given. v2beta1 is not served in 1.36, so it is passed over. */
function negotiate(accept: string | null, allowsAggregated: boolean): Format {
  if (accept === null || accept.trim() === '') return 'json'
  for (const clause of accept.split(',')) {
    const [mediaType = '', ...parameters] = clause.split(';').map((part) => part.trim().toLowerCase())
    const said = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string | undefined]))
    const isJson = mediaType === 'application/json' || mediaType === 'application/*' || mediaType === '*/*'
    if (said.has('as')) {
      const isV2 = said.get('as') === 'apigroupdiscoverylist' && said.get('v') === 'v2'
      if (allowsAggregated && isJson && isV2 && said.get('g') === 'apidiscovery.k8s.io') return 'aggregated'
      continue
    }
    if (isJson) return 'json'
    if (mediaType === 'application/yaml') return 'yaml'
  }
  throw notAcceptableError(ACCEPTED)
}
