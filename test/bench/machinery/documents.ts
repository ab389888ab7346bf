/**
 * Discovery and OpenAPI, as a client that has asked before gets them: aggregated and legacy discovery, the document of
 * each group and version, the whole of version 2, and 304 for who has them already.
 */
import { Connections } from '../load.ts'
import type { Get } from '../native-client.ts'
import { timeGets } from '../native-client.ts'
import type { Server } from '../server.ts'

const REPEATS = 40
const OF_EACH_GROUP = 12
const CANDIDATES = 4
const WARM_UP = 20

const JSON_ACCEPTED = { accept: 'application/json' }
const AGGREGATED = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }
const OPENAPI_V2_PROTOBUF = { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' }
const GZIP = { 'accept-encoding': 'gzip' }

export interface DocumentRow {
  readonly document: string
  readonly p50Ms: number
  readonly bytes: number
  /** What a bare Worker and one hop take for as many bytes; of the slowest group's only. */
  readonly floorP50Ms?: number
  /** The same document compressed, as kubectl asks for it; of the slowest group's as it is only. */
  readonly compressedP50Ms?: number
}

/** `gzip`: as clients of Go and kubectl ask. */
const DOCUMENTS: readonly (readonly [document: string, get: Get])[] = [
  ['aggregated discovery, /apis', { path: '/apis', headers: AGGREGATED }],
  ['aggregated discovery, /apis, gzip', { path: '/apis', headers: { ...AGGREGATED, ...GZIP } }],
  ['aggregated discovery, /api', { path: '/api', headers: AGGREGATED }],
  ['legacy discovery, /apis', { path: '/apis', headers: JSON_ACCEPTED }],
  ['legacy discovery, /apis/apps/v1', { path: '/apis/apps/v1', headers: JSON_ACCEPTED }],
  ['OpenAPI v3, index', { path: '/openapi/v3', headers: JSON_ACCEPTED }],
  ['OpenAPI v2, JSON, gzip', { path: '/openapi/v2', headers: { ...JSON_ACCEPTED, ...GZIP } }],
  ['OpenAPI v2, protobuf, gzip', { path: '/openapi/v2', headers: { ...OPENAPI_V2_PROTOBUF, ...GZIP } }],
]

/** Those that a client asks for again by the name it has; the index of version 3 has none. */
const REVALIDATED: ReadonlySet<string> = new Set(['aggregated discovery, /apis', 'OpenAPI v2, JSON, gzip'])

/** Of the documents by group. */
const SLOWEST = 'OpenAPI v3, slowest group'

export async function measureDocuments(server: Server, floor: Server): Promise<DocumentRow[]> {
  const client = new Connections(server, 1)
  const measure = async (document: string, get: Get, repeats = REPEATS, asked = server): Promise<DocumentRow> => {
    // Whoever asks first has it made, and the first few are slower than what has run.
    const { p50Ms, bytes } = await timeGets(asked, get, repeats, Math.min(WARM_UP, repeats))
    return { document, p50Ms, bytes }
  }
  const again = async (document: string, { path, headers }: Get): Promise<DocumentRow> => {
    const etag = await client.etag({ method: 'GET', path, headers })
    return measure(`${document}, 304`, { path, headers: { ...headers, 'if-none-match': etag } })
  }
  const rows: DocumentRow[] = []
  for (const [document, get] of DOCUMENTS) {
    rows.push(await measure(document, get))
    if (REVALIDATED.has(document)) rows.push(await again(document, get))
  }
  const { paths } = await client.json<Index>({ method: 'GET', path: '/openapi/v3' })
  for (const [what, encoding] of [['', {}], [', gzip', GZIP]] as const) {
    const headers = { ...JSON_ACCEPTED, ...encoding }
    const groups: DocumentRow[] = []
    for (const { serverRelativeURL: path } of Object.values(paths)) {
      groups.push(await measure(path, { path, headers }, OF_EACH_GROUP))
    }
    // A few requests each tell who may be the slowest, and moods of the machine as well: these are asked again.
    const candidates: DocumentRow[] = []
    for (const { document } of groups.toSorted(bySlowness).slice(0, CANDIDATES)) {
      candidates.push(await measure(document, { path: document, headers }))
    }
    const [slowest] = candidates.toSorted(bySlowness)
    if (slowest === undefined) continue
    const bare = await measure('', { path: `/bytes/${String(slowest.bytes)}`, headers: {} }, REPEATS, floor)
    const asKubectl = await measure('', { path: slowest.document, headers: { ...headers, ...GZIP } })
    const compressed = what === '' ? { compressedP50Ms: asKubectl.p50Ms } : {}
    rows.push({ ...slowest, document: `${SLOWEST}${what}`, floorP50Ms: bare.p50Ms, ...compressed })
  }
  const [{ serverRelativeURL: path } = { serverRelativeURL: '/openapi/v3' }] = Object.values(paths)
  rows.push(await again('OpenAPI v3, a group', { path, headers: JSON_ACCEPTED }))
  await client.close()
  return rows
}

function bySlowness(one: DocumentRow, other: DocumentRow): number {
  return other.p50Ms - one.p50Ms
}

interface Index {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>
}
