/** What every answer carries, what is counted of a request, and its line in the request log. */
import { describe, expect, it } from 'vitest'
import { ApiMetrics } from '../../../src/apiserver/operations/metrics/api-metrics.ts'
import type { RequestLine } from '../../../src/apiserver/operations/request-log.ts'
import { MAX_BODY_BYTES } from '../../../src/apiserver/writing/body.ts'
import { MetricRegistry } from '../../../src/lib/metrics.ts'
import { ADMIN, testApi } from '../../support/api.ts'

const PATH = '/api/v1/namespaces/team/configmaps'
const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

function aWorld() {
  const metrics = new ApiMetrics(new MetricRegistry())
  const lines: RequestLine[] = []
  const api = testApi('team', { ports: { operations: { metrics, log: (line) => lines.push(line) } } })
  const counted = (name: string): Record<string, number> => {
    const found = metrics.registry.snapshots().find((one) => one.name === name)
    return Object.fromEntries((found?.series ?? []).map(({ labels, value }) => [labels.join(' '), value]))
  }
  const summed = (name: string): Record<string, number | undefined> => {
    const found = metrics.registry.snapshots().find((one) => one.name === name)
    return Object.fromEntries((found?.series ?? []).map(({ labels, sum }) => [labels.join(' '), sum]))
  }
  return { api, lines, counted, summed }
}

describe('an answer', () => {
  it('has the Audit-Id that the client gave, or one of its own, refusals as well', async () => {
    const { api } = aWorld()
    const given = await api.request('GET', `${PATH}/none`, { headers: { 'audit-id': 'mine' } })
    expect([given.status, given.headers.get('audit-id')]).toEqual([404, 'mine'])
    const made = await api.request('GET', PATH, { user: { username: 'joe', groups: [] } })
    expect([made.status, made.headers.get('audit-id')]).toEqual([403, expect.stringMatching(/^[\da-f-]{36}$/)])
  })
})

