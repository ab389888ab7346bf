import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { POD } from '../../src/kubelet/pod-kind.ts'
import { PodWorld } from './pod-world.ts'

const SERVER = `
import { greeting } from './lib.js'
console.log('loaded')
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    console.log('request', pathname)
    if (pathname === '/spin') for (;;);
    if (pathname === '/throw') throw new Error('boom')
    if (pathname === '/out') return fetch('http://other.default.svc.cluster.local/x')
    if (pathname === '/world') return fetch('http://example.com/')
    if (pathname === '/echo') return new Response(request.body)
    if (pathname === '/socket') {
      const [client, server] = Object.values(new WebSocketPair())
      server.accept()
      server.addEventListener('message', ({ data }) => server.send('echo ' + data))
      return new Response(null, { status: 101, webSocket: client })
    }
    return new Response(greeting + ' ' + env.NAME + ' ' + process.env.NAME)
  },
}`
const FILES = { 'index.js': SERVER, 'lib.js': "export const greeting = 'hello from'" }
const NAME_ENV = { env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }

// Real processes, real time: waits are limited by PodWorld, well below this.
vi.setConfig({ testTimeout: 60_000 })

let world: PodWorld

beforeAll(async () => {
  world = await PodWorld.start()
}, 30_000)

afterAll(() => world.stop())

