/**
 * 10,000 custom resources of 1 KiB, read in every way in which clients read many: one list, gzip, a Table, over all
 * namespaces, pages of 500 as client-go's pager has them, and the initial events of a watch; with what the server's
 * memory grows by meanwhile. It is started anew before: what making the objects left behind would hide the growth.
 */
import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createNamespace } from '../crud.ts'
import type { ListRow } from '../lists.ts'
import { createAll, measureReading, withGrowth } from '../lists.ts'
import type { Load } from '../load.ts'
import { Connections, latencyOf, runLoad } from '../load.ts'
import { cpuMsOf } from '../processes.ts'
import type { Server } from '../server.ts'
import { temporaryFolder, withServer } from '../server.ts'
import { DEFINITIONS_PATH, definition } from './definitions.ts'

const OBJECTS = 10_000
const REPEATS = 5
const PAGE = 500
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'
const GZIP = { 'accept-encoding': 'gzip' }
const GROUP = 'lists.example.com'
const NOTE = 'x'.repeat(220)

export interface CustomListRow extends ListRow {
  readonly what: string
}

const widget = (n: number): object => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'Widget',
  metadata: { name: `widget-${String(n).padStart(5, '0')}`, labels: { app: 'widgets', shard: String(n % 16) } },
  spec: {
    size: n % 100,
    image: 'registry.example.com/widgets/gear:1.2.3',
    note: NOTE,
    parts: ['gear', 'spring', 'axle'].map((name) => ({ name, count: n % 7, material: 'steel' })),
  },
})

const NAMESPACE = 'widgets'
const ALL = `/apis/${GROUP}/v1/widgets`
const PATH = `/apis/${GROUP}/v1/namespaces/${NAMESPACE}/widgets`

export async function measureCustomLists(): Promise<CustomListRow[]> {
  const data = temporaryFolder()
  try {
    await withServer(data, async (server) => {
      await createNamespace(server, NAMESPACE)
      await defineWidgets(server)
      await createAll(server, PATH, OBJECTS, widget)
    })
    return await withServer(data, measureReads)
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

async function measureReads(server: Server): Promise<CustomListRow[]> {
  // Everything has run once.
  for (const path of [ALL, PATH]) await runLoad(server, 1, 20, () => ({ method: 'GET', path: `${path}?limit=20` }))
  const rows: CustomListRow[] = []
  const read = async (what: string, row: Promise<ListRow>): Promise<void> => {
    rows.push({ what, ...(await row) })
  }
  const list = (where: string, more: object = {}) =>
    measureReading(server, OBJECTS, REPEATS, { method: 'GET', path: where, ...more })
  await read('list', list(PATH))
  await read('list over all namespaces', list(ALL))
  await read('list, gzip', list(PATH, { headers: GZIP }))
  await read('list as Table', list(PATH, { accept: TABLE }))
  const again = (what: () => Promise<number>) => withGrowth(server, OBJECTS, () => repeated(server, what))
  await read('list in pages of 500', again(() => readPages(server, PATH)))
  const initial = `${PATH}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`
  await read('initial events of a watch', again(() => readInitial(server, initial)))
  return rows
}

async function defineWidgets(server: Server): Promise<void> {
  const client = new Connections(server, 1)
  await client.send({ method: 'POST', path: DEFINITIONS_PATH, body: definition(GROUP, 'Widget') })
  const isServed = (): Promise<boolean> => client.send({ method: 'GET', path: PATH }).then(() => true, () => false)
  while (!(await isServed())) await pause(20)
  await client.close()
}

/** What `read` does REPEATS times, as a load of one connection. */
async function repeated(server: Server, read: () => Promise<number>): Promise<Load> {
  const latencies: number[] = []
  let bytes = 0
  const cpuBefore = cpuMsOf(server.pids)
  const startedMs = performance.now()
  for (let n = 0; n < REPEATS; n++) {
    const beganMs = performance.now()
    bytes = await read()
    latencies.push(performance.now() - beganMs)
  }
  const perSecond = (REPEATS * 1000) / (performance.now() - startedMs)
  const cpuMs = (cpuMsOf(server.pids) - cpuBefore) / REPEATS
  return { requests: REPEATS, perSecond, cpuMs, bytes, ...latencyOf(latencies) }
}

/** Bytes are not counted: parsing the token is all that is looked at. */
async function readPages(server: Server, path: string): Promise<number> {
  const client = new Connections(server, 1)
  let [bytes, token] = [0, '']
  do {
    const from = token === '' ? '' : `&continue=${encodeURIComponent(token)}`
    let head = ''
    for await (const chunk of await client.stream(`${path}?limit=${String(PAGE)}${from}`)) {
      if (head === '') head = chunk.toString('latin1')
      bytes += chunk.length
    }
    token = /"continue":"([^"]*)"/.exec(head)?.[1] ?? ''
  } while (token !== '')
  await client.close()
  return bytes
}

const INITIAL_END = 'k8s.io/initial-events-end'

async function readInitial(server: Server, path: string): Promise<number> {
  const client = new Connections(server, 1)
  let [bytes, tail] = [0, '']
  for await (const chunk of await client.stream(path)) {
    bytes += chunk.length
    tail = `${tail}${chunk.subarray(-INITIAL_END.length * 8).toString('latin1')}`.slice(-INITIAL_END.length * 8)
    if (tail.includes(INITIAL_END)) break
  }
  await client.close()
  return bytes
}