describe('requests', () => {
  it('are counted by verb, resource, scope and code, but for those that come to nothing served', async () => {
    const { api, counted } = aWorld()
    await api.request('POST', PATH, { body: map('a') })
    await api.request('POST', PATH, { body: map('a') })
    await api.request('POST', `${PATH}?dryRun=All`, { body: map('b') })
    await api.request('GET', PATH)
    await api.request('GET', '/api/v1/namespaces/team/nothings')
    await api.request('GET', PATH, { user: { username: 'joe', groups: [] } })
    const apply = { 'content-type': 'application/apply-patch+yaml' }
    await api.request('PATCH', `${PATH}/a?fieldManager=me`, { body: map('a'), headers: apply })
    const counts = counted('apiserver_request_total')
    const code = Object.keys(counts).find((key) => key.startsWith('APPLY'))?.split(' ').at(-1) ?? ''
    expect(counts).toEqual({
      'POST   v1 configmaps  resource apiserver 201': 1,
      'POST   v1 configmaps  resource apiserver 409': 1,
      'POST All  v1 configmaps  resource apiserver 201': 1,
      'LIST   v1 configmaps  namespace apiserver 200': 1,
      [`APPLY   v1 configmaps  resource apiserver ${code}`]: 1,
    })
    expect(counted('apiserver_request_duration_seconds')['POST   v1 configmaps  resource apiserver']).toBe(2)
    expect(counted('apiserver_request_sli_duration_seconds')['POST  v1 configmaps  resource apiserver']).toBe(2)
    expect(counted('authorization_attempts_total')).toEqual({ allowed: 6, 'no-opinion': 1 })
    expect(counted('apiserver_current_inflight_requests')).toEqual({ mutating: 0, readOnly: 0 })
  })

  it('to documents are counted where upstream counts them, and methods without a route are not', async () => {
    const { api, counted } = aWorld()
    for (const path of ['/readyz', '/livez/ping', '/api', '/version', '/openapi/v3', '/metrics', '/nothing']) {
      await api.request('GET', path)
    }
    await api.request('OPTIONS', PATH)
    await api.request('HEAD', PATH)
    // A form that no route has is not, either; one that nobody can make of the kind is.
    await api.request('GET', PATH, { headers: { accept: 'text/x' } })
    await api.request('GET', PATH, { headers: { accept: 'application/json;as=Foo;v=v1;g=x' } })
    // Nothing of what a cluster starts with is in this object.
    expect(counted('apiserver_request_total')).toEqual({
      'GET     /readyz   500': 1,
      'LIST   v1 configmaps  namespace apiserver 406': 1,
    })
  })

  it('have their sizes counted, and deprecated kinds named', async () => {
    const { api, counted } = aWorld()
    const body = JSON.stringify({ metadata: { name: 'a' }, subsets: [] })
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
    await api.request('POST', '/api/v1/namespaces/team/endpoints', { body, headers })
    await api.request('DELETE', '/api/v1/namespaces/team/endpoints/a')
    expect(counted('apiserver_request_body_size_bytes')).toEqual({ ' endpoints create': 1, ' endpoints delete': 1 })
    // The router has no route for such a patch.
    const unrouted = { body, headers: { 'content-type': 'application/json' } }
    expect((await api.request('PATCH', '/api/v1/namespaces/team/endpoints/a', unrouted)).status).toBe(415)
    expect(Object.keys(counted('apiserver_request_total')).filter((key) => key.startsWith('PATCH'))).toEqual([])
    expect(counted('apiserver_requested_deprecated_apis')).toEqual({ ' v1 endpoints  ': 1 })
  })

  it('have the bytes counted that were read of their bodies, whether or not they said how many', async () => {
    const { api, counted, summed } = aWorld()
    const text = JSON.stringify({ ...map('a'), data: { name: 'Zoë' } })
    const bytes = new TextEncoder().encode(text).length
    const streamed = { body: text, headers: { 'content-type': 'application/json' } }
    const said = { body: text, headers: { ...streamed.headers, 'content-length': String(bytes) } }
    await api.request('POST', PATH, streamed)
    await api.request('PUT', `${PATH}/a`, said)
    await api.request('POST', PATH, { ...streamed, body: '{' })
    await api.request('POST', PATH, { body: 'x'.repeat(MAX_BODY_BYTES + 1), headers: streamed.headers })
    await api.request('POST', PATH, { body: text, headers: { 'content-type': 'text/none' } })
    await api.request('DELETE', `${PATH}/a`)
    const name = 'apiserver_request_body_size_bytes'
    expect(summed(name)).toEqual({
      ' configmaps create': bytes + 1,
      ' configmaps update': bytes,
      ' configmaps delete': 0,
    })
    expect(counted(name)).toEqual({ ' configmaps create': 2, ' configmaps update': 1, ' configmaps delete': 1 })
  })

  it('that read have the sizes of their answers counted, refusals and streams as well', async () => {
    const { api, counted, summed } = aWorld()
    for (let index = 0; index < 4; index++) {
      await api.request('POST', PATH, { body: { ...map(`map-${String(index)}`), data: { x: 'x'.repeat(100_000) } } })
    }
    const lengths = { one: 0, refused: 0, page: 0, all: 0 }
    lengths.one = (await (await api.request('GET', `${PATH}/map-0`)).text()).length
    lengths.refused = (await (await api.request('GET', `${PATH}/none`)).text()).length
    lengths.page = (await (await api.request('GET', `${PATH}?limit=1`)).text()).length
    const stream = await api.request('GET', PATH)
    const name = 'apiserver_response_sizes'
    const [get, list] = ['GET  v1 configmaps  resource apiserver', 'LIST  v1 configmaps  namespace apiserver']
    expect(counted(name)).toEqual({ [get]: 2, [list]: 1 })
    lengths.all = (await stream.text()).length
    expect(counted(name)).toEqual({ [get]: 2, [list]: 2 })
    expect(summed(name)).toEqual({ [get]: lengths.one + lengths.refused, [list]: lengths.page + lengths.all })
    const zipped = await api.request('GET', PATH, { headers: { 'accept-encoding': 'gzip' } })
    expect((await zipped.arrayBuffer()).byteLength).toBeLessThan(lengths.all / 10)
    expect(summed(name)[list]).toBe(lengths.page + 2 * lengths.all)
    const unread = await api.request('GET', PATH)
    await unread.body?.cancel()
    expect(counted(name)[list]).toBe(4)
  })

  it('that watch are counted while they are open, and so are their events', async () => {
    const { api, counted, summed } = aWorld()
    const watch = await api.request('GET', `${PATH}?watch=true`)
    const reader = watch.body?.getReader()
    await api.request('POST', PATH, { body: map('a') })
    const { byteLength = 0 } = ((await reader?.read())?.value ?? {}) as { byteLength?: number }
    const sizes = 'apiserver_response_sizes'
    expect(counted(sizes)).toEqual({ 'WATCH  v1 configmaps  namespace apiserver': 0 })
    expect(counted('apiserver_longrunning_requests')).toEqual({ 'WATCH  v1 configmaps  namespace apiserver': 1 })
    expect(counted('apiserver_watch_events_total')).toEqual({ ' v1 configmaps': 1 })
    expect(counted('apiserver_watch_events_sizes')).toEqual({ ' v1 configmaps': 1 })
    expect(counted('apiserver_request_sli_duration_seconds')).toEqual({ 'POST  v1 configmaps  resource apiserver': 1 })
    await reader?.cancel()
    expect(counted('apiserver_longrunning_requests')).toEqual({ 'WATCH  v1 configmaps  namespace apiserver': 0 })
    expect(summed(sizes)).toEqual({ 'WATCH  v1 configmaps  namespace apiserver': byteLength })
  })

  it('that watch at the old address are not measured, which a selector that looks like it is not', async () => {
    const { api, counted } = aWorld()
    const label = 'WATCH  v1 configmaps  namespace apiserver'
    const old = await api.request('GET', PATH.replace('/api/v1/', '/api/v1/watch/'))
    await old.body?.cancel()
    expect(counted('apiserver_response_sizes')[label]).toBeUndefined()
    const watch = await api.request('GET', `${PATH}?watch=true&resourceVersion=0&fieldSelector=metadata.name!=/watch/`)
    await watch.body?.cancel()
    expect(counted('apiserver_response_sizes')[label]).toBe(1)
  })
})

