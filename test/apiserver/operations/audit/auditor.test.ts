/** Audit events of requests over HTTP: stages, levels, annotations and bodies, as upstream's. */
import { describe, expect, it, vi } from 'vitest'
import { configMap } from '../../../../src/apis/core/config-map/config-map.ts'
import type { AnyObject } from '../../../../src/apimachinery/meta.ts'
import { LocalClient } from '../../../../src/apiserver/local-client.ts'
import { Auditor } from '../../../../src/apiserver/operations/audit/auditor.ts'
import type { AuditPolicy, Level } from '../../../../src/apiserver/operations/audit/policy.ts'
import { ApiMetrics } from '../../../../src/apiserver/operations/metrics/api-metrics.ts'
import { parseRequest } from '../../../../src/apiserver/request-info.ts'
import { ManualClock } from '../../../../src/lib/clock.ts'
import { MetricRegistry } from '../../../../src/lib/metrics.ts'
import { SteppedClock } from '../../../support/stepped-clock.ts'
import { ADMIN, testApi } from '../../../support/api.ts'

const PATH = '/api/v1/namespaces/team/configmaps'
const managedFields = [{ manager: 'me', operation: 'Update', apiVersion: 'v1' }]
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } }

/** Nobody looks at its signature here. */
const TOKEN = `${['{}', '{"jti":"0f8d"}'].map(btoa).join('.').replaceAll('=', '')}.`

type Event = Readonly<Record<string, unknown>>

function aWorld(policy: AuditPolicy | Level, isTold: (event: string) => boolean = () => true) {
  const metrics = new ApiMetrics(new MetricRegistry())
  const events: Event[] = []
  const clock: ManualClock = new SteppedClock()
  const audit = new Auditor({
    policy: typeof policy === 'string' ? { rules: [{ level: policy }], omitStages: ['RequestReceived'] } : policy,
    clock,
    metrics: metrics.audit,
    annotations: {},
    isAwaited: false,
    send: (event) => events.push(JSON.parse(event) as Event) > 0 && isTold(event),
  })
  const issueToken = (_: unknown, request: AnyObject) => Promise.resolve({ ...request, status: { token: TOKEN } })
  const api = testApi('team', { clock, ports: { operations: { metrics, audit } }, calls: { issueToken } })
  const counted = (name: string): Record<string, number> => {
    const found = metrics.registry.snapshots().find((one) => one.name === `apiserver_audit_${name}`)
    return Object.fromEntries((found?.series ?? []).map(({ labels, value }) => [labels.join(' '), value]))
  }
  const until = (count: number) => vi.waitFor(() => expect(events).toHaveLength(count))
  return { api, events, counted, until }
}

describe('what cannot be told', () => {
  it('at its arrival is refused, and nothing is done', async () => {
    const { api, events, counted } = aWorld({ rules: [{ level: 'Request' }] }, (event) => !event.includes('"create"'))
    const refused = await api.request('POST', PATH, { body: map, headers: { 'audit-id': 'mine' } })
    expect([refused.status, refused.headers.get('audit-id'), refused.headers.get('content-type')]).toEqual([
      500, 'mine', 'text/plain; charset=utf-8',
    ])
    expect(await refused.text()).toBe(`Internal Server Error: "${PATH}": failed to store audit event\n`)
    expect(events.map(({ stage }) => stage)).toEqual(['RequestReceived'])
    expect((await api.request('GET', `${PATH}/a`)).status).toBe(404)
    expect(counted('requests_rejected_total')).toEqual({ '': 1 })
  })

  it('later is lost', async () => {
    const { api, counted } = aWorld({ rules: [{ level: 'Request' }] }, (event) => event.includes('"RequestReceived"'))
    expect((await api.request('POST', PATH, { body: map })).status).toBe(201)
    expect(counted('requests_rejected_total')).toEqual({ '': 0 })
  })
})

