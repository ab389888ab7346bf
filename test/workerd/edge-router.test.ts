/** The control plane's Worker as it is deployed: Services under a domain of one's own, pods behind a binding. */
import type { IncomingHttpHeaders, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Workerd } from '../support/server/workerd.ts'

// A real process, real time: waits are limited below.
vi.setConfig({ testTimeout: 60_000 })

const SECRET = 'test-secret'
const DOMAIN = 'k8s.example.com'
const WAIT = { timeout: 20_000, interval: 50 }

const SERVICE = { name: 'web', namespace: 'shop' }
const PORTS = [
  { name: 'http', port: 80 },
  { name: 'admin', port: 9000 },
]
const SLICE = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { ...SERVICE, labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [
    { name: 'http', port: 8080, protocol: 'TCP' },
    { name: 'admin', port: 9001, protocol: 'TCP' },
  ],
  endpoints: ['a', 'b'].map((name, index) => ({
    addresses: [`10.64.0.${String(index + 1)}`],
    conditions: { ready: true },
    nodeName: 'isolates',
    targetRef: { kind: 'Pod', namespace: 'shop', name, uid: `uid-${name}` },
  })),
}

describe('a Service at the edge', () => {
  /** Stands for the pods' Worker. */
  const asked: IncomingHttpHeaders[] = []
  let pods: Server
  let workerd: Workerd

  beforeAll(async () => {
    pods = createServer((incoming, response) => {
      asked.push(incoming.headers)
      response.end('from a pod')
    })
    await new Promise<void>((resolve) => pods.listen(0, '127.0.0.1', resolve))
    const { port } = pods.address() as AddressInfo
    workerd = await Workerd.start({
      entry: 'src/worker.ts',
      objects: {
        NAMESPACE_OBJECTS: 'NamespaceObject',
        SEQUENCER_OBJECTS: 'SequencerObject',
        SCHEDULER_OBJECTS: 'SchedulerObject',
        CLOUD_OBJECTS: 'CloudObject',
      },
      text: { INTERNAL_SECRET: SECRET, SERVICE_DOMAIN: DOMAIN, SIMULATED_NODES: '0' },
      servers: { PODS: `127.0.0.1:${String(port)}` },
    })
    await api('POST', 'api/v1/namespaces', { metadata: { name: 'shop' } })
    const spec = { type: 'LoadBalancer', ports: PORTS }
    await api('POST', 'api/v1/namespaces/shop/services', { metadata: SERVICE, spec })
    await api('POST', 'apis/discovery.k8s.io/v1/namespaces/shop/endpointslices', SLICE)
  }, 60_000)
  afterAll(async () => {
    await workerd.kill()
    pods.close()
  })

  const api = async (method: 'GET' | 'POST', path: string, object?: object): Promise<unknown> => {
    const { statusCode, body } = await request(`${workerd.address}/internal/clusters/default/${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-workernetes-internal': SECRET,
        'x-workernetes-user': JSON.stringify({ username: 'system:node:isolates', groups: [] }),
      },
      body: object === undefined ? null : JSON.stringify(object),
    })
    const answer: unknown = await body.json()
    expect({ path, statusCode, answer }).toMatchObject({ statusCode: method === 'GET' ? 200 : 201 })
    return answer
  }
  const ask = async (host: string, headers: Record<string, string> = {}): Promise<{ code: number; text: string }> => {
    const { statusCode, body } = await request(`${workerd.address}/`, { headers: { host, ...headers } })
    return { code: statusCode, text: await body.text() }
  }
  const podsAsked = (): (string | undefined)[] => asked.map((headers) => headers['x-workernetes-pod']?.toString())

  it('has a host under the domain, which its load balancer says', async () => {
    const hostname = `web.shop.${DOMAIN}`
    await expect
      .poll(() => api('GET', 'api/v1/namespaces/shop/services/web'), WAIT)
      .toMatchObject({ status: { loadBalancer: { ingress: [{ hostname }] } } })
    expect(await ask(hostname)).toEqual({ code: 200, text: 'from a pod' })
    expect(asked.at(-1)).toMatchObject({ host: hostname, 'x-workernetes-port': '8080' })
    expect(podsAsked().at(-1)).toMatch(/^default\/shop\/(a|b)\/uid-(a|b)$/)
  })

  it('has its other ports there, too', async () => {
    expect((await ask(`_admin.web.shop.${DOMAIN}`)).code).toBe(200)
    expect(asked.at(-1)).toMatchObject({ 'x-workernetes-port': '9001' })
  })

  it('takes turns between its endpoints', async () => {
    asked.length = 0
    for (let turn = 0; turn < 4; turn++) await ask(`web.shop.${DOMAIN}`)
    expect(new Set(podsAsked()).size).toBe(2)
  })

  it('keeps each client with its endpoint, by the address that the edge says', async () => {
    const spec = { ports: PORTS, sessionAffinity: 'ClientIP' }
    await api('POST', 'api/v1/namespaces/shop/services', { metadata: { ...SERVICE, name: 'sticky' }, spec })
    const labels = { 'kubernetes.io/service-name': 'sticky' }
    const slice = { ...SLICE, metadata: { ...SERVICE, name: 'sticky', labels } }
    await api('POST', 'apis/discovery.k8s.io/v1/namespaces/shop/endpointslices', slice)
    const podsOf = new Map<string, Set<string | undefined>>()
    for (let turn = 0; turn < 24; turn++) {
      const client = `192.0.2.${String(turn % 6)}`
      await ask(`sticky.shop.${DOMAIN}`, { 'cf-connecting-ip': client })
      podsOf.set(client, (podsOf.get(client) ?? new Set()).add(podsAsked().at(-1)))
    }
    expect([...podsOf.values()].map((pods) => pods.size)).toEqual([1, 1, 1, 1, 1, 1])
    expect(new Set([...podsOf.values()].flatMap((pods) => [...pods])).size).toBe(2)
  })

  it('does not let a client say what only our own Workers may', async () => {
    asked.length = 0
    const forged = { 'x-workernetes-pod': 'default/shop/other/uid', 'x-workernetes-port': '1' }
    await ask(`web.shop.${DOMAIN}`, { ...forged, 'x-workernetes-again': '1' })
    expect(asked.at(-1)?.['x-workernetes-again']).toBeUndefined()
    expect(asked.at(-1)?.['x-workernetes-port']).toBe('8080')
    expect(podsAsked().at(-1)).not.toContain('other')
    expect((await ask('web', { 'x-workernetes-from-pod': 'default/shop/a/uid-a' })).code).toBe(401)
  })

  it('is not there under a name that nobody has', async () => {
    expect((await ask(`absent.shop.${DOMAIN}`)).code).toBe(404)
    expect((await ask(`web.nowhere.${DOMAIN}`)).code).toBe(404)
  })
})