/** Go's durations. */
const TIME = /^(?:0s|\d+ms)$/

describe('the request log', () => {
  it('has a line that says who asked for what, with which trace, and what came of it', async () => {
    const { api, lines } = aWorld()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const headers = { 'audit-id': 'mine', 'user-agent': 'kubectl/v1.36', traceparent, 'x-workernetes-source': '10.1.2.3' }
    await api.request('GET', `${PATH}/a?pretty=1`, { headers })
    expect(lines).toEqual([
      {
        ts: expect.any(String) as string,
        level: 'debug',
        msg: 'HTTP',
        verb: 'GET',
        URI: `${PATH}/a?pretty=1`,
        latency: expect.stringMatching(TIME) as string,
        stage: 'ResponseStarted',
        userAgent: 'kubectl/v1.36',
        'audit-ID': 'mine',
        srcIP: '10.1.2.3',
        user: ADMIN.username,
        objectRef: { resource: 'configmaps', namespace: 'team', name: 'a', apiVersion: 'v1' },
        apf_pl: 'exempt',
        apf_fs: 'exempt',
        apf_iseats: 1,
        apf_fseats: 0,
        apf_additionalLatency: '0s',
        apf_execution_time: expect.stringMatching(TIME) as string,
        traceID: '4bf92f3577b34da6a3ce929d0e0e4736',
        resp: 404,
      },
    ])
  })

  it('says who acts as whom, how much a watch takes, and nothing of seats that were not asked for', async () => {
    const { api, lines } = aWorld()
    await api.request('GET', PATH, { headers: { 'impersonate-user': 'ann' } })
    await (await api.request('GET', `${PATH}?watch=true`)).body?.cancel()
    await api.request('GET', '/api/v1/namespaces/team/pods/none/exec')
    const told = lines.map((line) => [line['verb'], line['addedInfo'], line['apf_init_latency'], line['apf_iseats']])
    expect(told).toEqual([
        ['LIST', 'admin[system:masters] is impersonating ann[system:authenticated]', undefined, 1],
        ['WATCH', undefined, expect.stringMatching(TIME), 1],
        ['CONNECT', undefined, undefined, undefined],
      ])
  })

  it('takes no trace from a header that is none', async () => {
    const { api, lines } = aWorld()
    await api.request('GET', PATH, { headers: { traceparent: '00-xyz' } })
    expect(lines[0]).not.toHaveProperty('traceID')
  })
})

