/**
 * One hundred watchers and two hundred writes: how long from the sending of a write until each watcher has the event.
 * Paced (a write each 20 ms) and back to back; the same against the floor's bare fan-out.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { configMap, createNamespace } from './crud.ts'
import type { Latency } from './load.ts'
import { Connections, eachLine, latencyOf } from './load.ts'
import { cpuMsOf } from './processes.ts'
import type { Server } from './server.ts'

const WATCHERS = 100
const WRITES = 200
const PACE_MS = 20

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

export async function measureWatches(server: Server, run: string): Promise<WatchRow[]> {
  const rows: WatchRow[] = []
  for (const isPaced of [true, false]) {
    const namespace = `watch-${run}-${String(isPaced)}`
    await createNamespace(server, namespace)
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    const watch = `${path}?watch=1`
    rows.push(await measure(server, isPaced, { watch, writes: namespace, method: 'POST', pathOf: () => path }))
  }
  return rows
}

export async function measureFloorWatches(floor: Server): Promise<WatchRow[]> {
  const paths: Paths = { watch: '/watch', writes: 'floor', method: 'PUT', pathOf: (name) => `/${name}` }
  return [await measure(floor, true, paths), await measure(floor, false, paths)]
}

async function measure(server: Server, isPaced: boolean, paths: Paths): Promise<WatchRow> {
  const watchers = new Connections(server, WATCHERS)
  const sentMs = new Float64Array(WRITES)
  const latencies: number[] = []
  const all = Promise.withResolvers<void>()
  for (let watcher = 0; watcher < WATCHERS; watcher++) {
    const body = await watchers.stream(paths.watch)
    const seen = (line: string, atMs: number): void => {
      const name = /"name":"ev-(\d+)"/.exec(line)?.[1]
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
    const name = `ev-${String(n)}`
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