describe('what is told of an answer', () => {
  const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }

  it('is its code alone where its error is in no form that was asked for', async () => {
    const { api, events, until } = aWorld('RequestResponse')
    await api.request('GET', `${PATH}/none`, { headers: TABLE })
    await api.request('GET', `${PATH}/none`)
    await until(2)
    const [inTable, plain] = events
    expect([inTable?.['responseStatus'], inTable?.['responseObject']]).toEqual([{ metadata: {}, code: 404 }, undefined])
    expect(plain?.['responseStatus']).toMatchObject({ reason: 'NotFound', code: 404 })
    expect(plain?.['responseObject']).toMatchObject({ kind: 'Status', code: 404 })
  })

  it('is whole where it was in protobuf, which leaves out what says nothing', async () => {
    const { api, events, until } = aWorld('RequestResponse')
    const headers = { accept: 'application/vnd.kubernetes.protobuf' }
    const sets = '/apis/apps/v1/namespaces/team/replicasets'
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const spec = { replicas: 0, selector: { matchLabels: { a: 'b' } }, template }
    await api.request('POST', sets, { body: { metadata: { name: 'r' }, spec }, headers })
    await api.request('GET', sets, { headers })
    await api.request('GET', PATH, { headers })
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
    await api.json('POST', '/api/v1/namespaces/team/serviceaccounts', { body: { metadata: { name: 's' } } })
    await api.request('POST', '/api/v1/namespaces/team/serviceaccounts/s/token', { body: request, headers })
    await until(5)
    const [made, listed, none, , token] = events.map(({ responseObject }) => responseObject)
    expect(made).toMatchObject({ kind: 'ReplicaSet', status: { replicas: 0 } })
    const items = [{ metadata: { name: 'r' }, status: { replicas: 0 } }]
    expect(listed).toMatchObject({ kind: 'ReplicaSetList', items })
    expect(none).toEqual({
      kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: expect.any(String) }, items: [],
    })
    expect(token).toMatchObject({ kind: 'TokenRequest', spec: { boundObjectRef: null } })
  })

  it('is the whole refusal of what is no resource, and nothing of its text', async () => {
    const { api, events, until } = aWorld('RequestResponse')
    await api.request('GET', '/healthz', { user: { username: 'joe', groups: [] } })
    await api.request('GET', '/healthz')
    await until(2)
    const [refused, well] = events
    expect(refused?.['responseObject']).toMatchObject({ kind: 'Status', reason: 'Forbidden' })
    expect(well?.['responseObject']).toBe(undefined)
  })

  it('and of the request is text that means nothing to HTML, and options of a deletion whatever they call themselves', async () => {
    const texts: string[] = []
    const { api, until } = aWorld('Request', (event) => texts.push(event) > 0)
    await api.request('DELETE', `${PATH}/none?a=<&b=>`, { body: { gracePeriodSeconds: 0 } })
    await until(1)
    expect(texts[0]).toContain(`${PATH}/none?a=%3C\\u0026b=%3E"`)
    expect(texts[0]).toContain(
      '"requestObject":{"gracePeriodSeconds":0,"kind":"DeleteOptions","apiVersion":"meta.k8s.io/__internal"}',
    )
  })

  it('says that it is deprecated only where it came to that', async () => {
    const { api, events, until } = aWorld('Metadata')
    const endpoints = '/api/v1/namespaces/team/endpoints'
    await api.request('GET', endpoints)
    await api.request('GET', endpoints, { headers: { accept: 'image/png' } })
    await api.request('PATCH', `${endpoints}/e`, { body: {}, headers: { 'content-type': 'application/json' } })
    await (await api.request('GET', `${endpoints}?watch=1&timeoutSeconds=-1`)).text()
    await until(5)
    // Of a watch once it is over.
    expect(events.map(({ annotations }) => (annotations as Record<string, string>)['k8s.io/deprecated'])).toEqual([
      'true', undefined, undefined, undefined, 'true',
    ])
  })
})

