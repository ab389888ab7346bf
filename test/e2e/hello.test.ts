/**
 * The first promise, from outside: examples/hello.yaml is applied with kubectl, its isolates answer HTTP under the name
 * that the Service's status says, and not one request fails while they are scaled, replaced, rolled back and killed.
 */
import { join } from 'node:path'
import type { V1Pod } from '@kubernetes/client-node'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunKubectl } from '../support/cluster.ts'
import { Cluster, printedBy } from '../support/cluster.ts'
import { kubectls } from '../support/kubectl/kubectl.ts'
import type { LoadReport } from '../support/server/load.ts'
import { Load, wantedPerSecond } from '../support/server/load.ts'
import { onThisMachine } from '../support/server/on-this-machine.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/hello.yaml')
const HOST = 'hello.default.localhost'
const WAIT = { timeout: 30_000, interval: 50 }

/** More than must be answered, so that a pause can be made good. */
const ASKED_PER_SECOND = 240

/** So that a rate is one: a rollout alone is over in less. */
const MIN_ANSWERS = 1_000

const tool = (await kubectls()).at(-1)

const because = tool === undefined ? ' (skipped: no kubectl here)' : ''

describe.skipIf(tool === undefined)(`examples/hello.yaml${because}`, () => {
  let cluster: Cluster
  let kubectl: RunKubectl

  beforeAll(async () => {
    cluster = await Cluster.start()
    if (tool !== undefined) kubectl = cluster.kubectl(tool, 'default')
  })
  afterAll(async () => cluster.stop())

  const run = (...args: readonly string[]): Promise<string> => printedBy(kubectl, args)
  const rollOut = (): Promise<string> => run('rollout', 'status', 'deployment/hello', '--timeout=60s')
  /** Of those that nobody has told to end. */
  const podNames = async (): Promise<string[]> => {
    const { items } = JSON.parse(await run('get', 'pods', '-l', 'app=hello', '-o', 'json')) as { items: V1Pod[] }
    const staying = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    return staying.map(({ metadata }) => metadata?.name ?? '').sort()
  }
  const get = async (path = '/', host = HOST): Promise<{ httpCode: number; text: string }> => {
    const url = `http://${host}:${String(cluster.httpPort)}${path}`
    const { statusCode, body } = await request(url, { dispatcher: onThisMachine })
    return { httpCode: statusCode, text: await body.text() }
  }
  /** Does something under load, of which no request may fail. */
  const underLoad = async (change: () => Promise<unknown>): Promise<LoadReport> => {
    const target = { port: cluster.httpPort, host: HOST, paths: ['/load'], perSecond: ASKED_PER_SECOND }
    const wanted = await wantedPerSecond(target)
    const load = new Load(target)
    let report: LoadReport
    try {
      await expect.poll(() => load.answered, WAIT).toBeGreaterThan(ASKED_PER_SECOND / 4)
      await change()
      await expect.poll(() => load.answered, WAIT).toBeGreaterThan(MIN_ANSWERS)
    } finally {
      report = await load.stop()
    }
    expect(report.failures).toEqual([])
    expect(report.perSecond).toBeGreaterThanOrEqual(wanted)
    return report
  }

  it('is applied, rolls out, and answers where its load balancer says, from each pod', async () => {
    expect(await run('apply', '-f', EXAMPLE)).toContain('deployment.apps/hello created')
    expect(await rollOut()).toContain('successfully rolled out')
    const path = '{.status.loadBalancer.ingress[0].hostname}'
    await expect.poll(() => run('get', 'service', 'hello', '-o', `jsonpath=${path}`), WAIT).not.toBe('')
    const host = await run('get', 'service', 'hello', '-o', `jsonpath=${path}`)
    const names = new Set<string>()
    await expect
      .poll(async () => {
        const { httpCode, text } = await get('/greeting', host)
        expect(httpCode).toBe(200)
        names.add(/^Hello from (hello-\S+)\n$/.exec(text)?.[1] ?? `not a greeting: ${text}`)
        return names.size
      }, WAIT)
      .toBe(3)
    expect([...names].sort()).toEqual(await podNames())
  })

  it('shows a request in the log of the pod that answered it', async () => {
    const pod = (await get('/shown-in-the-log')).text.trim().split(' ').at(-1) ?? ''
    await expect.poll(() => run('logs', pod), WAIT).toContain('GET /shown-in-the-log')
  })

  it('is scaled up and down under load, and no request fails', async () => {
    await underLoad(async () => {
      await run('scale', 'deployment/hello', '--replicas=5')
      await rollOut()
      await run('scale', 'deployment/hello', '--replicas=2')
      await expect.poll(async () => (await podNames()).length, WAIT).toBe(2)
      await run('scale', 'deployment/hello', '--replicas=3')
      await rollOut()
    })
  })

  it('is replaced three times under load, and no request fails', async () => {
    const report = await underLoad(async () => {
      for (const greeting of ['One', 'Two', 'Three']) {
        await run('set', 'env', 'deployment/hello', `GREETING=${greeting}`)
        expect(await rollOut()).toContain('successfully rolled out')
        await expect.poll(async () => (await get()).text, WAIT).toMatch(new RegExp(`^${greeting} from `))
      }
    })
    const greetings = new Set([...report.texts].map((text) => text.split(' ')[0] ?? ''))
    expect([...greetings].sort()).toEqual(['Hello', 'One', 'Three', 'Two'])
  })

  it('is rolled back under load, and no request fails', async () => {
    await underLoad(async () => {
      await run('rollout', 'undo', 'deployment/hello')
      await rollOut()
    })
    expect((await get()).text).toMatch(/^Two from /)
  })

  it('has its pods killed, first one and then all at once, which are replaced, and no request fails', async () => {
    const before = await podNames()
    await underLoad(async () => {
      await run('delete', 'pod', before[0] ?? '')
      await rollOut()
      await run('delete', 'pods', '-l', 'app=hello')
      await rollOut()
    })
    const after = await podNames()
    expect(after).toHaveLength(3)
    expect(after.filter((name) => before.includes(name))).toEqual([])
  })

  it('goes on answering after the server was restarted', async () => {
    await cluster.restart()
    await expect.poll(async () => (await get()).text, WAIT).toMatch(/^Two from hello-/)
  })

  it('is deleted with everything it made', async () => {
    await run('delete', '-f', EXAMPLE, '--timeout=60s')
    await expect
      .poll(async () => {
        const left = await run('get', 'pods,replicasets,endpointslices', '-o', 'name')
        return left.split('\n').filter((name) => name.includes('hello'))
      }, WAIT)
      .toEqual([])
  })
})
