/**
 * An API of a server outside the cluster: an APIService names a Service of type ExternalName. What is real is
 * everything of ours; the world outside is one host, whose certificate the platform would have verified.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { V1APIService } from '../../src/apis/generated/types.ts'
import { System } from '../support/platform/system.ts'
import { aNamespace } from './manifests.ts'

const GROUP_PATH = '/apis/tides.example.org/v1'
const API_SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices'
const API_SERVICE = [API_SERVICES, {
  apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1.tides.example.org' },
  spec: {
    group: 'tides.example.org', version: 'v1', groupPriorityMinimum: 1_000, versionPriority: 15,
    service: { namespace: 'sea', name: 'tides', port: 8443 },
  },
}] as const

const RESOURCES = {
  kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'tides.example.org/v1',
  resources: [
    { name: 'tides', singularName: 'tide', namespaced: true, kind: 'Tide', verbs: ['get', 'list', 'create'] },
  ],
}

let system: System
/** What came there, and whether anybody answers. */
let asked: Request[]
let isUp: boolean

async function outside(request: Request): Promise<Response> {
  asked.push(request.clone())
  const { pathname } = new URL(request.url)
  if (!isUp) throw new TypeError('fetch failed')
  if (pathname === GROUP_PATH) return Response.json(RESOURCES)
  if (request.method === 'POST') return Response.json(await request.json(), { status: 201 })
  if (pathname.endsWith('/tides/high')) return Response.json({ apiVersion: 'tides.example.org/v1', kind: 'Tide' })
  return Response.json({ kind: 'Status', reason: 'NotFound', code: 404 }, { status: 404 })
}

beforeEach(async () => {
  asked = []
  isUp = true
  system = new System()
  vi.stubGlobal('fetch', outside)
  await system.cron()
  await system.create('/api/v1/namespaces', aNamespace('sea'))
  await system.create('/api/v1/namespaces/sea/services', {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'tides' },
    spec: { type: 'ExternalName', externalName: 'tides.example.com' },
  })
})

afterEach(async () => {
  await system.end()
  vi.restoreAllMocks()
})

async function becomes(wanted: string, withCron = true): Promise<void> {
  await system.until(async () => {
    const { body } = await system.json<V1APIService>('GET', `${API_SERVICES}/v1.tides.example.org`)
    const [condition] = body.status?.conditions ?? []
    return `${condition?.status ?? ''} ${condition?.reason ?? ''}` === wanted ? true : undefined
  }, { withCron })
}

describe('an API of a server outside', () => {
  it('is found, and answers over HTTPS at its own host and port; who asks is said, no token is shown', async () => {
    await system.create(...API_SERVICE)
    await becomes('True Passed')
    const path = `${GROUP_PATH}/namespaces/sea/tides`
    const read = await system.json('GET', `${path}/high?pretty=1`)
    expect([read.code, read.body]).toEqual([200, { apiVersion: 'tides.example.org/v1', kind: 'Tide' }])
    const last = asked.at(-1)
    expect(last?.url).toBe(`https://tides.example.com:8443${path}/high?pretty=1`)
    const headers = ['x-remote-user', 'x-remote-group', 'authorization'].map((name) => last?.headers.get(name))
    expect(headers).toEqual(['kubernetes-admin', 'system:masters, system:authenticated', null])
    const written = await system.json('POST', path, { body: { kind: 'Tide', metadata: { name: 'low' } } })
    expect([written.code, written.body]).toEqual([201, { kind: 'Tide', metadata: { name: 'low' } }])
    const { body } = await system.json<{ resources: object[] }>('GET', GROUP_PATH)
    expect(body.resources).toEqual(RESOURCES.resources)
  })

  it('is not available while nobody answers there, which a request is told', async () => {
    isUp = false
    await system.create(...API_SERVICE)
    await becomes('False FailedDiscoveryCheck')
    const path = `${GROUP_PATH}/namespaces/sea/tides/high`
    const unavailable = await system.request('GET', path)
    expect([unavailable.status, await unavailable.text()]).toEqual([503, 'service unavailable\n'])
    isUp = true
    await becomes('True Passed')
    isUp = false
    const down = await system.request('GET', path)
    expect([down.status, await down.text()]).toEqual([503, 'error trying to reach service: fetch failed\n'])
    // Whoever met it had it looked at; nothing else would, for as long as the cluster rests.
    await becomes('False FailedDiscoveryCheck', false)
  })
})
