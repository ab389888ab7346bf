/** Another server's API through ours: who asks is said in headers, refusals are upstream's, discovery is one. */
import { describe, expect, it, vi } from 'vitest'
import { KINDS } from '../../../src/apis/kinds.ts'
import { AGGREGATED_PARAMETERS, createDiscovery } from '../../../src/apiserver/discovery/discovery.ts'
import { PolicyCopy } from '../../../src/objects/scope/policy-copy.ts'
import { ManualClock } from '../../../src/lib/clock.ts'
import { NowhereError } from '../../../src/apiserver/handlers/aggregated/proxy.ts'
import { testApi } from '../../support/api.ts'

const AGGREGATED = `application/json${AGGREGATED_PARAMETERS}`
const OPENAPI_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const build = { version: '0.1.0', commit: 'abc', date: '2026-11-24T00:00:00Z' }
const discovery = createDiscovery({ kinds: KINDS, build })

const anApiService = (group: string, version: string, priority: number, status = 'True') => ({
  resource: 'apiservices.apiregistration.k8s.io',
  name: `${version}.${group}`,
  text: JSON.stringify({
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      groupPriorityMinimum: priority,
      versionPriority: 15,
      service: { namespace: 'ns', name: 'api', port: 443 },
    },
    status: { conditions: [{ type: 'Available', status }] },
  }),
})

