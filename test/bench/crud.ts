/** Create, get, update and merge patch of ConfigMaps of 1 KiB, at 1, 8 and 32 connections; and the floor's get and put. */
import type { Load, Request } from './load.ts'
import { Connections, eachLine, median, runLoad } from './load.ts'
import type { Server } from './server.ts'

export const WIDTHS = [1, 8, 32] as const

/** Requests of one measurement, by connections: seconds each, so that CPU ticks of 10 ms are fine enough. */
const REQUESTS: Readonly<Record<number, number>> = { 1: 600, 8: 3000, 32: 6000 }

const PAD = 'x'.repeat(1024)

export function configMap(namespace: string, name: string, text: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { seq: text, pad: PAD } }
}

export async function createNamespace(server: Server, name: string): Promise<void> {
  const client = new Connections(server, 1)
  await client.send({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  })
  await client.close()
}

/** Operation → what the n-th request of it is. */
type Operations = Readonly<Record<string, (n: number) => Request>>

function operations(namespace: string): Operations {
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  return {
    create: (n) => ({ method: 'POST', path, body: configMap(namespace, `cm-${String(n)}`, String(n)) }),
    get: (n) => ({ method: 'GET', path: `${path}/cm-${String(n)}` }),
    update: (n) => ({
      method: 'PUT',
      path: `${path}/cm-${String(n)}`,
      body: configMap(namespace, `cm-${String(n)}`, `u${String(n)}`),
    }),
    patch: (n) => ({
      method: 'PATCH',
      path: `${path}/cm-${String(n)}`,
      body: { data: { seq: `p${String(n)}` } },
      contentType: 'application/merge-patch+json',
    }),
  }
}

export interface CrudRow {
  readonly operation: string
  readonly connections: number
  readonly load: Load
}

const FLOOR_OPERATIONS: Operations = {
  put: (n) => ({ method: 'PUT', path: `/cm-${String(n)}`, body: configMap('floor', 'cm', '0') }),
  get: (n) => ({ method: 'GET', path: `/cm-${String(n)}` }),
}

/** What takes turns; another API server only where one was named (beside.ts). */
export interface Measured {
  readonly ours: Server
  readonly floor: Server
  readonly beside?: Server
}

/** What was just started is slower than what has run: measured after this. */
export async function warmUp({ ours, floor, beside }: Measured, namespace: string): Promise<void> {
  for (const server of beside === undefined ? [ours] : [ours, beside]) {
    await createNamespace(server, namespace)
    for (const next of Object.values(operations(namespace))) await runLoad(server, 8, 800, next)
  }
  for (const next of Object.values(FLOOR_OPERATIONS)) await runLoad(floor, 8, 800, next)
}

export interface Crud {
  readonly ours: readonly CrudRow[]
  readonly floor: readonly CrudRow[]
  /** Empty where nothing was measured beside us. */
  readonly beside: readonly CrudRow[]
}

/** As upstream's figures were taken: of so many runs on one server the median of each operation. */
const ROUNDS = 3

/** The floor's put and get, then our operations, at each width: close together, because the machine's mood changes. */
export async function measureCrud(
  { ours, floor, beside }: Measured,
  run: string,
  told: (row: CrudRow) => void,
): Promise<Crud> {
  const found = { ours: [] as CrudRow[], floor: [] as CrudRow[], beside: [] as CrudRow[] }
  const measure = async (to: Server, connections: number, all: Operations, rows: CrudRow[]): Promise<void> => {
    for (const [operation, next] of Object.entries(all)) {
      const load = await runLoad(to, connections, REQUESTS[connections] ?? 0, next)
      rows.push({ operation, connections, load })
      told({ operation, connections, load })
    }
  }
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const connections of WIDTHS) {
      await measure(floor, connections, FLOOR_OPERATIONS, found.floor)
      const namespace = `crud-${run}-${String(round)}-${String(connections)}`
      await createNamespace(ours, namespace)
      await measure(ours, connections, operations(namespace), found.ours)
      if (beside === undefined) continue
      await createNamespace(beside, namespace)
      await measure(beside, connections, operations(namespace), found.beside)
    }
  }
  return { ours: mediansOf(found.ours), floor: mediansOf(found.floor), beside: mediansOf(found.beside) }
}

/** One row for each operation and width: the round whose rate is in the middle. */
function mediansOf(rows: readonly CrudRow[]): CrudRow[] {
  const groups = Map.groupBy(rows, ({ operation, connections }) => `${String(connections)} ${operation}`)
  return [...groups.values()].map((group) => median(group, ({ load }) => load.perSecond))
}

export interface WatchedWrites {
  readonly alone: Load
  readonly watched: Load
  readonly events: number
}

/** Creates without, then with a watch over all namespaces open; both at 8 connections, in turns, the median of each. */
export async function measureWatchedWrites(server: Server, run: string): Promise<WatchedWrites> {
  const rounds = 3
  const alone: Load[] = []
  const watched: Load[] = []
  let events = 0
  for (let round = 0; round < rounds; round++) {
    for (const [loads, isWatched] of [[alone, false], [watched, true]] as const) {
      const namespace = `watched-${run}-${String(round)}-${String(isWatched)}`
      await createNamespace(server, namespace)
      const client = new Connections(server, 1)
      if (isWatched) {
        const all = '/api/v1/configmaps'
        const { metadata } = await client.json<{ metadata: { resourceVersion: string } }>({
          method: 'GET',
          path: `${all}?limit=1`,
        })
        const body = await client.stream(`${all}?watch=1&resourceVersion=${metadata.resourceVersion}`)
        // It ends with the connection, which is ours to end.
        eachLine(body, () => (events += 1)).catch(() => undefined)
      }
      const next = operations(namespace)['create']
      if (next !== undefined) loads.push(await runLoad(server, 8, REQUESTS[8] ?? 0, next))
      await client.close()
    }
  }
  const rate = ({ perSecond }: Load): number => perSecond
  return { alone: median(alone, rate), watched: median(watched, rate), events }
}