describe('who comes in', () => {
  it('is counted by decision, impersonation by mode, and each step by how long it took', async () => {
    const { api, counted } = aWorld()
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/team'
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]
    await api.request('POST', `${rbac}/roles`, { body: { metadata: { name: 'r' }, rules } })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }
    const subjects = [{ kind: 'User', name: 'ann' }]
    await api.request('POST', `${rbac}/rolebindings`, { body: { metadata: { name: 'b' }, roleRef, subjects } })
    await api.request('GET', PATH)
    await api.request('GET', PATH, { user: { username: 'joe', groups: [] } })
    await api.request('GET', PATH, { headers: { 'impersonate-user': 'ann' } })
    await api.request('GET', PATH, { user: { username: 'joe', groups: [] }, headers: { 'impersonate-user': 'ann' } })
    await api.request('GET', PATH, { user: { username: 'ann', groups: [] } })
    expect(counted('authorization_duration_seconds')).toEqual({ allowed: 5, 'no-opinion': 1 })
    expect(counted('apiserver_authorization_decisions_total')).toEqual({ 'RBAC rbac allowed': 2 })
    expect(counted('apiserver_impersonation_attempts_total')).toEqual({ 'user-info allowed': 1, ' denied': 1 })
    expect(counted('apiserver_impersonation_authorization_attempts_total')).toEqual({
      'user-info allowed': 2, 'user-info denied': 1, 'legacy denied': 1,
    })
    expect(counted('apiserver_request_filter_duration_seconds')).toEqual({
      authentication: 0, audit: 7, constrainedimpersonation: 7, priorityandfairness: 6, authorization: 6,
    })
  })

  it('is admitted by plugins that are timed, whether they refuse or not', async () => {
    const { api, counted } = aWorld()
    await api.request('POST', PATH, { body: map('a') })
    await api.request('POST', '/api/v1/namespaces/team/pods', {
      body: { metadata: { name: 'a' }, spec: { priorityClassName: 'none', containers: [{ name: 'a', image: 'a' }] } },
    })
    const steps = counted('apiserver_admission_step_admission_duration_seconds')
    expect([steps['CREATE false admit'], steps['CREATE false validate'], steps['CREATE true admit']]).toEqual([1, 1, 1])
    const plugins = counted('apiserver_admission_controller_admission_duration_seconds')
    expect(plugins['NamespaceLifecycle CREATE false admit']).toBe(2)
    expect(Object.keys(plugins).filter((key) => key.includes(' true '))).toHaveLength(1)
  })

  it('finds the series of how fields are validated, which upstream never counts, and says how long the beginning of a watch took', async () => {
    const { api, counted } = aWorld()
    await api.request('POST', `${PATH}?fieldValidation=Strict`, { body: map('a') })
    await api.request('POST', `${PATH}?fieldValidation=None`, { body: map('b') })
    await api.request('GET', PATH)
    const initial = 'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan'
    const watch = await api.request('GET', `${PATH}?watch=true&${initial}`)
    const reader = watch.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(counted('field_validation_request_duration_seconds')).toEqual({ Strict: 0, invalid: 0, '': 0 })
    expect(counted('apiserver_watch_list_duration_seconds')).toEqual({ ' v1 configmaps namespace': 1 })
  })
})
