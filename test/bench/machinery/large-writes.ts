/**
 * Writes of a Deployment of 5 KB: what one costs the API in this process (chain, decoding, defaults, validation,
 * managed fields, printing, SQLite), and on the server, whose controller then looks at each of them.
 */
import { answerRequest } from '../../../src/apiserver/chain.ts'
import { systemRandom } from '../../../src/lib/random.ts'
import { ADMIN, testApi } from '../../support/api.ts'
import { createNamespace } from '../crud.ts'
import type { Load, Request as Sent } from '../load.ts'
import { runLoad } from '../load.ts'
import type { Server } from '../server.ts'
import { largeDeployment } from './deployment.ts'

const OPERATIONS = ['create', 'merge patch', 'strategic patch', 'apply'] as const
export type Operation = (typeof OPERATIONS)[number]

/** Deployments that are written in turns, so that none is always the one that was written last. */
const WIDTH = 50

/**
 * Rounds that are not counted: what was just started is slower than what has run, and upstream's figures are of a
 * server that had been busy. After so many (1,600 writes of each kind) the machine's moods outweigh what is still won.
 */
const WARM_UP_ROUNDS = 4
const ROUNDS = 6
const WRITES_A_ROUND = 400
const REQUESTS = 800
const CONNECTIONS = 8

export interface LargeWriteRow {
  readonly operation: Operation
  /** Milliseconds of CPU in this process, once it is warm: the least of several rounds. */
  readonly apiMs: number
  readonly load: Load
}

type Write = Required<Pick<Sent, 'method' | 'path' | 'body' | 'contentType'>>

/** The n-th write of each kind. A patch changes the image of one container; so does what is applied. */
function writeOf(operation: Operation, namespace: string, n: number): Write {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
  const at = (name: string): string => `${path}/${name}`
  const name = `storefront-${String(n % WIDTH).padStart(2, '0')}`
  const version = `1.${String(n)}.0`
  switch (operation) {
    case 'create':
      return { method: 'POST', path, body: largeDeployment(`created-${String(n)}`, version), contentType: JSON_TYPE }
    case 'merge patch': {
      const template = { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': version } } }
      return { method: 'PATCH', path: at(name), body: { spec: { template } }, contentType: MERGE_PATCH }
    }
    case 'strategic patch': {
      const containers = [{ name: 'web', image: `registry.example.com/shop/web:${version}` }]
      const template = { spec: { containers } }
      return { method: 'PATCH', path: at(name), body: { spec: { template } }, contentType: STRATEGIC }
    }
    case 'apply':
      return {
        method: 'PATCH',
        path: `${at(`applied-${name}`)}?fieldManager=shop`,
        body: largeDeployment(`applied-${name}`, version),
        contentType: 'application/apply-patch+yaml',
      }
  }
}

const JSON_TYPE = 'application/json'
const MERGE_PATCH = 'application/merge-patch+json'
const STRATEGIC = 'application/strategic-merge-patch+json'

/** What patches and applied configurations meet. */
function* prepared(namespace: string): Generator<Write> {
  for (let n = 0; n < WIDTH; n++) {
    const name = `storefront-${String(n).padStart(2, '0')}`
    yield { ...writeOf('create', namespace, n), body: largeDeployment(name, '1.0.0') }
    yield writeOf('apply', namespace, n)
  }
}

export async function measureLargeWrites(server: Server, run: string): Promise<LargeWriteRow[]> {
  const api = await apiCosts()
  const namespace = `large-${run}`
  await createNamespace(server, namespace)
  const all = [...prepared(namespace)]
  await runLoad(server, CONNECTIONS, all.length, (n) => all[n] ?? writeOf('create', namespace, n))
  const rows: LargeWriteRow[] = []
  for (const operation of OPERATIONS) {
    const next = (n: number): Sent => writeOf(operation, namespace, n + WIDTH)
    rows.push({ operation, apiMs: api.get(operation) ?? 0, load: await runLoad(server, CONNECTIONS, REQUESTS, next) })
  }
  return rows
}

/** Operations take turns, so that the machine's moods fall on all of them; requests are there before it begins. */
async function apiCosts(): Promise<ReadonlyMap<Operation, number>> {
  // Theirs is slow, so that a test can be replayed.
  const { host } = testApi('default', { ports: { random: systemRandom } }).scope
  const send = async (request: Request): Promise<void> => {
    const answer = await answerRequest(host, request, ADMIN)
    if (answer.status >= 300) throw new Error(`${request.method} ${request.url}: ${await answer.text()}`)
    await answer.arrayBuffer()
  }
  for (const write of prepared('default')) await send(requestOf(write))
  const least = new Map<Operation, number>()
  for (let round = -WARM_UP_ROUNDS, n = 0; round < ROUNDS; round++) {
    for (const operation of OPERATIONS) {
      const requests = Array.from({ length: WRITES_A_ROUND }, () => requestOf(writeOf(operation, 'default', n++)))
      const before = process.cpuUsage()
      for (const request of requests) await send(request)
      const { user, system } = process.cpuUsage(before)
      if (round < 0) continue
      const spentMs = (user + system) / 1000 / WRITES_A_ROUND
      least.set(operation, Math.min(least.get(operation) ?? spentMs, spentMs))
    }
  }
  return least
}

function requestOf({ method, path, body, contentType }: Write): Request {
  const text = JSON.stringify(body)
  const headers = { 'content-type': contentType, 'content-length': String(text.length) }
  return new Request(`https://bench${path}`, { method, headers, body: text })
}
