/** Lists of 500 and 5,000 ConfigMaps of 1 KiB: time, bytes, and by how much the server's memory grows meanwhile. */
import { configMap, createNamespace } from './crud.ts'
import type { Load, Request } from './load.ts'
import { Connections, each, runLoad } from './load.ts'
import { residentBytesOf } from './processes.ts'
import type { Server } from './server.ts'

const SIZES: readonly (readonly [objects: number, repeats: number])[] = [
  [500, 40],
  [5000, 15],
]

const SAMPLE_MS = 10

export interface ListRow {
  readonly objects: number
  readonly load: Load
  /** Highest resident memory seen during the lists, above what it was before. */
  readonly growthBytes: number
}

export async function measureLists(server: Server, run: string): Promise<ListRow[]> {
  const rows: ListRow[] = []
  for (const [objects, repeats] of SIZES) {
    const namespace = `list-${run}-${String(objects)}`
    await createNamespace(server, namespace)
    rows.push(
      await measureList(server, {
        path: `/api/v1/namespaces/${namespace}/configmaps`,
        object: (n) => configMap(namespace, `cm-${String(n).padStart(5, '0')}`, String(n)),
        objects,
        repeats,
        accept: 'application/json',
      }),
    )
  }
  return rows
}

interface Listing {
  readonly path: string
  /** The n-th that is listed. */
  readonly object: (n: number) => object
  readonly objects: number
  readonly repeats: number
  readonly accept: string
}

/** Makes the objects, then lists all of them again and again. */
export async function measureList(server: Server, listing: Listing): Promise<ListRow> {
  const { path, object, objects, repeats, accept } = listing
  await createAll(server, path, objects, object)
  return measureReading(server, objects, repeats, { method: 'GET', path, accept })
}

export async function createAll(
  server: Server,
  path: string,
  objects: number,
  object: (n: number) => object,
): Promise<void> {
  const client = new Connections(server, 16)
  await each(16, objects, (n) => client.send({ method: 'POST', path, body: object(n) }))
  await client.close()
}

/** The same list again and again, by one client. */
export function measureReading(server: Server, objects: number, repeats: number, request: Request): Promise<ListRow> {
  return withGrowth(server, objects, () => runLoad(server, 1, repeats, () => request))
}

export async function withGrowth(server: Server, objects: number, run: () => Promise<Load>): Promise<ListRow> {
  const before = residentBytesOf(server.pids)
  let highest = before
  const sampler = setInterval(() => {
    highest = Math.max(highest, residentBytesOf(server.pids))
  }, SAMPLE_MS)
  const load = await run().finally(() => clearInterval(sampler))
  return { objects, load, growthBytes: highest - before }
}
