/**
 * Pods that misbehave, on the real local server: each shows in its status, its log and its Events what happened, and
 * the API and the other pods go on. A loop that never ends holds the pods' process until its watchdog ends it; the API
 * has another one.
 */
import type { V1ContainerStatus } from '@kubernetes/client-node'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Cluster } from '../support/cluster.ts'

const NAMESPACE = 'default'
const WAIT = { timeout: 40_000, interval: 100 }

/** Design: a pod that does not yield is ended within 5 s. */
const SPIN_LIMIT_MS = 5_000

/** Of the API while a pod spins. It has a process of its own, so this is what a busy machine does to it at worst. */
const MAX_API_P99_MS = 1_000

const PROGRAMS = {
  'good.js': `export default { fetch: () => new Response('fine') }`,
  'does-not-parse.js': 'export default {',
  'throws-at-load.js': `throw new Error('at load')`,
  'spins-when-asked.js': `export default { fetch() { for (;;); } }`,
  'spins-at-load.js': 'for (;;);',
  'floods.js': `export default { async run() {
    for (;;) {
      for (let line = 0; line < 1000; line++) console.log('line', line, 'x'.repeat(100))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  } }`,
  'leaks.js': `const kept = []
    export default { fetch() { for (;;) kept.push(new Array(1000).fill(Math.random())) } }`,
}

const nameOf = (program: keyof typeof PROGRAMS): string => program.replace('.js', '')

