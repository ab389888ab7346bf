/**
 * Services from both sides: by host name through the router, and by cluster name from inside isolates. Streams,
 * WebSockets, ports, affinity, and what a caller is told when there is nobody to ask.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { V1Pod, V1ServiceSpec } from '@kubernetes/client-node'
import { CoreV1Api, KubeConfig, KubernetesObjectApi, loadAllYaml } from '@kubernetes/client-node'
import { WebSocket, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../support/cluster.ts'
import { onThisMachine } from '../support/server/on-this-machine.ts'

const NAMESPACE = 'default'
const WAIT = { timeout: 30_000, interval: 50 }
const WASM_EXAMPLE = join(import.meta.dirname, '../../examples/wasm.yaml')

const SERVER = `
import token from '../var/run/secrets/kubernetes.io/serviceaccount/token'
let goes = false
const encoder = new TextEncoder()

function forever() {
  return new ReadableStream({
    async start(controller) {
      for (;;) {
        controller.enqueue(encoder.encode('more'))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  })
}

function events() {
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode('data: first\\n\\n'))
      while (!goes) await new Promise((resolve) => setTimeout(resolve, 10))
      controller.enqueue(encoder.encode('data: second\\n\\n'))
      controller.close()
    },
  })
}

function socket() {
  const [client, server] = Object.values(new WebSocketPair())
  server.accept()
  server.addEventListener('message', ({ data }) => server.send('echo ' + data))
  return new Response(null, { status: 101, webSocket: client })
}

async function socketTo(url) {
  const { webSocket } = await fetch(url, { headers: { upgrade: 'websocket' } })
  webSocket.accept()
  const answer = new Promise((resolve) => webSocket.addEventListener('message', ({ data }) => resolve(data)))
  webSocket.send('from inside')
  return new Response(await answer)
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/go') goes = true
    if (pathname === '/events') return new Response(events(), { headers: { 'content-type': 'text/event-stream' } })
    if (pathname === '/forever') return new Response(forever())
    if (pathname === '/echo') return new Response(request.body)
    if (pathname === '/socket') return socket()
    if (pathname === '/socket-to') return socketTo(searchParams.get('url'))
    if (pathname === '/ask') return fetch(searchParams.get('url'), { headers: { authorization: 'Bearer ' + token } })
    return new Response(env.POD + ' ' + request.headers.get('host') + pathname)
  },
}`

describe('a Service', () => {
  let cluster: Cluster
  let core: CoreV1Api
  let objects: KubernetesObjectApi

  beforeAll(async () => {
    cluster = await Cluster.start()
    const config = new KubeConfig()
    config.loadFromFile(cluster.kubeconfig)
    core = config.makeApiClient(CoreV1Api)
    objects = KubernetesObjectApi.makeApiClient(config)
    const body = { metadata: { name: 'server' }, data: { 'index.js': SERVER } }
    await core.createNamespacedConfigMap({ namespace: NAMESPACE, body })
    for (const name of ['web-0', 'web-1', 'web-2']) await createPod(name)
    const ports = [
      { name: 'http', port: 80, targetPort: 'http' },
      { name: 'admin', port: 9000, targetPort: 8080 },
    ]
    await createService('web', { selector: { app: 'web' }, ports })
    await createService('lonely', { selector: { app: 'nobody' }, ports })
    await createService('sticky', { selector: { app: 'web' }, ports, sessionAffinity: 'ClientIP' })
    await createService('peers', { selector: { app: 'web' }, ports, clusterIP: 'None' })
    await createService('elsewhere', { type: 'ExternalName', externalName: 'db.example.com' })
  })
  afterAll(async () => cluster.stop())

  const createPod = async (name: string, app = 'web'): Promise<void> => {
    const container = {
      name: 'main',
      image: 'workernetes.dev/worker',
      command: ['/app/index.js'],
      env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      ports: [{ name: 'http', containerPort: 8080 }],
      volumeMounts: [{ name: 'app', mountPath: '/app' }],
    }
    const volumes = [{ name: 'app', configMap: { name: 'server' } }]
    const spec = { runtimeClassName: 'worker', hostname: name, subdomain: 'peers', containers: [container], volumes }
    const body: V1Pod = { metadata: { name, labels: { app } }, spec }
    await core.createNamespacedPod({ namespace: NAMESPACE, body })
  }
  const createService = async (name: string, spec: V1ServiceSpec): Promise<void> => {
    await core.createNamespacedService({ namespace: NAMESPACE, body: { metadata: { name }, spec } })
  }
  const hostOf = (name: string): string => `${name}.${NAMESPACE}.localhost:${String(cluster.httpPort)}`
  const ask = async (name: string, path: string): Promise<{ code: number; text: string }> => {
    const { statusCode, body } = await request(`http://${hostOf(name)}${path}`, { dispatcher: onThisMachine })
    return { code: statusCode, text: await body.text() }
  }
  /** What a pod is answered when its code asks for `url`. */
  const askInside = (url: string): Promise<{ code: number; text: string }> =>
    ask('web', `/ask?url=${encodeURIComponent(url)}`)

  it('is answered by each of its ready pods', async () => {
    await expect
      .poll(async () => {
        const pods = new Set<string>()
        for (let turn = 0; turn < 6; turn++) pods.add((await ask('web', '/')).text.split(' ')[0] ?? '')
        return [...pods].sort()
      }, WAIT)
      .toEqual(['web-0', 'web-1', 'web-2'])
  })

  describe('from outside', () => {
    it('passes on what is streamed as it comes, unbuffered', async () => {
      const { headers, body } = await request(`http://${hostOf('sticky')}/events`, { dispatcher: onThisMachine })
      expect(headers['content-length']).toBeUndefined()
      const chunks = body[Symbol.asyncIterator]()
      const next = async (): Promise<string> => String((await chunks.next()).value)
      expect(await next()).toBe('data: first\n\n')
      // Only now is there a second one: the first did not wait for it.
      await ask('sticky', '/go')
      expect(await next()).toBe('data: second\n\n')
    })

    it('says how long an answer is that is not streamed', async () => {
      const { headers, body } = await request(`http://${hostOf('web')}/text`, { dispatcher: onThisMachine })
      expect(headers['content-length']).toBe(String((await body.text()).length))
    })

    it('passes on a request as it is sent, while its answer comes already', async () => {
      const sent = Promise.withResolvers<undefined>()
      async function* upload(): AsyncGenerator<Buffer> {
        yield Buffer.from('one ')
        await sent.promise
        yield Buffer.from('two')
      }
      const { body } = await request(`http://${hostOf('web')}/echo`, {
        dispatcher: onThisMachine,
        method: 'POST',
        body: Readable.from(upload()),
      })
      const chunks = body[Symbol.asyncIterator]()
      expect(String((await chunks.next()).value)).toBe('one ')
      sent.resolve(undefined)
      expect(String((await chunks.next()).value)).toBe('two')
    })

    it('keeps WebSockets, in both directions', async () => {
      const socket = new WebSocket(`ws://${hostOf('web')}/socket`, { dispatcher: onThisMachine })
      const answers: string[] = []
      socket.addEventListener('message', ({ data }) => answers.push(String(data)))
      socket.addEventListener('open', () => socket.send('one'))
      await expect.poll(() => answers, WAIT).toEqual(['echo one'])
      socket.send('two')
      await expect.poll(() => answers, WAIT).toEqual(['echo one', 'echo two'])
      socket.close()
    })

    it('keeps a client with its pod where the Service says so', async () => {
      const pods = new Set<string>()
      for (let turn = 0; turn < 12; turn++) pods.add((await ask('sticky', '/')).text.split(' ')[0] ?? '')
      expect(pods.size).toBe(1)
    })

    it.each([
      ['by number', '_9000.web'],
      ['by name', '_admin.web'],
    ])('is asked at another port %s', async (_how, name) => {
      expect(await ask(name, '/admin')).toMatchObject({ code: 200, text: expect.stringContaining('/admin') })
    })

    it.each([
      ['lonely', 503, 'No endpoint of Service "lonely" in namespace "default" is ready. Why: '],
      ['absent', 404, 'There is no Service "absent" in namespace "default". Those that there are: '],
      ['_81.web', 404, 'Service "web" in namespace "default" has no port 81. It has: 80 (http), 9000 (admin).'],
      ['elsewhere', 501, 'Service "elsewhere" in namespace "default" is an ExternalName: ask db.example.com itself.'],
    ])('says in plain words why it cannot answer: %s', async (name, code, text) => {
      const answer = await ask(name, '/')
      expect(answer.code).toBe(code)
      expect(answer.text.startsWith(text)).toBe(true)
    })

    it('is the only thing that answers over plain HTTP', async () => {
      const port = String(cluster.httpPort)
      const { statusCode, body } = await request(`http://127.0.0.1:${port}/version`)
      expect([statusCode, await body.text()]).toEqual([
        404,
        `127.0.0.1:${port} is not the host of a Service: those are NAME.NAMESPACE.localhost, with this port.\n`,
      ])
    })
  })

  describe('from inside an isolate', () => {
    it.each([
      ['its name', 'http://web/x', 'web/x'],
      ['its name and namespace', 'http://web.default.svc/x', 'web.default.svc/x'],
      ['its full name', 'http://web.default.svc.cluster.local/x', 'web.default.svc.cluster.local/x'],
      ['another port', 'http://web:9000/x', 'web:9000/x'],
    ])('is reached by %s', async (_how, url, want) => {
      expect(await askInside(url)).toEqual({ code: 200, text: expect.stringMatching(new RegExp(`^web-\\d ${want}$`)) })
    })

    it('is reached pod by pod where it is headless, at any port of theirs', async () => {
      for (const pod of ['web-0', 'web-1', 'web-2']) {
        const url = `http://${pod}.peers.default.svc.cluster.local:8080/`
        expect((await askInside(url)).text).toMatch(`${pod} ${pod}.peers`)
      }
      expect((await askInside('http://peers:8080/')).code).toBe(200)
    })

    it('keeps WebSockets', async () => {
      const url = encodeURIComponent('http://web/socket')
      expect(await ask('web', `/socket-to?url=${url}`)).toEqual({ code: 200, text: 'echo from inside' })
    })

    it.each([
      ['http://absent/', 404, 'There is no Service "absent" in namespace "default"'],
      ['http://web.nowhere.svc.cluster.local/', 404, 'There is no namespace "nowhere"'],
      ['http://web:81/', 404, 'Service "web" in namespace "default" has no port 81'],
      ['http://lonely/', 503, 'No endpoint of Service "lonely" in namespace "default" is ready'],
      ['http://a.b.c.svc.cluster.local/', 404, 'There is no namespace "c"'],
      ['http://a.b.c.d.svc.cluster.local/', 404, 'a.b.c.d.svc.cluster.local is not a name of a Service'],
      ['http://example.com/', 403, 'Pods may not reach example.com'],
    ])('is not found under a wrong name, and says what to do: %s', async (url, code, text) => {
      const answer = await askInside(url)
      expect(answer.code).toBe(code)
      expect(answer.text).toContain(text)
    })

    it('is also the API, with the token that the pod was given', async () => {
      const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
      const { code, text } = await askInside('https://kubernetes.default.svc/api/v1/namespaces/default/pods')
      // Known, but nobody has allowed it anything yet.
      expect(code).toBe(403)
      expect(text).toContain('User \\"system:serviceaccount:default:default\\" cannot list resource \\"pods\\"')
      expect((await askInside(`https://kubernetes.default.svc.cluster.local${path}`)).code).not.toBe(401)
    })
  })

  it('lets streams and WebSockets go on while their pod ends, and cuts them off when its time is over', async () => {
    await createPod('last', 'last')
    await createService('last', { selector: { app: 'last' }, ports: [{ port: 80, targetPort: 8080 }] })
    await expect.poll(async () => (await ask('last', '/')).code, WAIT).toBe(200)
    const { body } = await request(`http://${hostOf('last')}/forever`, { dispatcher: onThisMachine })
    const chunks = body[Symbol.asyncIterator]()
    await chunks.next()
    const socket = new WebSocket(`ws://${hostOf('last')}/socket`, { dispatcher: onThisMachine })
    const closed = new Promise<string>((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => resolve(`${String(code)} ${reason}`))
    })
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    const startedMs = performance.now()
    await core.deleteNamespacedPod({ namespace: NAMESPACE, name: 'last', body: { gracePeriodSeconds: 2 } })
    const readToEnd = async (): Promise<void> => {
      for (let isOver = false; !isOver;) isOver = (await chunks.next()).done === true
    }
    // Not the end that the pod would have given it: it is cut off.
    await readToEnd().catch(() => undefined)
    expect(await closed).toBe('1001 the pod has ended')
    const lastedMs = performance.now() - startedMs
    expect(lastedMs).toBeGreaterThan(1_500)
    await expect.poll(async () => (await ask('last', '/')).code, WAIT).toBe(503)
  })

  it('stands before Wasm as before anything else (examples/wasm.yaml)', async () => {
    const example = await readFile(WASM_EXAMPLE, 'utf8')
    for (const object of loadAllYaml(example)) await objects.create(object)
    await expect.poll(() => ask('fib', '/90'), WAIT).toEqual({ code: 200, text: 'fib(90) = 2880067194370816120\n' })
    const labelSelector = 'job-name=hello-wasm'
    const podOfJob = async () => (await core.listNamespacedPod({ namespace: NAMESPACE, labelSelector })).items[0]
    await expect.poll(async () => (await podOfJob())?.status?.phase, WAIT).toBe('Succeeded')
    const name = (await podOfJob())?.metadata?.name ?? ''
    expect(await core.readNamespacedPodLog({ namespace: NAMESPACE, name })).toBe('Hello from Wasm\n')
  })
})
