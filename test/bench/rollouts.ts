/**
 * A Deployment of 500 on twenty simulated nodes, until all pods are bound and all are Running; beside it the same steps
 * made by a bare object (floor/rollout.ts), in turns, since machines change by the second.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Connections, median } from './load.ts'
import type { Pod } from './pods.ts'
import { startNamespace, watchPods, within } from './pods.ts'
import type { Server } from './server.ts'
import { startFloor } from './server.ts'

export const NODES = 20
const REPLICAS = 500

/** All of them fit on the nodes: 110 pods each. */
const ROLLOUTS = 3
const POLL_MS = 20

export interface RolloutRow {
  readonly replicas: number
  readonly boundPerSecond: number
  readonly runningPerSecond: number
  readonly firstPodMs: number
}

export interface Rollouts {
  readonly ours: RolloutRow
  readonly floor: RolloutRow
}

/** When each pod was first seen there, bound and Running. */
class Progress {
  readonly #existing = new Map<string, number>()
  readonly #bound = new Map<string, number>()
  readonly #running = new Map<string, number>()
  readonly #all = Promise.withResolvers<void>()

  note({ metadata: { name }, spec, status }: Pod, atMs: number): void {
    const seen = [this.#existing]
    if (spec?.nodeName !== undefined) seen.push(this.#bound)
    if (status?.phase === 'Running') seen.push(this.#running)
    for (const map of seen) if (!map.has(name)) map.set(name, atMs)
    if (this.#running.size === REPLICAS) this.#all.resolve()
  }

  areRunning(): Promise<void> {
    return within(this.#all.promise, () => `${String(this.#running.size)} of ${String(REPLICAS)} pods are running`)
  }

  row(startedMs: number): RolloutRow {
    const perSecond = (map: Map<string, number>): number => (REPLICAS / (Math.max(...map.values()) - startedMs)) * 1000
    return {
      replicas: REPLICAS,
      boundPerSecond: perSecond(this.#bound),
      runningPerSecond: perSecond(this.#running),
      firstPodMs: Math.min(...this.#existing.values()) - startedMs,
    }
  }
}

/** Of rollouts one after another, the first of which only warms up, the median of each. */
export async function measureRollouts(server: Server, run: string): Promise<Rollouts> {
  const floor = await startFloor('rollout.ts', [['ROLLOUT_OBJECTS', 'RolloutObject']])
  try {
    const rows: Rollouts[] = []
    for (let round = 0; round <= ROLLOUTS; round++) {
      const name = `rollout-${run}-${String(round)}`
      const { row: ours, sample } = await measureRollout(server, name)
      const row = { ours, floor: await measureFloor(floor, name, sample) }
      if (round > 0) rows.push(row)
    }
    const typical = (which: keyof Rollouts): RolloutRow =>
      median(
        rows.map((row) => row[which]),
        ({ boundPerSecond }) => boundPerSecond,
      )
    return { ours: typical('ours'), floor: typical('floor') }
  } finally {
    await floor.stop()
  }
}

async function measureRollout(server: Server, namespace: string): Promise<{ row: RolloutRow; sample: Pod }> {
  await startNamespace(server, namespace)
  const progress = new Progress()
  const path = `/api/v1/namespaces/${namespace}/pods`
  const watcher = await watchPods(server, `${path}?watch=1`, (pod, atMs) => progress.note(pod, atMs))
  const client = new Connections(server, 1)
  const startedMs = performance.now()
  await client.send({
    method: 'POST',
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    body: deployment(),
  })
  await progress.areRunning()
  const { items } = await client.json<{ items: Pod[] }>({ method: 'GET', path: `${path}?limit=1` })
  await comeToRest(client, namespace)
  await Promise.all([watcher.close(), client.close()])
  const [sample] = items
  if (sample === undefined) throw new Error('there are no pods')
  return { row: progress.row(startedMs), sample }
}

/** The steps of a rollout by the bare object, with the texts that our pods came to. */
async function measureFloor(floor: Server, run: string, { spec, status, ...sample }: Pod): Promise<RolloutRow> {
  const progress = new Progress()
  const watcher = await watchPods(floor, '/watch', (pod, atMs) => progress.note(pod, atMs))
  const client = new Connections(floor, 1)
  const { nodeName: _nodeName, ...unbound } = spec ?? {}
  const body = { created: { ...sample, spec: unbound, status: { phase: 'Pending' } }, status }
  const startedMs = performance.now()
  await client.send({ method: 'POST', path: `/?pods=${String(REPLICAS)}&run=${run}`, body })
  await progress.areRunning()
  await Promise.all([watcher.close(), client.close()])
  return progress.row(startedMs)
}

/** Events follow what they are about: until the last is there, the next rollout would pay for this one. */
async function comeToRest(client: Connections, namespace: string): Promise<void> {
  for (const reason of ['Scheduled', 'Started']) {
    const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=reason=${reason}`
    const count = async (): Promise<number> =>
      (await client.json<{ items: unknown[] }>({ method: 'GET', path })).items.length
    while ((await count()) < REPLICAS) await pause(POLL_MS)
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
