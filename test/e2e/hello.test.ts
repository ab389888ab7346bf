/**
 * The first promise, from outside: examples/hello.yaml is applied with kubectl, its isolates answer HTTP through the
 * Service, and stay reachable while they are scaled and replaced. Every wait is for a state, with a limit.
 */
import { get } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunKubectl } from '../support/cluster.ts'
import { Cluster } from '../support/cluster.ts'
import { kubectls } from '../support/kubectl.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/hello.yaml')
const HOST = 'hello.default.localhost'
const WAIT = { timeout: 30_000, interval: 50 }
const ROLLOUT = ['rollout', 'status', 'deployment/hello', '--timeout=60s']

/** Of the load that runs during a rollout: as many at a time as a browser's. */
const PARALLEL_CLIENTS = 4

const tool = (await kubectls()).at(-1)

interface Reply {
  readonly httpCode: number
  readonly text: string
}

/** A name under localhost need not resolve here, so the host is said in the header alone. */
function ask(port: number, path: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { host: `${HOST}:${String(port)}` }
    const request = get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ httpCode: response.statusCode ?? 0, text }))
    })
    request.on('error', reject)
  })
}

interface Load {
  readonly texts: Set<string>
  readonly failures: string[]
  answered: number
}

/** Asks again and again until `isOver`. */
async function keepAsking(port: number, load: Load, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      const { httpCode, text } = await ask(port, '/during-rollout')
      if (httpCode === 200) {
        load.answered += 1
        load.texts.add(text.split(' ')[0] ?? '')
      } else load.failures.push(`${String(httpCode)} ${text}`)
    } catch (error) {
      load.failures.push(String(error))
    }
  }
}

describe.skipIf(tool === undefined)('examples/hello.yaml', () => {
  let cluster: Cluster
  let kubectl: RunKubectl

  beforeAll(async () => {
    cluster = await Cluster.start()
    if (tool !== undefined) kubectl = cluster.kubectl(tool, 'default')
  })
  afterAll(async () => cluster.stop())

  it('is applied and rolls out', async () => {
    const applied = await kubectl(['apply', '-f', EXAMPLE])
    expect(applied).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('deployment.apps/hello created') })
    expect(await kubectl(ROLLOUT)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('successfully rolled out'),
    })
  })

  it("answers through the Service's host, from each of its pods", async () => {
    const { httpPort } = cluster
    const names = new Set<string>()
    await expect
      .poll(async () => {
        const { httpCode, text } = await ask(httpPort, '/greeting')
        expect(httpCode).toBe(200)
        names.add(/^Hello from (hello-\S+)\n$/.exec(text)?.[1] ?? `not a greeting: ${text}`)
        return names.size
      }, WAIT)
      .toBe(3)
    const pods = await kubectl(['get', 'pods', '-l', 'app=hello', '-o', 'jsonpath={.items[*].metadata.name}'])
    expect([...names].sort()).toEqual(pods.stdout.split(' ').sort())
  })

  it('shows the requests in the logs of the pod that answered', async () => {
    const { text } = await ask(cluster.httpPort, '/shown-in-the-logs')
    const pod = text.trim().split(' ').at(-1) ?? ''
    await expect
      .poll(async () => (await kubectl(['logs', pod])).stdout, WAIT)
      .toContain('GET /shown-in-the-logs')
  })

  it('answers 503 while there is no Service, and answers again when there is', async () => {
    const other = await kubectl(['delete', 'service', 'hello'])
    expect(other.exitCode).toBe(0)
    await expect.poll(async () => (await ask(cluster.httpPort, '/')).httpCode, WAIT).toBe(503)
    expect((await kubectl(['apply', '-f', EXAMPLE])).exitCode).toBe(0)
    await expect.poll(async () => (await ask(cluster.httpPort, '/')).httpCode, WAIT).toBe(200)
  })

  it('scales to five, all of which are ready', async () => {
    expect((await kubectl(['scale', 'deployment/hello', '--replicas=5'])).exitCode).toBe(0)
    expect((await kubectl(ROLLOUT)).exitCode).toBe(0)
    const ready = await kubectl(['get', 'deployment', 'hello', '-o', 'jsonpath={.status.readyReplicas}'])
    expect(ready.stdout).toBe('5')
  })

  it('is replaced by a new revision with requests running, none of which fails', async () => {
    const load: Load = { texts: new Set(), failures: [], answered: 0 }
    let isOver = false
    const clients = Array.from({ length: PARALLEL_CLIENTS }, () =>
      keepAsking(cluster.httpPort, load, () => isOver),
    )
    try {
      await expect.poll(() => load.answered, WAIT).toBeGreaterThan(PARALLEL_CLIENTS)
      expect((await kubectl(['set', 'env', 'deployment/hello', 'GREETING=Goodbye'])).exitCode).toBe(0)
      expect((await kubectl(ROLLOUT)).exitCode).toBe(0)
      const answeredInRollout = load.answered
      await expect.poll(() => load.answered, WAIT).toBeGreaterThan(answeredInRollout + PARALLEL_CLIENTS)
    } finally {
      isOver = true
      await Promise.all(clients)
    }
    expect(load.failures).toEqual([])
    expect([...load.texts].sort()).toEqual(['Goodbye', 'Hello'])
    expect((await ask(cluster.httpPort, '/')).text).toMatch(/^Goodbye from hello-/)
  })

  it('goes on answering after the server was restarted', async () => {
    await cluster.restart()
    await expect.poll(async () => (await ask(cluster.httpPort, '/')).text, WAIT).toMatch(/^Goodbye from hello-/)
  })

  it('is deleted with everything it made', async () => {
    expect((await kubectl(['delete', '-f', EXAMPLE, '--timeout=60s'])).exitCode).toBe(0)
    const left = ['get', 'pods,replicasets,endpointslices', '-o', 'name']
    await expect
      .poll(async () => {
        const { stdout } = await kubectl(left)
        return stdout.split('\n').filter((name) => name.includes('hello'))
      }, WAIT)
      .toEqual([])
    expect((await ask(cluster.httpPort, '/')).httpCode).toBe(503)
  })
})