describe('at level Metadata', () => {
  it('an event has who, what, whence and what came of it', async () => {
    const { api, events, until } = aWorld('Metadata')
    const headers = {
      'audit-id': 'mine', 'user-agent': 'kubectl/v1.36', 'x-workernetes-source': '10.0.0.1', 'x-forwarded-for': '9.9.9.9',
    }
    await api.request('POST', `${PATH}?fieldManager=me`, { body: map, headers })
    await until(1)
    expect(events).toEqual([
      {
        kind: 'Event',
        apiVersion: 'audit.k8s.io/v1',
        level: 'Metadata',
        auditID: 'mine',
        stage: 'ResponseComplete',
        requestURI: `${PATH}?fieldManager=me`,
        verb: 'create',
        user: { username: 'admin', groups: ['system:masters'] },
        sourceIPs: ['9.9.9.9', '10.0.0.1'],
        userAgent: 'kubectl/v1.36',
        objectRef: { resource: 'configmaps', namespace: 'team', name: 'a', apiVersion: 'v1' },
        responseStatus: { metadata: {}, code: 201 },
        requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
        stageTimestamp: '2026-01-01T00:00:00.000000Z',
        annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
      },
    ])
    expect(Object.keys(events[0] ?? {})).toEqual([
      'kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb', 'user', 'sourceIPs', 'userAgent',
      'objectRef', 'responseStatus', 'requestReceivedTimestamp', 'stageTimestamp', 'annotations',
    ])
  })

  it('a refusal has its Status, and why it was forbidden', async () => {
    const { api, events, until } = aWorld('Metadata')
    await api.request('GET', `${PATH}/a`, { user: { username: 'joe', uid: 'u', groups: [], extra: { k: ['v'] } } })
    await until(1)
    expect(events[0]).toMatchObject({
      user: { username: 'joe', uid: 'u', extra: { k: ['v'] } },
      responseStatus: {
        metadata: {}, status: 'Failure', reason: 'Forbidden', code: 403, details: { name: 'a', kind: 'configmaps' },
      },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    })
  })

  it('a deletion has the Status that it answered', async () => {
    const { api, events, until } = aWorld({ rules: [{ level: 'Metadata', verbs: ['delete'] }] })
    await api.request('POST', PATH, { body: map })
    const response = await api.request('DELETE', `${PATH}/a`)
    expect(await response.json()).toMatchObject({ status: 'Success' })
    await until(2)
    expect(events.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete'])
    expect(events[1]).toMatchObject({ responseStatus: { status: 'Success', code: 200, details: { name: 'a' } } })
    expect(events[1]).not.toHaveProperty('responseObject')
  })

  // k8s.io/apiserver pkg/endpoints/request/requestinfo.go
  it('a list of one name is of that object, by rules of names as well', async () => {
    const named = { group: '', resources: ['configmaps'], resourceNames: ['a'] }
    const { api, events, until } = aWorld({
      rules: [{ level: 'RequestResponse', resources: [named] }, { level: 'Metadata' }], omitStages: ['RequestReceived'],
    })
    await api.request('GET', `${PATH}?fieldSelector=metadata.name%3Da`)
    await api.request('GET', `${PATH}?fieldSelector=metadata.name%3Db`)
    await until(2)
    const told = events.map(({ level, objectRef }) => [level, (objectRef as { name?: string }).name])
    expect(told).toEqual([['RequestResponse', 'a'], ['Metadata', 'b']])
  })

  it('who acts as somebody else is named with both', async () => {
    const { api, events, until } = aWorld('Metadata')
    await api.request('GET', PATH, { headers: { 'impersonate-user': 'joe' } })
    await until(1)
    expect(events[0]).toMatchObject({
      user: { username: ADMIN.username },
      impersonatedUser: { username: 'joe', groups: ['system:authenticated'] },
      authenticationMetadata: { impersonationConstraint: 'impersonate:user-info' },
      responseStatus: { code: 403 },
    })
  })
})

describe('bodies', () => {
  const withManaged = { ...map, metadata: { name: 'a', managedFields } }

  it('of requests are recorded at level Request, as JSON', async () => {
    const { api, events, until } = aWorld('Request')
    const yaml = { 'content-type': 'application/yaml' }
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n'
    await api.request('POST', PATH, { body, headers: yaml })
    const json = { 'content-type': 'application/json-patch+json' }
    await api.request('PATCH', `${PATH}/a`, { body: [{ op: 'remove', path: '/data' }], headers: json })
    await until(2)
    expect(events.map(({ requestObject }) => requestObject)).toEqual([map, [{ op: 'remove', path: '/data' }]])
    for (const event of events) expect(event).not.toHaveProperty('responseObject')
  })

  it('of answers are recorded at level RequestResponse, lists and refusals as well', async () => {
    const { api, events, until } = aWorld('RequestResponse')
    await api.request('POST', PATH, { body: map })
    await api.request('GET', PATH, { headers: { accept: 'application/yaml' } })
    await api.request('GET', `${PATH}/none`)
    await until(3)
    expect(events.map(({ responseObject }) => (responseObject as Event)['kind'])).toEqual([
      'ConfigMap', 'ConfigMapList', 'Status',
    ])
    expect(events[2]).toMatchObject({ responseStatus: { reason: 'NotFound', code: 404 } })
  })

  it('come without managed fields where those are not wanted', async () => {
    const rules = [{ level: 'RequestResponse' as const }]
    const { api, events, until } = aWorld({ rules, omitManagedFields: true, omitStages: ['RequestReceived'] })
    await api.request('POST', PATH, { body: withManaged })
    await api.request('GET', PATH)
    await until(2)
    expect(JSON.stringify(events)).not.toContain('managedFields')
  })

  it('are what was understood of them: filled in, without what is unknown, and as they were before admission', async () => {
    const { api, events, until } = aWorld('Request')
    const container = { name: 'c', image: 'i', nonsense: 1 }
    await api.request('POST', '/api/v1/namespaces/team/pods', {
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [container] } },
    })
    await api.request('POST', `${PATH}?fieldValidation=Strict`, { body: { ...map, nonsense: 1 } })
    await until(2)
    const { spec } = (events[0] ?? {})['requestObject'] as { spec: { containers: object[] } }
    expect(spec).toMatchObject({ restartPolicy: 'Always', containers: [{ imagePullPolicy: 'Always' }] })
    expect(spec.containers[0]).not.toHaveProperty('nonsense')
    // Admission adds the tolerations and the priority.
    expect(spec).not.toHaveProperty('tolerations')
    expect(spec).not.toHaveProperty('priority')
    expect(events[1]).toMatchObject({ responseStatus: { code: 400 } })
    expect(events[1]).not.toHaveProperty('requestObject')
  })

  it('of deletions are options of the inner version, as upstream prints them', async () => {
    const { api, events, until } = aWorld({
      rules: [{ level: 'Request', verbs: ['delete'] }], omitStages: ['RequestReceived'],
    })
    await api.request('POST', PATH, { body: map })
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Orphan' }
    await api.request('DELETE', `${PATH}/a`, { body })
    await until(1)
    expect(events[0]?.['requestObject']).toEqual({ ...body, apiVersion: 'meta.k8s.io/__internal' })
  })

  it('that nobody has read are not recorded', async () => {
    const { api, events, until } = aWorld('Request')
    await api.request('POST', PATH, { body: map, user: { username: 'joe', groups: [] } })
    await until(1)
    expect(events[0]).not.toHaveProperty('requestObject')
  })
})

