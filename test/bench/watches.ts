/**
 * One hundred watchers and two hundred writes: how long from the sending of a write until each watcher has the event.
 * Paced (a write each 20 ms) and back to back; the same against the floor's bare fan-out.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { configMap, createNamespace } from './crud.ts'
import type { Latency } from './load.ts'
import { Connections, eachLine, latencyOf, median } from './load.ts'
import { cpuMsOf } from './processes.ts'
import type { Server } from './server.ts'

const WATCHERS = 100
const WRITES = 200
const PACE_MS = 20

const ROUNDS = 5

/** Events that have not come by then are lost. */
const LIMIT_MS = 30_000

export interface WatchRow extends Latency {
  readonly isPaced: boolean
  readonly events: number
  readonly expected: number
  readonly eventsPerSecond: number
  /** Of the server, an event and watcher. */
  readonly cpuUs: number
}

interface Paths {
  readonly watch: string
  readonly writes: string
  /** The request's method and path of a write. */
  readonly method: 'POST' | 'PUT'
  pathOf(name: string): string
}

export interface Watches {
  readonly ours: readonly WatchRow[]
  readonly floor: readonly WatchRow[]
}

/** Ours and the floor's in turns, because the machine's mood changes by the second; the median round of each. */
export async function measureWatches(server: Server, floor: Server, run: string): Promise<Watches> {
  const found = { ours: [] as WatchRow[], floor: [] as WatchRow[] }
  for (const isPaced of [true, false]) {
    const rounds = { ours: [] as WatchRow[], floor: [] as WatchRow[] }
    const namespace = `watch-${run}-${String(isPaced)}`
    await createNamespace(server, namespace)
    for (let round = 0; round < ROUNDS; round++) {
      rounds.floor.push(await measure(floor, isPaced, FLOOR_PATHS, round))
      rounds.ours.push(await measure(server, isPaced, await pathsOf(server, namespace), round))
    }
    found.ours.push(typical(rounds.ours))
    found.floor.push(typical(rounds.floor))
  }
  return found
}

const FLOOR_PATHS: Paths = { watch: '/watch', writes: 'floor', method: 'PUT', pathOf: (name) => `/${name}` }

/** A watch from now on. */
async function pathsOf(server: Server, namespace: string): Promise<Paths> {
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  const client = new Connections(server, 1)
  const { metadata } = await client.json<{ metadata: { resourceVersion: string } }>({ method: 'GET', path })
  await client.close()
  const watch = `${path}?watch=1&resourceVersion=${metadata.resourceVersion}`
  return { watch, writes: namespace, method: 'POST', pathOf: () => path }
}

/** By p50; every lost event of any round counts. */
function typical(rows: readonly WatchRow[]): WatchRow {
  return { ...median(rows, ({ p50Ms }) => p50Ms), events: Math.min(...rows.map(({ events }) => events)) }
}

async function measure(server: Server, isPaced: boolean, paths: Paths, round: number): Promise<WatchRow> {
  const watchers = new Connections(server, WATCHERS)
  const sentMs = new Float64Array(WRITES)
  const latencies: number[] = []
  const all = Promise.withResolvers<void>()
  for (let watcher = 0; watcher < WATCHERS; watcher++) {
    const body = await watchers.stream(paths.watch)
    const seen = (line: string, atMs: number): void => {
      const name = /"name":"ev-\d+-(\d+)"/.exec(line)?.[1]
      if (name === undefined) return
      latencies.push(atMs - (sentMs[Number(name)] ?? 0))
      if (latencies.length === WATCHERS * WRITES) all.resolve()
    }
    // A watch ends with its connection, which is ours to end.
    eachLine(body, seen).catch(() => undefined)
  }
  const writer = new Connections(server, 1)
  await writer.send({ method: 'GET', path: server.warmPath })
  const cpuBefore = cpuMsOf(server.pids)
  const startedMs = performance.now()
  for (let n = 0; n < WRITES; n++) {
    const name = `ev-${String(round)}-${String(n)}`
    const body = configMap(paths.writes, name, String(n))
    sentMs[n] = performance.now()
    await writer.send({ method: paths.method, path: paths.pathOf(name), body })
    if (isPaced) await pause(Math.max(0, PACE_MS - (performance.now() - (sentMs[n] ?? 0))))
  }
  await Promise.race([all.promise, pause(LIMIT_MS, undefined, { ref: false })])
  const tookMs = performance.now() - startedMs
  const cpuMs = cpuMsOf(server.pids) - cpuBefore
  await Promise.all([writer.close(), watchers.close()])
  const events = latencies.length
  return {
    ...{ isPaced, events, expected: WATCHERS * WRITES, ...latencyOf(latencies) },
    eventsPerSecond: (events / tookMs) * 1000,
    cpuUs: (cpuMs * 1000) / (WATCHERS * WRITES),
  }
}
