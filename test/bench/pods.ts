/**
 * Pods: a Deployment of 500 on twenty simulated nodes until all are bound and all are Running, and single pods in
 * isolates from their creation until they are Ready.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { createNamespace } from './crud.ts'
import type { Latency } from './load.ts'
import { Connections, eachLine, latencyOf, median } from './load.ts'
import type { Server } from './server.ts'

export const NODES = 20
const REPLICAS = 500

/** All of them fit on the nodes: 110 pods each. */
const ROLLOUTS = 3
const ISOLATES = 20
const LIMIT_MS = 60_000
const POLL_MS = 20

export interface RolloutRow {
  readonly replicas: number
  readonly boundPerSecond: number
  readonly runningPerSecond: number
  readonly firstPodMs: number
}

interface Pod {
  readonly metadata: { readonly name: string }
  readonly spec?: { readonly nodeName?: string }
  readonly status?: {
    readonly phase?: string
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

/** Calls `seen` for each state of a pod, until `until` is resolved. */
async function watchPods(server: Server, namespace: string, seen: (pod: Pod, atMs: number) => void) {
  const client = new Connections(server, 1)
  const body = await client.stream(`/api/v1/namespaces/${namespace}/pods?watch=1`)
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

/** Of rollouts one after another, the first of which only warms up, the median. */
export async function measureRollouts(server: Server, run: string): Promise<RolloutRow> {
  const rows: RolloutRow[] = []
  for (let round = 0; round <= ROLLOUTS; round++) {
    const row = await measureRollout(server, `rollout-${run}-${String(round)}`)
    if (round > 0) rows.push(row)
  }
  return median(rows, ({ boundPerSecond }) => boundPerSecond)
}

async function measureRollout(server: Server, namespace: string): Promise<RolloutRow> {
  await startNamespace(server, namespace)
  const existing = new Map<string, number>()
  const bound = new Map<string, number>()
  const running = new Map<string, number>()
  const all = Promise.withResolvers<void>()
  const note = (map: Map<string, number>, { metadata }: Pod, atMs: number): void => {
    if (!map.has(metadata.name)) map.set(metadata.name, atMs)
  }
  const watcher = await watchPods(server, namespace, (pod, atMs) => {
    note(existing, pod, atMs)
    if (pod.spec?.nodeName !== undefined) note(bound, pod, atMs)
    if (pod.status?.phase === 'Running') note(running, pod, atMs)
    if (running.size === REPLICAS) all.resolve()
  })
  const client = new Connections(server, 1)
  const startedMs = performance.now()
  await client.send({
    method: 'POST',
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    body: deployment(),
  })
  await within(all.promise, () => `${String(running.size)} of ${String(REPLICAS)} pods are running`)
  await Promise.all([watcher.close(), client.close()])
  const tookMs = (map: Map<string, number>): number => Math.max(...map.values()) - startedMs
  return {
    replicas: REPLICAS,
    boundPerSecond: (REPLICAS / tookMs(bound)) * 1000,
    runningPerSecond: (REPLICAS / tookMs(running)) * 1000,
    firstPodMs: Math.min(...existing.values()) - startedMs,
  }
}

function deployment(): object {
  const labels = { app: 'bench' }
  const resources = { requests: { cpu: '10m', memory: '16Mi' } }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'bench' },
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'example.invalid/pause:1', resources }] },
      },
    },
  }
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
  const watcher = await watchPods(server, namespace, ({ metadata, status }, atMs) => {
    const isReady = status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True')
    if (isReady === true) ready.get(metadata.name)?.resolve(atMs)
  })
  const latencies: number[] = []
  for (let n = 0; n < ISOLATES; n++) {
    const name = `pod-${String(n)}`
    const isReady = Promise.withResolvers<number>()
    ready.set(name, isReady)
    const startedMs = performance.now()
    await client.send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods`, body: isolatePod(name) })
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
async function within<T>(promise: Promise<T>, soFar: () => string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`after ${String(LIMIT_MS)} ms: ${soFar()}`)), LIMIT_MS)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
