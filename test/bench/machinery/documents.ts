/**
 * Discovery and OpenAPI, as a client that has asked before gets them: aggregated and legacy discovery, the document of
 * each group and version, the whole of version 2, and 304 for who has them already.
 */
import type { Request } from '../load.ts'
import { Connections, runLoad } from '../load.ts'
import type { Server } from '../server.ts'

const REPEATS = 40
const OF_EACH_GROUP = 12
const CANDIDATES = 4
const WARM_UP = 20

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const OPENAPI_V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
const GZIP = { 'accept-encoding': 'gzip' }

export interface DocumentRow {
  readonly document: string
  readonly p50Ms: number
  readonly bytes: number
  /** What a bare Worker and one hop take for as many bytes; of the slowest group's only. */
  readonly floorP50Ms?: number
}

/** `gzip`: as clients of Go and kubectl ask. */
const DOCUMENTS: readonly (readonly [document: string, request: Request])[] = [
  ['aggregated discovery, /apis', { method: 'GET', path: '/apis', accept: AGGREGATED }],
  ['aggregated discovery, /apis, gzip', { method: 'GET', path: '/apis', accept: AGGREGATED, headers: GZIP }],
  ['aggregated discovery, /api', { method: 'GET', path: '/api', accept: AGGREGATED }],
  ['legacy discovery, /apis', { method: 'GET', path: '/apis' }],
  ['legacy discovery, /apis/apps/v1', { method: 'GET', path: '/apis/apps/v1' }],
  ['OpenAPI v3, index', { method: 'GET', path: '/openapi/v3' }],
  ['OpenAPI v2, JSON, gzip', { method: 'GET', path: '/openapi/v2', headers: GZIP }],
  ['OpenAPI v2, protobuf, gzip', { method: 'GET', path: '/openapi/v2', accept: OPENAPI_V2_PROTOBUF, headers: GZIP }],
]

/** Those that a client asks for again with what it has. */
const REVALIDATED: ReadonlySet<string> = new Set(['aggregated discovery, /apis', 'OpenAPI v3, index'])

/** Of the documents by group. */
const SLOWEST = 'OpenAPI v3, slowest group'

export async function measureDocuments(server: Server, floor: Server): Promise<DocumentRow[]> {
  const client = new Connections(server, 1)
  const measure = async (document: string, request: Request, repeats = REPEATS): Promise<DocumentRow> => {
    // Whoever asks first has it made, and the first few are slower than what has run.
    for (let n = 0; n < Math.min(WARM_UP, repeats); n++) await client.send(request)
    const { p50Ms, bytes } = await runLoad(server, 1, repeats, () => request)
    return { document, p50Ms, bytes }
  }
  const again = async (document: string, request: Request): Promise<DocumentRow> => {
    const etag = await client.etag(request)
    return measure(`${document}, 304`, { ...request, headers: { ...request.headers, 'if-none-match': etag } })
  }
  const rows: DocumentRow[] = []
  for (const [document, request] of DOCUMENTS) {
    rows.push(await measure(document, request))
    if (REVALIDATED.has(document)) rows.push(await again(document, request))
  }
  const { paths } = await client.json<Index>({ method: 'GET', path: '/openapi/v3' })
  for (const [what, headers] of [['', {}], [', gzip', GZIP]] as const) {
    const groups: DocumentRow[] = []
    for (const { serverRelativeURL: path } of Object.values(paths)) {
      groups.push(await measure(path, { method: 'GET', path, headers }, OF_EACH_GROUP))
    }
    // A few requests each tell who may be the slowest, and moods of the machine as well: these are asked again.
    const candidates: DocumentRow[] = []
    for (const { document } of groups.toSorted(bySlowness).slice(0, CANDIDATES)) {
      candidates.push(await measure(document, { method: 'GET', path: document, headers }))
    }
    const [slowest] = candidates.toSorted(bySlowness)
    if (slowest === undefined) continue
    const bare = await runLoad(floor, 1, REPEATS, () => ({ method: 'GET', path: `/bytes/${String(slowest.bytes)}` }))
    rows.push({ ...slowest, document: `${SLOWEST}${what}`, floorP50Ms: bare.p50Ms })
  }
  const [{ serverRelativeURL: path } = { serverRelativeURL: '/openapi/v3' }] = Object.values(paths)
  rows.push(await again('OpenAPI v3, a group', { method: 'GET', path }))
  await client.close()
  return rows
}

function bySlowness(one: DocumentRow, other: DocumentRow): number {
  return other.p50Ms - one.p50Ms
}

interface Index {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>
}
