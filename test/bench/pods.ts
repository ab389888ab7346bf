/** Single pods in isolates, from their creation until they are Ready; and what every measurement of pods needs. */
import { setTimeout as pause } from 'node:timers/promises'
import { createNamespace } from './crud.ts'
import type { Latency } from './load.ts'
import { Connections, eachLine, latencyOf } from './load.ts'
import type { Server } from './server.ts'

const ISOLATES = 20
const LIMIT_MS = 60_000
const POLL_MS = 20

export interface Pod {
  readonly metadata: { readonly name: string }
  readonly spec?: { readonly nodeName?: string }
  readonly status?: {
    readonly phase?: string
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

/** Calls `seen` for each state of a pod that the watch at `path` tells of; ends when what it returns is closed. */
export async function watchPods(server: Server, path: string, seen: (pod: Pod, atMs: number) => void) {
  const client = new Connections(server, 1)
  const body = await client.stream(path)
  // It ends with its connection, which is ours to end.
  eachLine(body, (line, atMs) => seen((JSON.parse(line) as { object: Pod }).object, atMs)).catch(() => undefined)
  return client
}

/** A namespace that has what it has from the start: the account that pods run as. */
export async function startNamespace(server: Server, name: string): Promise<void> {
  await createNamespace(server, name)
  const client = new Connections(server, 1)
  const path = `/api/v1/namespaces/${name}/serviceaccounts`
  const isThere = async (): Promise<boolean> => {
    const { items } = await client.json<{ items: unknown[] }>({ method: 'GET', path })
    return items.length > 0
  }
  while (!(await isThere())) await pause(POLL_MS)
  await client.close()
}

/** Create → Ready of pods in isolates, one after another. */
export async function measureIsolates(server: Server, run: string): Promise<Latency> {
  const namespace = `isolates-${run}`
  await startNamespace(server, namespace)
  const client = new Connections(server, 1)
  const source = 'export default { fetch: () => new Response("ok") }'
  await client.send({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'code' }, data: { 'index.js': source } },
  })
  const ready = new Map<string, PromiseWithResolvers<number>>()
  const path = `/api/v1/namespaces/${namespace}/pods`
  const watcher = await watchPods(server, `${path}?watch=1`, ({ metadata, status }, atMs) => {
    const isReady = status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True')
    if (isReady === true) ready.get(metadata.name)?.resolve(atMs)
  })
  const latencies: number[] = []
  for (let n = 0; n < ISOLATES; n++) {
    const name = `pod-${String(n)}`
    const isReady = Promise.withResolvers<number>()
    ready.set(name, isReady)
    const startedMs = performance.now()
    await client.send({ method: 'POST', path, body: isolatePod(name) })
    const readyMs = await within(isReady.promise, () => `${name} is not ready`)
    latencies.push(readyMs - startedMs)
  }
  await Promise.all([watcher.close(), client.close()])
  return latencyOf(latencies)
}

function isolatePod(name: string): object {
  const code = { name: 'code', configMap: { name: 'code' } }
  const mount = { name: 'code', mountPath: '/app' }
  const container = {
    name: 'main',
    image: 'workernetes.dev/worker',
    command: ['/app/index.js'],
    volumeMounts: [mount],
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { runtimeClassName: 'worker', containers: [container], volumes: [code] },
  }
}

/** The promise's value, or an error that says how far it came. */
export async function within<T>(promise: Promise<T>, soFar: () => string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`after ${String(LIMIT_MS)} ms: ${soFar()}`)), LIMIT_MS)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
