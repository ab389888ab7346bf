/**
 * Documents about everything that is served, with what other servers serve in them. Made anew each time, as either side
 * may change; their ETags tell whether the client has the same. Only asked for where there are other servers.
 */
import { ascending } from '../../../lib/order.ts'
import { contentHash } from '../../discovery/content-hash.ts'
import {
  AGGREGATED_PARAMETERS, discoveryFormat, indentedDiscovery, printedDiscovery, withoutSlash,
} from '../../discovery/discovery.ts'
import type { ApiHost } from '../../api-host.ts'
import { bareMediaType, isPrettyWanted } from '../../negotiate.ts'
import { acceptsGzip, bodyAnswer } from '../../reading/gzip.ts'
import { answerContent, asksForRange, notModified } from '../../reading/served-content.ts'
import type { Way } from '../../operations/way.ts'
import type { Group } from './merged-discovery.ts'
import { mergedDiscovery, mergedGroup, mergedGroupList } from './merged-discovery.ts'
import type { OpenApiV2 } from './merged-openapi.ts'
import { mergedOpenApiV2 } from './merged-openapi.ts'
import type { RemoteApi } from './remote-api.ts'
import type { RemoteDocuments } from './remote-documents.ts'
import type { ServiceOrder } from './service-order.ts'

type Merge = (local: unknown) => unknown
type Fields = Readonly<Record<string, unknown>>

/** Undefined: there is no such document. */
export async function mergedDocument(
  host: Pick<ApiHost, 'clock' | 'documents' | 'remoteDocuments'>,
  { request, url }: Pick<Way, 'request' | 'url'>,
  apis: readonly RemoteApi[],
  order: ServiceOrder,
): Promise<Response | undefined> {
  const merge = mergeOf(host.remoteDocuments, url.pathname, apis, order)
  if (merge === undefined) return host.documents(request, url)
  const ask = (accept: string | null): Promise<Response | undefined> => {
    const headers = new Headers(request.headers)
    for (const name of OF_THE_MERGED) headers.delete(name)
    if (accept !== null) headers.set('accept', accept)
    return host.documents(new Request(url, { headers }), url)
  }
  const local = await ask(request.headers.get('accept'))
  if (local === undefined) return onlyRemote(request, url, apis, order)
  if (!local.ok) return local
  const contentType = local.headers.get('content-type') ?? ''
  const isAggregated = contentType.includes('as=APIGroupDiscoveryList')
  const plain = await asJson(local, isAggregated, ask)
  if (plain === undefined) return local
  const merged = await merge(await plain.json(), isAggregated)
  const text = JSON.stringify(merged)
  const body = await inForm(request, url, { mediaType: bareMediaType(contentType), text, merged: merged as object })
  return answer(request, local, body, { hash: contentHash(text), nowMs: host.clock.now() })
}

/** Whatever form was asked for, what is merged is JSON. */
async function asJson(
  local: Response,
  isAggregated: boolean,
  ask: (accept: string) => Promise<Response | undefined>,
): Promise<Response | undefined> {
  if (bareMediaType(local.headers.get('content-type')) === JSON_TYPE) return local
  return ask(isAggregated ? JSON_TYPE + AGGREGATED_PARAMETERS : JSON_TYPE)
}

interface Merged {
  readonly mediaType: string
  readonly text: string
  readonly merged: object
}

/** In the form of our own document: clients have negotiated that one. */
async function inForm(request: Request, url: URL, { mediaType, text, merged }: Merged): Promise<Body> {
  if (!url.pathname.startsWith('/openapi/')) return printedFor(request, url, merged)
  // The index is JSON whatever it is called.
  if (mediaType === JSON_TYPE || url.pathname === '/openapi/v3') return text
  // Loaded by who asks for it, as it is where we alone are asked.
  return (await import('../../openapi/protobuf/version2.ts')).encodeOpenApiV2(merged)
}

/** @throws ApiStatusError 406 */
function printedFor({ headers }: Request, { pathname, searchParams }: URL, value: object): Body {
  const { mediaType, isPretty } = discoveryFormat(headers.get('accept'), withoutSlash(pathname))
  const body = printedDiscovery(value, mediaType)
  return isPretty || isPrettyWanted(headers, searchParams.get('pretty')) ? indentedDiscovery(body) : body
}

const JSON_TYPE = 'application/json'

/** What is asked of the merged document and not of ours. */
const OF_THE_MERGED = [
  'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'range', 'accept-encoding',
  'accept',
]