describe('a pod in an isolate', () => {
  it('is Ready, answers on its port with its environment, and its log shows what it printed', async () => {
    const startedMs = Date.now()
    await world.create('web', FILES, {}, NAME_ENV)
    await world.until('web', 'Running running 0 ready')
    expect(Date.now() - startedMs).toBeLessThan(2_000)
    expect(await (await world.request('web')).text()).toBe('hello from web web')
    await world.untilSeen(
      () => world.logs('web'),
      (log) => log === 'loaded\nrequest /\n',
      'the log',
    )
    expect(await world.logs('web', 'tailLines=1&timestamps=true')).toMatch(/^\d{4}-.*Z request \/\n$/)
    expect(await world.events('web')).toContain('Started Container started')
  })

  it('streams bodies and keeps WebSockets', async () => {
    const response = await world.request('web', '/echo', { method: 'POST', body: 'streamed' })
    expect(await response.text()).toBe('streamed')
    const { metadata } = await world.pod('web')
    const headers = {
      'x-workernetes-internal': 'test-secret',
      'x-workernetes-pod': `default/default/web/${metadata.uid ?? ''}`,
      'x-workernetes-port': '8080',
    }
    const { WebSocket } = await import('undici')
    const socket = new WebSocket(`${world.workerd.address.replace('http', 'ws')}/socket`, { headers })
    const answer = await new Promise((resolve, reject) => {
      socket.addEventListener('open', () => socket.send('hi'))
      socket.addEventListener('message', ({ data }) => resolve(data))
      socket.addEventListener('error', () => reject(new Error('the socket failed')))
    })
    socket.close()
    expect(answer).toBe('echo hi')
  })

  it('reaches Services by their cluster names and nothing outside', async () => {
    expect(await (await world.request('web', '/out')).text()).toBe('service other.default.svc.cluster.local')
    const outside = await world.request('web', '/world')
    expect([outside.status, await outside.text()]).toEqual([
      403,
      'Pods may not reach example.com: it is neither the name of a Service (NAME, or ' +
        'NAME.NAMESPACE.svc.cluster.local) nor listed in POD_OUTBOUND_HOSTS of this deployment.\n',
    ])
  })

  it('answers 500 when its code throws, shows the stack in the log, and runs on', async () => {
    expect((await world.request('web', '/throw')).status).toBe(500)
    await world.untilSeen(
      () => world.logs('web'),
      (log) => log.includes('Error: boom\n    at '),
      'the stack',
    )
    expect(await world.shown('web')).toBe('Running running 0 ready')
  })

  it('follows a log as it is printed', async () => {
    const response = await world.call('web', '/logs?container=main&follow=true&tailLines=0')
    const reader = response.body?.getReader()
    await world.request('web', '/followed')
    const { value } = (await reader?.read()) ?? {}
    expect(new TextDecoder().decode(value)).toBe('request /followed\n')
    await reader?.cancel()
  })

  it('runs a job to its end, with the exit code of how it ended', async () => {
    const job = (body: string) => ({ 'index.js': `export default { async run(env) { ${body} } }` })
    await world.create('good', job("console.log('working'); await new Promise((r) => setTimeout(r, 50))"), {
      restartPolicy: 'Never',
    })
    await world.create('bad', job("console.log('trying'); throw new Error('no luck')"), { restartPolicy: 'Never' })
    await world.until('good', 'Succeeded Completed 0')
    await world.until('bad', 'Failed Error 0')
    expect(await world.logs('good')).toBe('working\n')
    expect(await world.logs('bad')).toMatch(/^trying\nError: no luck\n/)
    const { status } = await world.pod('bad')
    expect(status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(1)
  })

  it('runs init containers before the others', async () => {
    const index = 'export default { run() { console.log("prepared") }, fetch: () => new Response("served") }'
    const init = {
      name: 'init',
      image: 'workernetes.dev/worker',
      command: ['/app/index.js'],
      volumeMounts: [{ name: 'app', mountPath: '/app' }],
    }
    await world.create('inits', { 'index.js': index }, { initContainers: [init] })
    await world.until('inits', 'Running running 0 ready')
    expect(await (await world.request('inits')).text()).toBe('served')
    expect(await (await world.call('inits', '/logs?container=init')).text()).toBe('prepared\n')
  })

  it('is ready only when its readiness probe succeeds', async () => {
    const index =
      'let asked = 0; export default { fetch: () => new Response(null, { status: ++asked < 3 ? 503 : 200 }) }'
    const readinessProbe = {
      httpGet: { path: '/ready', port: 8080 },
      periodSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
      timeoutSeconds: 1,
    }
    await world.create('probed', { 'index.js': index }, {}, { readinessProbe })
    await world.until('probed', 'Running running 0')
    await world.until('probed', 'Running running 0 ready')
    expect(await world.events('probed')).toContain(
      'Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503',
    )
  })

  it('ends when it is deleted, with the last DELETE', async () => {
    await world.api.delete(POD, { namespace: 'default', name: 'inits' }, { gracePeriodSeconds: 30 })
    await world.observe('inits')
    await world.untilSeen(
      () => world.api.find(POD, { namespace: 'default', name: 'inits' }),
      (pod) => pod === undefined,
      'the end',
    )
  })
})

describe('what goes wrong in a pod', () => {
  const broken: readonly [string, Record<string, string>, string][] = [
    ['does not parse', { 'index.js': 'export default {' }, 'SyntaxError'],
    ['throws at load', { 'index.js': 'throw new Error("at load")' }, 'Error: at load'],
    ['imports what is not there', { 'index.js': 'import "./absent.js"' }, 'absent.js'],
    ['exports no handler', { 'index.js': 'export const a = 1' }, 'neither fetch(request, env, ctx) nor run(env, ctx)'],
  ]
  it.each(broken)('a module that %s is restarted and backed off, and its log says why', async (what, files, want) => {
    const name = what.replaceAll(' ', '-')
    await world.create(name, files)
    await world.until(name, 'Running CrashLoopBackOff 1')
    expect(await world.logs(name)).toContain(want)
    expect(await world.logs(name, 'previous=true')).toContain(want)
    const { metadata, status } = await world.pod(name)
    expect(status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error' })
    const pod = `${name}_default(${metadata.uid ?? ''})`
    await world.untilSeen(
      () => world.events(name),
      (events) => events.includes(`BackOff Back-off restarting failed container main in pod ${pod}`),
      'the event',
    )
  })

  it('configuration that is missing shows in status and events, and is tried again', async () => {
    const env = [{ name: 'KEY', valueFrom: { configMapKeyRef: { name: 'unconfigured', key: 'absent' } } }]
    await world.create('unconfigured', FILES, {}, { env })
    await world.until('unconfigured', 'Pending CreateContainerConfigError 0')
    await world.untilSeen(
      () => world.events('unconfigured'),
      (events) => events.includes("Failed Error: couldn't find key absent in ConfigMap default/unconfigured"),
      'the event',
    )
    await world.create('unmounted', FILES, { volumes: [{ name: 'app', configMap: { name: 'nowhere' } }] })
    await world.untilSeen(
      () => world.events('unmounted'),
      (events) =>
        events.includes('FailedMount MountVolume.SetUp failed for volume "app" : configmap "nowhere" not found'),
      'the event',
    )
    expect(await world.shown('unmounted')).toBe('Pending ContainerCreating 0')
  })

  it('a flood of lines is bounded, says so, and others go on', async () => {
    const index = 'export default { run() { for (let i = 0; i < 300000; i++) console.log("line", i, "x".repeat(80)) } }'
    await world.create('flood', { 'index.js': index }, { restartPolicy: 'Never' })
    await world.until('flood', 'Succeeded Completed 0')
    const log = await world.logs('flood')
    expect(log.startsWith('line 0 ')).toBe(true)
    expect(log.length).toBeLessThan(2 * 1024 * 1024)
    expect(log).toMatch(/workernetes: .*lines .*dropped/)
    expect((await world.request('web')).status).toBe(200)
  })

  it('a pod that spins is counted as killed when its process is ended, and the others go on', async () => {
    const { metadata } = await world.pod('web')
    const uid = metadata.uid ?? ''
    await world.create('spinner', FILES, {}, NAME_ENV)
    await world.until('spinner', 'Running running 0 ready')
    const spin = world.request('spinner', '/spin').catch(() => undefined)
    // The loop holds the thread: nothing else is answered any more.
    await world.watch()
    await spin
    await world.observe('spinner')
    await world.until('spinner', 'Running running 1 ready')
    const { status } = await world.pod('spinner')
    expect(status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({
      exitCode: 137,
      reason: 'Error',
      message: 'the process was stopped because the container’s code did not yield',
    })
    expect(await world.shown('web')).toBe('Running running 0 ready')
    expect(await (await world.request('web')).text()).toBe('hello from web web')
    expect((await world.pod('web')).metadata.uid).toBe(uid)
  })

  it('a job is lost with its process and started again, and a module that spins at load is backed off', async () => {
    const job =
      'export default { async run() { console.log("begun"); await new Promise((r) => setTimeout(r, 60000)) } }'
    await world.create('long', { 'index.js': job }, { restartPolicy: 'OnFailure' })
    await world.untilSeen(
      () => world.logs('long'),
      (log) => log === 'begun\n',
      'the job to begin',
    )
    await world.workerd.restart({ LAST_PROCESS_END: '' })
    await world.observe('long')
    await world.until('long', 'Running running 1 ready')
    const first = world.create('hung', { 'index.js': 'for (;;);' }).catch(() => undefined)
    await world.watch()
    await first
    const second = world.observe('hung').catch(() => undefined)
    await world.watch()
    await second
    await world.observe('hung')
    await world.until('hung', 'Running CrashLoopBackOff 1')
  })
})
