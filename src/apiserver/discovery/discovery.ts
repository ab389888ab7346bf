/**
 * Discovery: what is served, told at /api, /apis, below them, and at /version. Pure: a path and an Accept header in, a
 * finished document out. Documents depend on the kinds alone and are made once each, on first request.
 */
import { HEALTH_CHECKS } from '../operations/health-checks.ts'
import { healthPaths } from '../operations/health.ts'
import { notAcceptableError } from '../../apimachinery/status-error.ts'
import { PROTOBUF_MEDIA_TYPE } from '../../apimachinery/wire/protobuf/codec.ts'
import { indentJson, printJson } from '../../apimachinery/wire/print-json.ts'
import { printYaml } from '../../apimachinery/wire/print-yaml.ts'
import type { ListedKind } from '../../apis/custom/listed-kind.ts'
import { protobufCodec } from '../../apis/facts/protobuf-facts.ts'
import { isRouted } from '../handlers/unknown-path.ts'
import type { MediaType, Parameters } from '../negotiate.ts'
import { MEDIA_TYPES, checkProduced, chooseMediaType, isPlain } from '../negotiate.ts'
import { apiGroupDiscoveryList } from './aggregated.ts'
import { contentHash } from './content-hash.ts'
import { servedGroups, type ServedGroup } from './groups.ts'
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts'
import { versionDocument, type Build } from './version.ts'

export interface DiscoveryDocument {
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly contentType: string
  /** In double quotes; only aggregated documents have one. With it go `Vary: Accept` and `Cache-Control: public`. */
  readonly etag?: string
  /** It was asked for indented, by a parameter of its media type. */
  readonly isPretty: boolean
}

export interface DiscoveryOptions {
  /** The built-in kinds, and those of definitions. */
  readonly kinds: readonly ListedKind[]
  readonly build: Build
  /** `host:port`, for /api: what the server calls itself, whoever asks (discovery.DefaultAddresses). */
  readonly serverAddress?: string
}

export interface Discovery {
  /** undefined where nothing is served: 404. @throws ApiStatusError 406 */
  document(path: string, accept: string | null): DiscoveryDocument | undefined
}

interface Format {
  readonly mediaType: MediaType
  readonly isAggregated: boolean
  readonly isPretty: boolean
}

/** What the list of all paths is also called (k8s.io/apiserver pkg/server/routes/index.go). */
const INDEX = '/index.html'

/** What an aggregated document says of itself behind its media type. */
export const AGGREGATED_PARAMETERS = ';g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

export function createDiscovery({ kinds, build, serverAddress = '' }: DiscoveryOptions): Discovery {
  const groups = servedGroups(kinds)
  const known = new Set(['/', '/version', ...pathsOf(groups)])
  const made = new Map<string, DiscoveryDocument>()

  function make(path: string, { mediaType, isAggregated, isPretty }: Format): DiscoveryDocument | undefined {
    const value = isAggregated ? aggregatedAt(path, groups) : legacyAt(path, groups, build, serverAddress)
    if (value === undefined) return undefined
    const body = printedDiscovery(value, mediaType)
    // What has no kind is always JSON.
    const written = typeof body === 'string' && mediaType === PROTOBUF_MEDIA_TYPE ? 'application/json' : mediaType
    const contentType = written + (isAggregated ? AGGREGATED_PARAMETERS : '')
    const document = { body, contentType, isPretty }
    return isAggregated ? { ...document, etag: `"${contentHash(JSON.stringify(value))}"` } : document
  }

  return {
    document(path, accept) {
      const plainPath = withoutSlash(path === INDEX ? '/' : path)
      if (!known.has(plainPath)) return undefined
      const format = discoveryFormat(accept, plainPath)
      const key = `${format.mediaType} ${String(format.isAggregated)} ${String(format.isPretty)} ${plainPath}`
      const document = made.get(key) ?? make(plainPath, format)
      if (document !== undefined) made.set(key, document)
      return document
    },
  }
}

