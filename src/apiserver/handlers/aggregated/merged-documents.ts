/**
 * Documents about everything that is served, with what other servers serve in them. Made anew each time, as either side
 * may change; their ETags tell whether the client has the same. Only asked for where there are other servers.
 */
import { contentHash } from '../../discovery/content-hash.ts'
import type { ApiHost } from '../../api-host.ts'
import { bareMediaType } from '../../negotiate.ts'
import { acceptsGzip, bodyAnswer } from '../../reading/gzip.ts'
import type { Way } from '../../operations/way.ts'
import type { Group } from './merged-discovery.ts'
import { mergedDiscovery, mergedGroup, mergedGroupList } from './merged-discovery.ts'
import type { RemoteApi } from './remote-api.ts'
import type { RemoteDocuments } from './remote-documents.ts'

type Merge = (local: unknown) => unknown
type Fields = Readonly<Record<string, unknown>>

/** Undefined: there is no such document. */
export async function mergedDocument(
  host: Pick<ApiHost, 'documents' | 'remoteDocuments'>,
  { request, url }: Pick<Way, 'request' | 'url'>,
  apis: readonly RemoteApi[],
): Promise<Response | undefined> {
  const merge = mergeOf(host.remoteDocuments, url.pathname, apis)
  if (merge === undefined) return host.documents(request, url)
  const headers = new Headers(request.headers)
  for (const name of ['if-none-match', 'accept-encoding']) headers.delete(name)
  const local = await host.documents(new Request(url, { headers }), url)
  if (local === undefined) return onlyRemote(url.pathname, apis)
  // What is no JSON (protobuf of OpenAPI v2, YAML) is given as it is: clients of today ask for JSON.
  if (bareMediaType(local.headers.get('content-type')) !== 'application/json') return local
  const isAggregated = local.headers.get('content-type')?.includes('as=APIGroupDiscoveryList') === true
  const merged = await merge(await local.json(), isAggregated)
  return answer(request, local, JSON.stringify(merged))
}

type DocumentMerge = (local: unknown, isAggregated: boolean) => Promise<unknown>

function mergeOf(remote: RemoteDocuments, path: string, apis: readonly RemoteApi[]): DocumentMerge | undefined {
  if (path === '/apis') {
    return async (local, isAggregated) =>
      isAggregated
        ? mergedDiscovery(local as Parameters<typeof mergedDiscovery>[0], apis, await discoveries(remote, apis))
        : mergedGroupList(local as { groups: Group[] }, apis)
  }
  const [, group] = /^\/apis\/([^/]+)$/.exec(path) ?? []
  if (group !== undefined && apis.some((api) => api.group === group)) {
    return (local) => Promise.resolve({ ...(local as Fields), ...mergedGroup(local as Group, group, apis) })
  }
  if (path === '/openapi/v3') return async (local) => (await openApiV3(remote, apis))(local)
  return path === '/openapi/v2' ? async (local) => (await openApiV2(remote, apis))(local) : undefined
}

function onlyRemote(path: string, apis: readonly RemoteApi[]): Response | undefined {
  const [, name = ''] = /^\/apis\/([^/]+)$/.exec(path) ?? []
  const group = mergedGroup(undefined, name, apis)
  return group === undefined ? undefined : Response.json({ kind: 'APIGroup', apiVersion: 'v1', ...group })
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

interface OpenApiV2 {
  readonly paths?: Fields
  readonly definitions?: Fields
}

/** Paths of the servers' own groups; of definitions that several have, the first one counts. */
async function openApiV2(remote: RemoteDocuments, apis: readonly RemoteApi[]): Promise<Merge> {
  const parts = await Promise.all(
    apis.map(async (api) => {
      const document = (await remote.read(api, '/openapi/v2'))?.value as OpenApiV2 | undefined
      const prefix = `/apis/${api.group}/`
      const paths = Object.entries(document?.paths ?? {}).filter(([path]) => path.startsWith(prefix))
      return { paths: Object.fromEntries(paths), definitions: paths.length === 0 ? {} : (document?.definitions ?? {}) }
    }),
  )
  return (local) => {
    const { paths = {}, definitions = {} } = local as OpenApiV2
    return {
      ...(local as Fields),
      paths: Object.assign({}, ...parts.map((part) => part.paths), paths) as Fields,
      definitions: Object.assign({}, ...parts.map((part) => part.definitions), definitions) as Fields,
    }
  }
}

function answer(request: Request, local: Response, body: string): Response {
  const headers = new Headers()
  for (const name of ['content-type', 'cache-control', 'vary']) headers.set(name, local.headers.get(name) ?? '')
  if (local.headers.has('etag')) headers.set('etag', `"${contentHash(body)}"`)
  const etag = headers.get('etag')
  if (etag !== null && request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  return bodyAnswer(body, { headers }, acceptsGzip(request.headers))
}