const RESOURCES = {
  kind: 'APIResourceList',
  groupVersion: 'metrics.k8s.io/v1',
  resources: [
    {
      name: 'pods',
      singularName: 'pod',
      namespaced: true,
      kind: 'PodMetrics',
      verbs: ['get', 'list'],
      shortNames: ['pm'],
    },
    { name: 'pods/scale', namespaced: true, kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get'] },
  ],
}

interface Options {
  readonly services?: ReturnType<typeof anApiService>[]
  readonly namespace?: string
}

function aWorld({ services = [anApiService('metrics.k8s.io', 'v1', 100)], namespace = '' }: Options = {}) {
  const requests: Request[] = []
  const answers: Record<string, unknown> = {
    '/apis': { kind: 'APIGroupList', groups: [] },
    '/apis/metrics.k8s.io/v1': RESOURCES,
    '/openapi/v3': {
      paths: { 'apis/metrics.k8s.io/v1': { serverRelativeURL: '/openapi/v3/apis/metrics.k8s.io/v1?hash=A' } },
    },
    '/openapi/v2': {
      paths: { '/apis/metrics.k8s.io/v1/pods': { get: {} }, '/apis/other/v1/x': {} },
      definitions: { 'io.k8s.metrics.PodMetrics': { type: 'object' }, 'io.k8s.api.core.v1.Pod': { type: 'theirs' } },
    },
  }
  const clock = new ManualClock()
  /** Servers that somebody should look at. */
  const suspected: string[] = []
  const state: { isDown: boolean; isNowhere?: true; answer?: Response | undefined } = {
    isDown: false,
  }
  const api = testApi(namespace, {
    clock,
    ports: {
      policy: new PolicyCopy(clock, () => ({ revision: 1, isWhole: true, definitionsRevision: 0, changes: services })),
      aggregation: {
        suspect: ({ group, version }) => suspected.push(`${version}.${group}`),
        send(_service, request) {
          requests.push(request)
          if (state.isNowhere === true) return Promise.reject(new NowhereError('nobody'))
          if (state.isDown) return Promise.reject(new Error('connection refused'))
          const once = state.answer
          state.answer = undefined
          if (once !== undefined) return Promise.resolve(once)
          const answer = answers[new URL(request.url).pathname]
          return Promise.resolve(answer === undefined ? new Response('theirs', { status: 207 }) : Response.json(answer))
        },
      },
      documents(request, url) {
        if (url.pathname === '/openapi/v3') return Promise.resolve(Response.json({ paths: { 'api/v1': {} } }))
        if (url.pathname === '/openapi/v2') {
          const document = { paths: { '/api/v1/pods': {} }, definitions: { 'io.k8s.api.core.v1.Pod': {} } }
          const isProtobuf = request.headers.get('accept') === OPENAPI_PROTOBUF
          const headers = { 'content-type': isProtobuf ? OPENAPI_PROTOBUF : 'application/json' }
          return Promise.resolve(new Response(isProtobuf ? 'ours' : JSON.stringify(document), { headers }))
        }
        const document = discovery.document(url.pathname, request.headers.get('accept'))
        if (document === undefined) return Promise.resolve(undefined)
        const headers = new Headers({ 'content-type': document.contentType })
        if (document.etag !== undefined) headers.set('etag', document.etag)
        return Promise.resolve(new Response(document.body, { headers }))
      },
    },
  })
  return { api, requests, answers, suspected, state, clock }
}

describe('a request for another server’s API', () => {
  const PATH = '/apis/metrics.k8s.io/v1/namespaces/team/pods'
  const user = {
    username: 'admin',
    uid: 'u-1',
    groups: ['system:masters', 'system:authenticated'],
    extra: { 'Example.org/Scope%': ['a'] },
  }

  it('comes to it with who asks, and nothing that the client said of itself', async () => {
    const { api, requests } = aWorld({ namespace: 'team' })
    const headers = {
      'x-remote-user': 'me', 'x-remote-group': 'system:masters', 'x-remote-extra-a': 'b', authorization: 'Bearer x',
      'x-workernetes-source': '10.0.0.1', 'audit-id': 'mine', traceparent: 'kept', accept: 'application/json',
      'proxy-authorization': 'Basic x', 'keep-alive': '1', connection: 'X-Hop, keep-alive', 'x-hop': '1',
    }
    const answer = await api.request('POST', `${PATH}?dryRun=All`, { body: { a: 1 }, headers, user })
    expect([answer.status, await answer.text(), answer.headers.get('audit-id')]).toEqual([207, 'theirs', 'mine'])
    const [request] = requests
    expect(request?.method).toBe('POST')
    expect(request?.url).toBe(`https://test${PATH}?dryRun=All`)
    expect(await request?.text()).toBe('{"a":1}')
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      accept: 'application/json',
      'audit-id': 'mine',
      'content-type': 'application/json',
      traceparent: 'kept',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-host': 'api.ns.svc:443',
      'x-forwarded-proto': 'https',
      'x-forwarded-uri': PATH,
      'x-remote-user': 'admin',
      'x-remote-uid': 'u-1',
      'x-remote-group': 'system:masters, system:authenticated',
      'x-remote-extra-example.org%2fscope%25': 'a',
    })
  })

  it('is authorized here first', async () => {
    const { api, requests } = aWorld({ namespace: 'team' })
    expect((await api.request('GET', PATH, { user: { username: 'joe', groups: [] } })).status).toBe(403)
    expect(requests).toEqual([])
  })

  it('is refused in upstream’s words where the server is not available', async () => {
    const { api, requests } = aWorld({ services: [anApiService('metrics.k8s.io', 'v1', 100, 'False')] })
    const answer = await api.request('GET', '/apis/metrics.k8s.io/v1/nodes')
    expect([answer.status, await answer.text()]).toEqual([503, 'service unavailable\n'])
    expect(requests).toEqual([])
  })

  it('that does not reach it is told why', async () => {
    const { api, state, suspected } = aWorld()
    state.isDown = true
    const answer = await api.request('GET', '/apis/metrics.k8s.io/v1/nodes')
    expect([answer.status, await answer.text()]).toEqual([503, 'error trying to reach service: connection refused\n'])
    expect(suspected).toEqual(['v1.metrics.k8s.io'])
  })

  it('that nobody is there for is told no more than that', async () => {
    const { api, state, suspected } = aWorld()
    state.isNowhere = true
    const answer = await api.request('GET', '/apis/metrics.k8s.io/v1/nodes')
    expect([answer.status, await answer.text()]).toEqual([503, 'service unavailable\n'])
    expect(suspected).toEqual(['v1.metrics.k8s.io'])
  })

  it.each([[200, 0], [404, 0], [500, 0], [502, 1], [503, 1], [504, 1]])(
    'that is answered with %i by it gives reason to look at it: %i times',
    async (status, times) => {
      const { api, state, suspected } = aWorld()
      state.answer = new Response('theirs', { status })
      expect((await api.request('GET', '/apis/metrics.k8s.io/v1/nodes')).status).toBe(status)
      expect(suspected).toHaveLength(times)
    },
  )

  it('is not sent elsewhere by it, and gets no stream that is none', async () => {
    const { api, state } = aWorld()
    state.answer = new Response('gone', { status: 302, headers: { location: '/elsewhere' } })
    const redirected = await api.request('GET', '/apis/metrics.k8s.io/v1/nodes')
    expect([redirected.status, redirected.headers.get('location'), await redirected.text()]).toEqual([
      502, null, 'the backend attempted to redirect this request, which is not permitted',
    ])
    const upgrade = await api.request('GET', '/apis/metrics.k8s.io/v1/nodes', { headers: { upgrade: 'websocket' } })
    expect([upgrade.status, await upgrade.text()]).toEqual([503, 'invalid upgrade response: status code 207\n'])
  })

  it('hears nothing from it that only we may say', async () => {
    const { api, state } = aWorld()
    const headers = { 'x-workernetes-proxy-to': '{}', 'x-workernetes-owner': 'all', 'x-other': 'kept' }
    state.answer = new Response('theirs', { headers })
    const answer = await api.request('GET', '/apis/metrics.k8s.io/v1/namespaces/team/pods/a/proxy')
    expect(Object.keys(headers).map((name) => answer.headers.get(name))).toEqual([null, null, 'kept'])
  })

  it('is not to be cached, whatever else it says', async () => {
    const { api, state } = aWorld()
    const cachingOf = async (): Promise<string | null> =>
      (await api.request('GET', '/apis/metrics.k8s.io/v1/nodes')).headers.get('cache-control')
    expect(await cachingOf()).toBe('no-cache, private')
    state.answer = new Response('theirs', { headers: { 'cache-control': 'max-age=60' } })
    expect(await cachingOf()).toBe('no-cache, private, max-age=60')
  })

  it('is passed on without what was meant for us alone, or for the pages of others', async () => {
    const { api, state } = aWorld()
    const dropped = { connection: 'close', 'proxy-authenticate': 'Basic', 'access-control-allow-origin': '*' }
    const sent = { ...dropped, 'x-kubernetes-pf-flowschema-uid': 'own', x: 'kept' }
    state.answer = new Response('theirs', { headers: sent })
    const { headers } = await api.request('GET', '/apis/metrics.k8s.io/v1/nodes')
    for (const name of Object.keys(dropped)) expect([name, headers.get(name)]).toEqual([name, null])
    expect([headers.get('x'), headers.get('x-kubernetes-pf-flowschema-uid')?.endsWith('own')]).toEqual(['kept', true])
  })

  it('comes of an address that is decoded and written anew', async () => {
    const { api, requests } = aWorld()
    await api.request('GET', "/apis/metrics.k8s.io/v1/a%2Fb!c?z=1&a='")
    expect(requests.at(-1)?.url).toMatch(/\/apis\/metrics\.k8s\.io\/v1\/a\/b%21c\?a=%27&z=1$/)
  })

  it('for a document that it has not is answered as if there were no such server', async () => {
    const { api, state } = aWorld()
    state.answer = new Response('theirs', { status: 404 })
    const answer = await api.request('GET', '/openapi/v3/apis/metrics.k8s.io/v1')
    expect([answer.status, await answer.text()]).toEqual([404, ''])
  })

  it('for its own documents goes there as well', async () => {
    const { api, requests } = aWorld()
    expect(await (await api.request('GET', '/apis/metrics.k8s.io/v1')).json()).toEqual(RESOURCES)
    await api.request('GET', '/openapi/v3/apis/metrics.k8s.io/v1?hash=A')
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([
      '/apis/metrics.k8s.io/v1', '/openapi/v3/apis/metrics.k8s.io/v1',
    ])
  })
})