/** What stands behind every path as well. */
export function withoutSlash(path: string): string {
  return path.length > 2 && path.endsWith('/') ? path.slice(0, -1) : path
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
  '/flagz', '/healthz', '/livez', '/metrics', '/metrics/slis', '/openapi/v2', '/openapi/v3', '/openid/v1/jwks',
  '/readyz', '/statusz', '/version',
]

/** What is served, for who looks around (k8s.io/apiserver pkg/server/routes/index.go). */
function rootPaths(groups: readonly ServedGroup[]): string[] {
  const others = ['/.well-known/openid-configuration', '/apis/', '/openapi/v3/', ...healthPaths(HEALTH_CHECKS)]
  return [...new Set([...others, ...pathsOf(groups), ...DOCUMENTS])].sort()
}

function pathsOf(groups: readonly ServedGroup[]): string[] {
  const ofGroups = groups.flatMap(({ group, versions }) => {
    const root = group === '' ? '/api' : `/apis/${group}`
    return [root, ...versions.map(({ version }) => `${root}/${version}`)]
  })
  return ['/apis', ...ofGroups]
}

function resourcesAt(group: ServedGroup | undefined, version: string | undefined): object | undefined {
  const served = group?.versions.find((candidate) => candidate.version === version)
  return group === undefined || served === undefined ? undefined : apiResourceList(group.group, served)
}

/** The lists of groups, and what is known of one, are told without looking at what a router would produce. */
const ABOUT_GROUPS = /^\/apis(?:\/[^/]+)?$/

/**
 * Aggregated where any clause asks for it, as upstream looks for that first; v2beta1 is not served in 1.36. The version
 * has no kind, and no other form than JSON. @throws ApiStatusError 406
 */
export function discoveryFormat(accept: string | null, path: string): Format {
  const aggregated = isRoot(path) ? chosen(accept, isAggregatedAsked) : undefined
  if (aggregated !== undefined) return { ...aggregated, isAggregated: true }
  // Whoever looks around is shown JSON, whatever was asked for (routes/index.go).
  if (path === '/') return PLAIN_JSON
  if (path === '/version') {
    checkProduced(accept, ['application/json'])
    return PLAIN_JSON
  }
  if (isRouted(path) && !ABOUT_GROUPS.test(path)) checkProduced(accept, MEDIA_TYPES)
  const plain = chosen(accept, isPlain)
  if (plain === undefined) throw notAcceptableError(MEDIA_TYPES)
  return { ...plain, isAggregated: false }
}

const PLAIN_JSON: Format = { mediaType: 'application/json', isAggregated: false, isPretty: false }

function chosen(
  accept: string | null,
  allows: (parameters: Parameters, mediaType: MediaType) => boolean,
): Pick<Format, 'mediaType' | 'isPretty'> | undefined {
  let isPretty = false
  const mediaType = chooseMediaType(accept, (parameters, candidate) => {
    isPretty = parameters.get('pretty') === '1'
    return allows(parameters, candidate)
  })
  return mediaType === undefined ? undefined : { mediaType, isPretty }
}

function isAggregatedAsked(parameters: Parameters): boolean {
  const [as, group, version] = ['as', 'g', 'v'].map((name) => parameters.get(name))
  return as === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && version === 'v2'
}

/** A document for people, where it is not for them already. */
export function indentedDiscovery(body: DiscoveryDocument['body']): DiscoveryDocument['body'] {
  return typeof body === 'string' && body.startsWith('{"') ? indentJson(body.trimEnd()) : body
}

/** A document of discovery in a form that was negotiated. */
export function printedDiscovery(value: object, mediaType: string): DiscoveryDocument['body'] {
  if (mediaType === 'application/yaml') return printYaml(value)
  const { kind, apiVersion = '' } = value as { kind?: string; apiVersion?: string }
  // What has no kind is printed for people (k8s.io/apiserver pkg/endpoints/handlers/responsewriters, WriteRawJSON).
  if (kind === undefined) return JSON.stringify(value, undefined, 2)
  if (mediaType === 'application/json') return `${printJson(value)}\n`
  const message = kind === 'APIGroupDiscoveryList' ? `apidiscovery.v2.${kind}` : `meta.v1.${kind}`
  return protobufCodec.encode(message, { apiVersion, kind }, value)
}