const OF_GROUP = /^\/apis\/([^/]+)\/?$/

type DocumentMerge = (local: unknown, isAggregated: boolean) => Promise<unknown>

function mergeOf(
  remote: RemoteDocuments,
  path: string,
  apis: readonly RemoteApi[],
  order: ServiceOrder,
): DocumentMerge | undefined {
  if (path === '/apis') {
    return async (local, isAggregated) =>
      isAggregated
        ? mergedDiscovery(local as Parameters<typeof mergedDiscovery>[0], apis, await discoveries(remote, apis), order)
        : mergedGroupList(local as { groups: Group[] }, apis, order)
  }
  const [, group] = OF_GROUP.exec(path) ?? []
  if (group !== undefined && apis.some((api) => api.group === group)) {
    return (local) => Promise.resolve({ ...(local as Fields), ...mergedGroup(local as Group, group, apis, order) })
  }
  if (path === '/openapi/v3') return async (local) => (await openApiV3(remote, apis))(local)
  return path === '/openapi/v2' ? async (local) => (await openApiV2(remote, apis, order))(local) : undefined
}

/** @throws ApiStatusError 406 */
function onlyRemote(
  request: Request,
  url: URL,
  apis: readonly RemoteApi[],
  order: ServiceOrder,
): Response | undefined {
  const [, name = ''] = OF_GROUP.exec(url.pathname) ?? []
  const group = mergedGroup(undefined, name, apis, order)
  if (group === undefined) return undefined
  const { mediaType } = discoveryFormat(request.headers.get('accept'), withoutSlash(url.pathname))
  const headers = new Headers({ 'cache-control': 'no-cache, private', 'content-type': mediaType })
  const body = printedFor(request, url, { kind: 'APIGroup', apiVersion: 'v1', ...group })
  return bodyAnswer(body, { headers }, acceptsGzip(request.headers))
}

async function discoveries(remote: RemoteDocuments, apis: readonly RemoteApi[]) {
  const said = await Promise.all(
    apis.map(async (api) => [`${api.group}/${api.version}`, await remote.discovery(api)] as const),
  )
  return new Map(said)
}

/** The index: addresses of documents below lead to the server that has them. */
async function openApiV3(remote: RemoteDocuments, apis: readonly RemoteApi[]): Promise<Merge> {
  const entries = await Promise.all(
    apis.map(async (api) => {
      const path = `apis/${api.group}/${api.version}`
      const index = await remote.read(api, '/openapi/v3')
      const { paths = {} } = (index?.value ?? {}) as { paths?: Fields }
      return paths[path] === undefined ? [] : [[path, paths[path]] as const]
    }),
  )
  return (local) => {
    const { paths } = local as { paths: Fields }
    return { ...(local as Fields), paths: { ...paths, ...Object.fromEntries(entries.flat()) } }
  }
}

async function openApiV2(remote: RemoteDocuments, apis: readonly RemoteApi[], order: ServiceOrder): Promise<Merge> {
  const nameOf = ({ group, version }: RemoteApi): string => `${version}.${group}`
  const sorted = apis.toSorted((a, b) => order.compareGroups(a.group, b.group) || ascending(nameOf(a), nameOf(b)))
  const parts = await Promise.all(
    sorted.map(async (api) => {
      const document = ((await remote.read(api, '/openapi/v2'))?.value ?? {}) as OpenApiV2
      return { prefix: `/apis/${api.group}/${api.version}/`, document }
    }),
  )
  return (local) => mergedOpenApiV2(local as OpenApiV2, parts)
}

type Body = string | Uint8Array<ArrayBuffer>

/** What is served as content is as new as it is asked for: any part of it may have changed since. */
function answer(
  request: Request,
  local: Response,
  body: Body,
  { hash, nowMs }: { readonly hash: string; readonly nowMs: number },
): Response | Promise<Response> {
  const headers = new Headers()
  for (const name of ['content-type', 'cache-control', 'vary']) {
    const value = local.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  if (local.headers.has('etag')) headers.set('etag', `"${hash}"`)
  if (local.headers.has('last-modified')) {
    const isGzipped = acceptsGzip(request.headers) && !asksForRange(request)
    return answerContent(request, { headers, modifiedMs: nowMs, isLive: true }, () =>
      bodyAnswer(body, { headers }, isGzipped))
  }
  const etag = headers.get('etag')
  if (etag !== null && request.headers.get('if-none-match') === etag) return notModified(headers)
  return bodyAnswer(body, { headers }, acceptsGzip(request.headers))
}