describe('discovery', () => {
  const services = [
    anApiService('b.org', 'v1', 100),
    anApiService('metrics.k8s.io', 'v1', 900),
    anApiService('apps', 'v9', 5),
  ]

  it('lists groups of other servers behind ours, by priority', async () => {
    const { api } = aWorld({ services })
    const { body } = await api.json('GET', '/apis')
    const groups = body['groups'] as unknown as { name: string; versions: { version: string }[] }[]
    expect(groups.slice(-3).map(({ name }) => name)).toEqual(['metrics.k8s.io', 'b.org', 'apps'])
    expect(groups.find(({ name }) => name === 'apps')?.versions.map(({ version }) => version)).toEqual(['v9', 'v1'])
    const group = await api.json('GET', '/apis/metrics.k8s.io')
    expect(group).toEqual({
      code: 200,
      body: {
        kind: 'APIGroup',
        apiVersion: 'v1',
        name: 'metrics.k8s.io',
        versions: [{ groupVersion: 'metrics.k8s.io/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'metrics.k8s.io/v1', version: 'v1' },
      },
    })
  })

  it('lists all groups by the priorities of their APIServices, ours as well', async () => {
    const local = (group: string, version: string, priority: number, ofVersion: number) => ({
      resource: 'apiservices.apiregistration.k8s.io',
      name: `${version}.${group}`,
      text: JSON.stringify({
        metadata: { name: `${version}.${group}` },
        spec: { group, version, groupPriorityMinimum: priority, versionPriority: ofVersion },
      }),
    })
    const ours = [local('apps', 'v1', 17_800, 30), local('batch', 'v1', 17_400, 15)]
    const { api } = aWorld({ services: [...services, ...ours, anApiService('z.org', 'v2beta1', 17_500)] })
    const { body } = await api.json('GET', '/apis')
    const groups = body['groups'] as unknown as { name: string; versions: object[]; preferredVersion: object }[]
    const names = groups.map(({ name }) => name)
    expect(names[0]).toBe('apiregistration.k8s.io')
    expect(names.slice(-5)).toEqual(['apps', 'z.org', 'batch', 'metrics.k8s.io', 'b.org'])
    expect(groups.find(({ name }) => name === 'apps')?.preferredVersion).toMatchObject({ version: 'v1' })
    const response = await api.request('GET', '/apis', { headers: { accept: AGGREGATED } })
    const { items } = await response.json<{ items: { metadata: { name: string } }[] }>()
    expect(items.map(({ metadata }) => metadata.name)).toEqual(names)
  })

  it('of a group that others serve alone is negotiated', async () => {
    const { api } = aWorld()
    const ask = async (accept: string, query = '') => {
      const answer = await api.request('GET', `/apis/metrics.k8s.io${query}`, { headers: { accept } })
      return [answer.status, answer.headers.get('content-type'), await answer.text()]
    }
    expect(await ask('application/yaml')).toEqual([
      200, 'application/yaml', expect.stringContaining('name: metrics.k8s.io\n'),
    ])
    expect((await ask('application/json'))[2]).toMatch(/^\{"kind":"APIGroup".*\}\n$/)
    expect((await ask('application/json', '?pretty=1'))[2]).toContain('{\n  "kind": "APIGroup",')
    expect((await ask('application/vnd.kubernetes.protobuf'))[1]).toBe('application/vnd.kubernetes.protobuf')
    expect((await ask('image/png'))[0]).toBe(406)
  })

  it('in its aggregated form has what stands below nothing that the server says', async () => {
    const { api, answers } = aWorld()
    const ask = async (): Promise<unknown> => {
      const response = await api.request('GET', '/apis', { headers: { accept: AGGREGATED } })
      return (await response.json<{ items: unknown[] }>()).items.at(-1)
    }
    answers['/apis/metrics.k8s.io/v1'] = { resources: [{ name: 'orphans/status', namespaced: true, kind: 'O', verbs: [] }] }
    const nothing = { group: '', version: '', kind: '' }
    expect(await ask()).toMatchObject({
      versions: [{
        resources: [{
          resource: 'orphans', scope: 'Namespaced', responseKind: nothing, verbs: null,
          subresources: [{ subresource: 'status', responseKind: { ...nothing, kind: 'O' }, verbs: [] }],
        }],
      }],
    })
  })

  it.each([{ resources: [5] }, { resources: {} }, { resources: [{ verbs: [] }] }])(
    'in its aggregated form has nothing of what cannot be read: %j',
    async (document) => {
      const { api, answers } = aWorld()
      answers['/apis/metrics.k8s.io/v1'] = document
      const response = await api.request('GET', '/apis', { headers: { accept: AGGREGATED } })
      const { items } = await response.json<{ items: { versions: unknown[] }[] }>()
      expect([response.status, items.at(-1)?.versions]).toEqual([200, [{ version: 'v1', freshness: 'Stale' }]])
    },
  )

  it('in its aggregated form has what a server says of itself in that form', async () => {
    const { api, requests, answers } = aWorld()
    const versions = [{ version: 'v1', resources: [{ resource: 'nodes' }], freshness: 'Stale' }, { version: 'v9' }]
    answers['/apis'] = { kind: 'APIGroupDiscoveryList', items: [{ metadata: { name: 'metrics.k8s.io' }, versions }] }
    const response = await api.request('GET', '/apis', { headers: { accept: AGGREGATED } })
    const { items } = await response.json<{ items: unknown[] }>()
    expect(items.at(-1)).toEqual({
      metadata: { name: 'metrics.k8s.io' },
      versions: [{ version: 'v1', resources: [{ resource: 'nodes' }], freshness: 'Current' }],
    })
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual(['/apis'])
  })

  it('in its aggregated form has their resources, with an ETag of its own', async () => {
    const { api } = aWorld()
    const accept = { accept: AGGREGATED }
    const response = await api.request('GET', '/apis', { headers: accept })
    expect(response.headers.get('content-type')).toBe(AGGREGATED)
    const { items } = await response.json<{ items: unknown[] }>()
    expect(items.at(-1)).toEqual({
      metadata: { name: 'metrics.k8s.io' },
      versions: [
        {
          version: 'v1',
          resources: [
            {
              resource: 'pods',
              responseKind: { group: '', version: '', kind: 'PodMetrics' },
              scope: 'Namespaced',
              singularResource: 'pod',
              verbs: ['get', 'list'],
              shortNames: ['pm'],
              subresources: [
                {
                  subresource: 'scale',
                  responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
                  verbs: ['get'],
                },
              ],
            },
          ],
          freshness: 'Current',
        },
      ],
    })
    const etag = response.headers.get('etag') ?? ''
    const again = await api.request('GET', '/apis', { headers: { ...accept, 'if-none-match': etag } })
    expect([again.status, again.headers.get('content-type')]).toEqual([304, null])
  })

  it('marks as stale what a server no longer says, and leaves empty what it never said', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const { api, state, clock } = aWorld()
    const read = async () => {
      const response = await api.request('GET', '/apis', { headers: { accept: AGGREGATED } })
      const { items } = await response.json<{ items: { versions: { freshness: string; resources?: unknown[] }[] }[] }>()
      return items.at(-1)?.versions.map(({ freshness, resources }) => [freshness, resources?.length])
    }
    expect(await read()).toEqual([['Current', 1]])
    state.isDown = true
    expect(await read()).toEqual([['Current', 1]])
    clock.advance(60_000)
    expect(await read()).toEqual([['Stale', 1]])
    expect(warn).toHaveBeenCalledTimes(2)
    warn.mockRestore()
    const other = aWorld({ services: [anApiService('metrics.k8s.io', 'v1', 100, 'False')] })
    const response = await other.api.request('GET', '/apis', { headers: { accept: AGGREGATED } })
    const { items } = await response.json<{ items: { versions: unknown[] }[] }>()
    expect(items.at(-1)?.versions).toEqual([{ version: 'v1', freshness: 'Stale' }])
  })
})

it('documents have other servers’ groups in whatever form they are asked for', async () => {
  const { api } = aWorld()
  const yaml = await api.request('GET', '/apis', { headers: { accept: 'application/yaml' } })
  expect([yaml.headers.get('content-type'), await yaml.text()]).toEqual([
    'application/yaml', expect.stringContaining('name: metrics.k8s.io'),
  ])
  const accept = 'application/vnd.kubernetes.protobuf'
  const groups = await api.request('GET', '/apis', { headers: { accept } })
  expect([groups.headers.get('content-type'), await groups.text()]).toEqual([
    accept, expect.stringContaining('metrics.k8s.io/v1'),
  ])
  const openApi = await api.request('GET', '/openapi/v2', { headers: { accept: OPENAPI_PROTOBUF } })
  expect(openApi.headers.get('content-type')).toBe(OPENAPI_PROTOBUF)
  const text = await openApi.text()
  for (const name of ['/api/v1/pods', '/apis/metrics.k8s.io/v1/pods', 'io.k8s.metrics.PodMetrics']) {
    expect(text).toContain(name)
  }
})

it('no document is there of an API that is down, and a group that is only theirs is not cached', async () => {
  const { api } = aWorld({ services: [anApiService('metrics.k8s.io', 'v1', 100, 'False')] })
  const answer = await api.request('GET', '/openapi/v3/apis/metrics.k8s.io/v1')
  expect([answer.status, await answer.text()]).toEqual([404, ''])
  const group = await api.request('GET', '/apis/metrics.k8s.io')
  expect([group.status, group.headers.get('cache-control')]).toEqual([200, 'no-cache, private'])
})

it('OpenAPI has the paths of other servers’ groups, and what of theirs we do not have', async () => {
  const { api } = aWorld()
  expect((await api.json('GET', '/openapi/v3')).body).toEqual({
    paths: {
      'api/v1': {},
      'apis/metrics.k8s.io/v1': { serverRelativeURL: '/openapi/v3/apis/metrics.k8s.io/v1?hash=A' },
    },
  })
  expect((await api.json('GET', '/openapi/v2')).body).toEqual({
    paths: { '/api/v1/pods': {}, '/apis/metrics.k8s.io/v1/pods': { get: {} } },
    definitions: {
      'io.k8s.metrics.PodMetrics': { type: 'object' }, 'io.k8s.api.core.v1.Pod': {},
      'io.k8s.api.core.v1.Pod_v2': { type: 'theirs' },
    },
  })
})
