/**
 * Requests as Go clients send them, header for header, and what they must be answered: client-go's typed, dynamic,
 * metadata and scale clients (rest/request.go, metadata/metadata.go, dynamic/simple.go), reflectors with and without
 * watch-list (tools/cache/reflector.go), leader election, and controller-runtime's clients on top of them.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../../support/api.ts'
import { itemNames, testApi } from '../../support/api.ts'
import { EventReader, say } from '../../support/watch-events.ts'
import { FrameReader, PROTOBUF, readProtobuf, writeProtobuf } from '../wire/protobuf-client.ts'

const TEAM = '/api/v1/namespaces/team'
const CONFIG_MAPS = `${TEAM}/configmaps`
const DEPLOYMENTS = '/apis/apps/v1/namespaces/team/deployments'
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/team/leases'

/** What each client accepts. */
const TYPED = `${PROTOBUF},application/json`
const TYPED_WITHOUT_ALTERNATIVE = `${PROTOBUF}, */*`
const JSON_CLIENT = 'application/json, */*'
const DYNAMIC = 'application/json'
const metadataOf = (shape: string): string =>
  `${PROTOBUF};as=${shape};g=meta.k8s.io;v=v1,application/json;as=${shape};g=meta.k8s.io;v=v1,application/json`

const REFLECTOR_LIST = 'limit=500&resourceVersion=0'
const REFLECTOR_WATCH = 'allowWatchBookmarks=true&resourceVersion=1&timeoutSeconds=431&watch=true'
const WATCH_LIST =
  'allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=431&watch=true'

let api: TestApi
const open: { close(): Promise<void> }[] = []

beforeEach(async () => {
  api = testApi('team')
  for (const name of ['a', 'b']) await api.json('POST', CONFIG_MAPS, { body: { metadata: { name }, data: { name } } })
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((reader) => reader.close()))
})

interface Answer {
  readonly code: number
  readonly contentType: string | null
  readonly body: Json
}

async function read(response: Response): Promise<Answer> {
  const contentType = response.headers.get('content-type')
  const bytes = new Uint8Array(await response.arrayBuffer())
  const isProtobuf = contentType === PROTOBUF
  const body = isProtobuf ? readProtobuf(bytes) : (JSON.parse(new TextDecoder().decode(bytes)) as Json)
  return { code: response.status, contentType, body }
}

const send = async (method: string, path: string, accept: string, sent: Parameters<TestApi['request']>[2] = {}) =>
  read(await api.request(method, path, { ...sent, headers: { accept, 'user-agent': 'app/v0.1.0', ...sent.headers } }))

const inProtobuf = (object: { apiVersion: string; kind: string }): Parameters<TestApi['request']>[2] => ({
  bytes: writeProtobuf(object),
  headers: { 'content-type': PROTOBUF },
})

const names = ({ body }: Answer): unknown[] => itemNames(body)

describe('what a client accepts', () => {
  it.each([
    ['a typed client', TYPED, PROTOBUF, 'ConfigMap'],
    ['a typed client that names no alternative', TYPED_WITHOUT_ALTERNATIVE, PROTOBUF, 'ConfigMap'],
    ['a typed client of JSON', JSON_CLIENT, 'application/json', 'ConfigMap'],
    ['the dynamic client', DYNAMIC, 'application/json', 'ConfigMap'],
    ['the metadata client', metadataOf('PartialObjectMetadata'), PROTOBUF, 'PartialObjectMetadata'],
  ])('%s gets an object', async (_client, accept, contentType, kind) => {
    const answer = await send('GET', `${CONFIG_MAPS}/a`, accept)
    expect([answer.code, answer.contentType, answer.body['kind']]).toEqual([200, contentType, kind])
    expect(answer.body['metadata']?.['name']).toBe('a')
  })

  it.each([
    ['a typed client', TYPED, PROTOBUF, 'ConfigMapList'],
    ['the dynamic client', DYNAMIC, 'application/json', 'ConfigMapList'],
    ['the metadata client', metadataOf('PartialObjectMetadataList'), PROTOBUF, 'PartialObjectMetadataList'],
  ])('the list of a reflector of %s', async (_client, accept, contentType, kind) => {
    const answer = await send('GET', `${CONFIG_MAPS}?${REFLECTOR_LIST}`, accept)
    expect([answer.code, answer.contentType, answer.body['kind']]).toEqual([200, contentType, kind])
    expect([names(answer), answer.body['metadata']?.['resourceVersion']]).toEqual([['a', 'b'], '2'])
  })

  it.each([
    ['a typed client', TYPED, 'ConfigMap'],
    ['the metadata client', metadataOf('PartialObjectMetadata'), 'PartialObjectMetadata'],
  ])('watches of a reflector of %s', async (_client, accept, kind) => {
    for (const [query, want] of [
      [REFLECTOR_WATCH, ['ADDED b', 'DELETED a']],
      [WATCH_LIST, ['ADDED b', 'BOOKMARK 3', 'DELETED b']],
    ] as const) {
      const response = await api.request('GET', `${CONFIG_MAPS}?${query}`, { headers: { accept } })
      expect([response.status, response.headers.get('content-type')]).toEqual([200, `${PROTOBUF};stream=watch`])
      const reader = new FrameReader(response)
      open.push(reader)
      const gone = query === REFLECTOR_WATCH ? 'a' : 'b'
      await api.json('DELETE', `${CONFIG_MAPS}/${gone}`)
      const events = await reader.take(want.length)
      expect(events.map(say)).toEqual(want)
      expect(new Set(events.map(({ object }) => object['kind']))).toEqual(new Set([kind]))
    }
  })

  it('the watch of the dynamic client', async () => {
    const response = await api.request('GET', `${CONFIG_MAPS}?${REFLECTOR_WATCH}`, { headers: { accept: DYNAMIC } })
    expect(response.headers.get('content-type')).toBe('application/json')
    const reader = new EventReader(response)
    open.push(reader)
    expect((await reader.take(1)).map(say)).toEqual(['ADDED b'])
  })
})