describe('a pod that misbehaves', () => {
  const agent = new Agent({ headersTimeout: 60_000 })
  let cluster: Cluster
  let core: CoreV1Api

  beforeAll(async () => {
    cluster = await Cluster.start()
    const config = new KubeConfig()
    config.loadFromFile(cluster.kubeconfig)
    core = config.makeApiClient(CoreV1Api)
    const body = { metadata: { name: 'programs' }, data: PROGRAMS }
    await core.createNamespacedConfigMap({ namespace: NAMESPACE, body })
    await start('good.js')
    await vi.waitFor(async () => expect(await ask('good')).toEqual({ code: 200, text: 'fine' }), WAIT)
  })
  afterAll(async () => {
    await agent.close()
    await cluster.stop()
  })

  const start = async (program: keyof typeof PROGRAMS): Promise<string> => {
    const name = nameOf(program)
    const container = {
      name: 'main',
      image: 'workernetes.dev/worker',
      command: [`/app/${program}`],
      volumeMounts: [{ name: 'app', mountPath: '/app' }],
    }
    const volumes = [{ name: 'app', configMap: { name: 'programs' } }]
    const spec = { runtimeClassName: 'worker', containers: [container], volumes }
    await core.createNamespacedPod({ namespace: NAMESPACE, body: { metadata: { name, labels: { app: name } }, spec } })
    const service = { metadata: { name }, spec: { selector: { app: name }, ports: [{ port: 80 }] } }
    await core.createNamespacedService({ namespace: NAMESPACE, body: service })
    return name
  }
  const containerOf = async (name: string): Promise<V1ContainerStatus | undefined> =>
    (await core.readNamespacedPod({ namespace: NAMESPACE, name })).status?.containerStatuses?.[0]
  const until = (name: string, want: object): Promise<void> =>
    expect.poll(() => containerOf(name), WAIT).toMatchObject(want)
  const eventsOf = async (name: string): Promise<string[]> => {
    const fieldSelector = `involvedObject.name=${name}`
    const { items } = await core.listNamespacedEvent({ namespace: NAMESPACE, fieldSelector })
    return items.map(({ type = '', reason = '', message = '' }) => `${type} ${reason} ${message}`)
  }
  const ask = async (name: string): Promise<{ code: number; text: string }> => {
    const port = String(cluster.httpPort)
    const headers = { host: `${name}.${NAMESPACE}.localhost:${port}` }
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/`, { dispatcher: agent, headers })
    return { code: statusCode, text: await body.text() }
  }
  const expectOthersGoOn = async (): Promise<void> => {
    expect(await ask('good')).toEqual({ code: 200, text: 'fine' })
    expect(await containerOf('good')).toMatchObject({ ready: true, restartCount: 0 })
  }

  it.each([
    ['does-not-parse.js', /^SyntaxError: Unexpected end of input/],
    ['throws-at-load.js', /^Error: at load/],
  ] as const)('backs off, with the error in status and log: %s', async (program, error) => {
    const name = await start(program)
    await until(name, { ready: false, restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } })
    const { terminated } = (await containerOf(name))?.lastState ?? {}
    expect(terminated).toMatchObject({ exitCode: 1, reason: 'Error', message: expect.stringMatching(error) })
    const log = await core.readNamespacedPodLog({ namespace: NAMESPACE, name, previous: true })
    expect(log).toMatch(error)
    const backOff = expect.stringMatching(/^Warning BackOff Back-off restarting failed container main in pod /)
    await expect.poll(() => eventsOf(name), WAIT).toContainEqual(backOff)
    await expectOthersGoOn()
  })

  it('is ended when it spins, and counted; the API answers all the while, and others a moment later', async () => {
    const name = await start('spins-when-asked.js')
    await expect.poll(() => containerOf(name), WAIT).toMatchObject({ ready: true })
    const startedMs = performance.now()
    const spin = ask(name)
    const other = ask('good')
    const timesMs: number[] = []
    let isOver = false
    const reading = (async () => {
      while (!isOver) {
        const beforeMs = performance.now()
        await core.readNamespacedConfigMap({ namespace: NAMESPACE, name: 'programs' })
        timesMs.push(performance.now() - beforeMs)
      }
    })()
    expect((await spin).code).toBe(502)
    const spunMs = performance.now() - startedMs
    isOver = true
    await reading
    expect(await other).toEqual({ code: 200, text: 'fine' })
    expect(spunMs).toBeGreaterThan(1_000)
    expect(spunMs).toBeLessThan(SPIN_LIMIT_MS + 1_000)
    const p99Ms = timesMs.toSorted((one, next) => one - next)[Math.floor(timesMs.length * 0.99)] ?? NaN
    const reads = `${String(timesMs.length)} reads, p99 ${p99Ms.toFixed(1)} ms`
    console.info(`API during a spin of ${spunMs.toFixed(0)} ms: ${reads}`)
    expect(p99Ms).toBeLessThan(MAX_API_P99_MS)
    const message = 'the process was stopped because the container’s code did not yield'
    const lastState = { terminated: { exitCode: 137, reason: 'Error', message } }
    await until(name, { restartCount: 1, ready: true, lastState })
    await expectOthersGoOn()
  })

  it('is ended when it spins before it has started, and backs off', async () => {
    const name = await start('spins-at-load.js')
    const lastState = { terminated: { exitCode: 137, reason: 'Error' } }
    await until(name, { lastState, state: { waiting: { reason: 'CrashLoopBackOff' } } })
    await expect.poll(() => eventsOf(name), WAIT).toContainEqual(expect.stringMatching(/^Warning BackOff /))
    await core.deleteNamespacedPod({ namespace: NAMESPACE, name, body: { gracePeriodSeconds: 0 } })
    await expectOthersGoOn()
  })

  it('has its log bounded when it floods it, which the log says', async () => {
    const name = await start('floods.js')
    const read = (): Promise<string> => core.readNamespacedPodLog({ namespace: NAMESPACE, name, tailLines: 100_000 })
    await expect.poll(read, WAIT).toMatch(/workernetes: .*lines .*dropped/)
    expect((await read()).length).toBeLessThan(4 * 1024 ** 2)
    expect(await containerOf(name)).toMatchObject({ state: { running: {} } })
    await expectOthersGoOn()
    await core.deleteNamespacedPod({ namespace: NAMESPACE, name, body: { gracePeriodSeconds: 0 } })
  })

  it('is ended as OOMKilled when it keeps all memory', async () => {
    const name = await start('leaks.js')
    await expect.poll(() => containerOf(name), WAIT).toMatchObject({ ready: true })
    expect((await ask(name)).code).toBe(502)
    const message = 'the process ran out of memory while the container’s code was being run'
    await until(name, { restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', message } } })
    await expectOthersGoOn()
  })
})