describe('writes of our own actors', () => {
  const user = { username: 'system:serviceaccount:kube-system:job-controller', groups: [] }

  it('have the events of the requests that they would be', async () => {
    const { api, events, until } = aWorld('RequestResponse')
    const client = new LocalClient(api.scope.host, { ...user, groups: ['system:masters'] }, 'job-controller')
    await client.create(configMap, { ...map, metadata: { name: 'a', namespace: 'team' } })
    await client.patch(configMap, { namespace: 'team', name: 'a' }, 'merge', { data: { k: 'w' } })
    await client.delete(configMap, { namespace: 'team', name: 'a' }, { propagationPolicy: 'Background' })
    await until(3)
    expect(events.map(({ verb, requestURI }) => [verb, requestURI])).toEqual([
      ['create', PATH],
      ['patch', `${PATH}/a`],
      ['delete', `${PATH}/a`],
    ])
    expect(events[0]).toMatchObject({
      stage: 'ResponseComplete',
      user: { username: user.username },
      userAgent: 'job-controller',
      objectRef: { resource: 'configmaps', namespace: 'team', name: 'a', apiVersion: 'v1' },
      requestObject: { metadata: { name: 'a' } },
      responseStatus: { code: 201 },
      responseObject: { kind: 'ConfigMap', metadata: { name: 'a' } },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    })
    expect(events[1]).toMatchObject({ requestObject: { data: { k: 'w' } }, responseObject: { data: { k: 'w' } } })
    expect(events[2]).toMatchObject(
      { requestObject: { propagationPolicy: 'Background' }, responseStatus: { code: 200 } },
    )
  })

  it('say so when they are refused, and follow the policy', async () => {
    const { api, events, until } = aWorld({ rules: [{ level: 'None', verbs: ['delete'] }, { level: 'Metadata' }] })
    const client = new LocalClient(api.scope.host, user, 'job-controller')
    const target = { namespace: 'team', name: 'a' }
    await expect(client.delete(configMap, target)).rejects.toThrow('forbidden')
    await expect(client.patch(configMap, target, 'merge', {})).rejects.toThrow('forbidden')
    await until(2)
    expect(events.map(({ stage, verb }) => [stage, verb])).toEqual([
      ['RequestReceived', 'patch'],
      ['ResponseComplete', 'patch'],
    ])
    expect(events[1]).toMatchObject({
      responseStatus: { reason: 'Forbidden', code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    })
  })
})

it('a watch has an event when it begins and one when it ends', async () => {
  const { api, events, until } = aWorld('RequestResponse')
  const watch = await api.request('GET', `${PATH}?watch=true`)
  await until(1)
  expect(events[0]).toMatchObject({ stage: 'ResponseStarted', verb: 'watch', responseStatus: { code: 200 } })
  await watch.body?.cancel()
  await until(2)
  expect(events[1]).toMatchObject({ stage: 'ResponseComplete', verb: 'watch' })
})

it('a stream that is refused has the Status in both of its events', async () => {
  const { api, events, until } = aWorld('RequestResponse')
  await api.request('GET', '/api/v1/namespaces/team/pods/none/exec?command=ls')
  await until(2)
  expect(events.map(({ stage }) => stage)).toEqual(['ResponseStarted', 'ResponseComplete'])
  for (const event of events) {
    expect(event).toMatchObject({
      responseStatus: { reason: 'NotFound', code: 404 },
      responseObject: { kind: 'Status', apiVersion: 'v1', reason: 'NotFound' },
    })
  }
})

it('a token that is issued is named by its ID', async () => {
  const { api, events, until } = aWorld('Metadata')
  const accounts = '/api/v1/namespaces/team/serviceaccounts'
  await api.request('POST', accounts, { body: { metadata: { name: 'sa' } } })
  const issued = await api.request('POST', `${accounts}/sa/token`, { body: { spec: {} } })
  expect(issued.status).toBe(201)
  await until(2)
  const annotations = events[1]?.['annotations'] as Record<string, string>
  expect(annotations['authentication.kubernetes.io/issued-credential-id']).toBe('JTI=0f8d')
})

it('what takes long says how long, and how long it had waited', async () => {
  const metrics = new ApiMetrics(new MetricRegistry())
  const events: Event[] = []
  const clock = new ManualClock()
  const audit = new Auditor({
    policy: { rules: [{ level: 'Metadata' }] },
    clock, metrics: metrics.audit, annotations: {},
    isAwaited: false,
    send: (event) => events.push(JSON.parse(event) as Event) > 0,
  })
  const request = new Request(`https://scope${PATH}`)
  const arrival = { request, url: new URL(request.url), startedMs: clock.now(), auditId: 'a', sourceIps: [] }
  const info = parseRequest('GET', PATH, new URLSearchParams())
  const trail = audit.begin({ ...arrival, info, waitedMs: 250 }, ADMIN)
  clock.advance(1_500)
  await trail?.answered(new Response('{}'), { isTold: true })
  expect(events.at(-1)).toMatchObject({
    annotations: { 'apiserver.latency.k8s.io/total': '1.5s', 'apiserver.latency.k8s.io/apf-queue-wait': '250ms' },
  })
})

it('what the policy does not want costs nothing but a count', async () => {
  const { api, events, counted } = aWorld('None')
  await api.request('GET', PATH)
  expect(events).toEqual([])
  expect([counted('level_total'), counted('event_total')]).toEqual([{ None: 1 }, { '': 0 }])
})