describe('a typed client', () => {
  it('patches in JSON and reads protobuf', async () => {
    const answer = await send('PATCH', `${CONFIG_MAPS}/a`, TYPED, {
      body: { data: { more: 'x' } },
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
    })
    expect([answer.code, answer.contentType, answer.body['data']]).toEqual([200, PROTOBUF, { name: 'a', more: 'x' }])
  })

  it('deletes with DeleteOptions of the kind’s group, and many of them', async () => {
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' }
    const one = await send('DELETE', `${CONFIG_MAPS}/a`, TYPED, inProtobuf(options))
    expect([one.code, one.body['kind'], one.body['status']]).toEqual([200, 'Status', 'Success'])
    const many = await send('DELETE', CONFIG_MAPS, TYPED, inProtobuf(options))
    expect([many.code, many.body['kind'], names(many)]).toEqual([200, 'ConfigMapList', ['b']])
  })

  it('holds a lease for its election: micro times come back to the digit', async () => {
    const spec = {
      holderIdentity: 'one',
      leaseDurationSeconds: 15,
      acquireTime: '2026-11-26T12:00:00.123456Z',
      renewTime: '2026-11-26T12:00:02.000001Z',
      leaseTransitions: 0,
    }
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec }
    const created = await send('POST', LEASES, TYPED, inProtobuf(lease))
    expect([created.code, created.body['spec']]).toEqual([201, spec])
    const renewed = { ...created.body, spec: { ...spec, renewTime: '2026-11-26T12:00:04.500000Z' } }
    const updated = await send('PUT', `${LEASES}/l`, TYPED, inProtobuf(renewed as never))
    expect(updated.body['spec']).toEqual(renewed.spec)
    const stale = await send('PUT', `${LEASES}/l`, TYPED, inProtobuf(renewed as never))
    expect([stale.code, stale.contentType, stale.body['reason']]).toEqual([409, PROTOBUF, 'Conflict'])
  })

  it('records events', async () => {
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e.1', namespace: 'team' },
      involvedObject: { kind: 'ConfigMap', namespace: 'team', name: 'a', apiVersion: 'v1' },
      reason: 'Seen',
      message: 'a was seen',
      source: { component: 'app' },
      firstTimestamp: '2026-11-26T12:00:00Z',
      lastTimestamp: '2026-11-26T12:00:00Z',
      count: 1,
      type: 'Normal',
    }
    const answer = await send('POST', `${TEAM}/events`, TYPED, inProtobuf(event))
    expect(answer.code).toBe(201)
    const { metadata: _metadata, ...rest } = event
    expect(answer.body).toMatchObject(rest)
  })

  it('scales by the scale client, which speaks JSON only', async () => {
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template }
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec }
    expect((await send('POST', DEPLOYMENTS, TYPED, inProtobuf(deployment))).code).toBe(201)
    const scaled = await send('PATCH', `${DEPLOYMENTS}/d/scale`, JSON_CLIENT, {
      body: { spec: { replicas: 3 } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect([scaled.code, scaled.contentType, scaled.body['spec']]).toEqual([200, 'application/json', { replicas: 3 }])
  })
})

describe('an object that is not there', () => {
  it.each([
    ['a typed client', TYPED, PROTOBUF],
    ['the dynamic client', DYNAMIC, 'application/json'],
    // Of its alternatives the last has a form that a Status can have.
    ['the metadata client', metadataOf('PartialObjectMetadata'), 'application/json'],
  ])('is a Status that %s can read', async (_client, accept, contentType) => {
    const answer = await send('GET', `${CONFIG_MAPS}/none`, accept)
    expect([answer.code, answer.contentType, answer.body['reason']]).toEqual([404, contentType, 'NotFound'])
  })
})
