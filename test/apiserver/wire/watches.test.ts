/** Watches in protobuf, as reflectors of built-in clients open them: frames, bookmarks, errors, metadata only. */
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import { frameSplitter } from '../../../src/objects/worker/watch-socket.ts'
import type { TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import { FrameReader, PROTOBUF } from './protobuf-client.ts'
import { EventReader, say } from '../../support/watch-events.ts'

const CONFIG_MAPS = '/api/v1/namespaces/team/configmaps'
const META = 'g=meta.k8s.io;v=v1'
const REFLECTOR = `${PROTOBUF};stream=watch,application/json;stream=watch`

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((reader) => reader.close()))
})

async function watch(api: TestApi, query: string, accept = REFLECTOR): Promise<FrameReader> {
  const response = await api.request('GET', `${CONFIG_MAPS}?watch=true&${query}`, { headers: { accept } })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, `${PROTOBUF};stream=watch`])
  const reader = new FrameReader(response)
  open.push(reader)
  return reader
}

const make = (api: TestApi, name: string): Promise<unknown> =>
  api.json('POST', CONFIG_MAPS, { body: { metadata: { name, labels: { name } }, data: { name } } })

async function apiWithTwo(): Promise<TestApi> {
  const api = testApi('team')
  await make(api, 'a')
  await make(api, 'b')
  return api
}

describe('a watch', () => {
  it.each([REFLECTOR, PROTOBUF, `${PROTOBUF},application/json`, `${PROTOBUF};stream=watch`])(
    'sends frames to who accepts %s',
    async (accept) => {
      const api = await apiWithTwo()
      const reader = await watch(api, 'resourceVersion=1', accept)
      await api.json('PUT', `${CONFIG_MAPS}/b`, { body: { metadata: { name: 'b' }, data: { name: 'new' } } })
      await api.json('DELETE', `${CONFIG_MAPS}/a`)
      const events = await reader.take(3)
      expect(events.map(say)).toEqual(['ADDED b', 'MODIFIED b', 'DELETED a'])
      expect(events[1]?.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { name: 'new' } })
    },
  )

  it('says the same as one in JSON, whoever came first', async () => {
    const api = await apiWithTwo()
    const frames = await watch(api, 'resourceVersion=0')
    const lines = new EventReader(await api.request('GET', `${CONFIG_MAPS}?watch=1&resourceVersion=0`))
    open.push(lines)
    await make(api, 'c')
    expect(await frames.take(3)).toEqual(await lines.take(3))
  })

  it('selects, and shows what leaves the selection as deleted', async () => {
    const api = await apiWithTwo()
    const reader = await watch(api, 'resourceVersion=1&labelSelector=name=b')
    await api.json('PUT', `${CONFIG_MAPS}/b`, { body: { metadata: { name: 'b' } } })
    expect((await reader.take(2)).map(say)).toEqual(['ADDED b', 'DELETED b'])
  })

  it('streams the list first, to the bookmark that ends it', async () => {
    const api = await apiWithTwo()
    const streaming = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const events = await (await watch(api, streaming)).take(3)
    expect(events.map(say)).toEqual(['ADDED a', 'ADDED b', 'BOOKMARK 2'])
    expect(events[2]?.object).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { resourceVersion: '2', annotations: { 'k8s.io/initial-events-end': 'true' } },
    })
  })

  it('has its errors as frames of a Status', async () => {
    const api = await apiWithTwo()
    const reader = await watch(api, 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=99')
    expect(await reader.next()).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Timeout', code: 504 },
    })
    expect(await reader.next()).toBe(undefined)
  })

  it('gives metadata only, with bookmarks of that type', async () => {
    const api = await apiWithTwo()
    const as = `as=PartialObjectMetadata;${META}`
    const accept = `${PROTOBUF};${as};stream=watch,application/json;${as}`
    const streaming = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const events = await (await watch(api, streaming, accept)).take(3)
    expect(events.map(say)).toEqual(['ADDED a', 'ADDED b', 'BOOKMARK 2'])
    for (const { object } of events) {
      expect(object).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' })
      expect(object['data']).toBe(undefined)
    }
  })

  it.each([PROTOBUF, 'application/json'])('of lists (%s) ends where its first event would be', async (mediaType) => {
    const api = await apiWithTwo()
    const of = (query: string) =>
      api.request('GET', `${CONFIG_MAPS}?watch=1&${query}`, {
        headers: { accept: `${mediaType};as=PartialObjectMetadataList;${META}` },
      })
    const [initial, later] = [await of('resourceVersion=0'), await of('resourceVersion=2')]
    const streaming = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const marked = await of(`${streaming}&labelSelector=none%3Dthere`)
    const failed = await of('resourceVersion=99&sendInitialEvents=true&resourceVersionMatch=NotOlderThan')
    await api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'c' } } })
    for (const ended of [initial, later, marked]) expect([ended.status, await ended.text()]).toEqual([200, ''])
    expect(await failed.text()).toContain('Too large resource version: 99')
  })

  it('is refused in YAML, with what can be streamed', async () => {
    const api = await apiWithTwo()
    const response = await api.request('GET', `${CONFIG_MAPS}?watch=1`, { headers: { accept: 'application/yaml' } })
    expect(response.status).toBe(406)
    expect(await response.text()).toContain(
      `only the following media types are accepted: application/json;stream=watch,\n  ${PROTOBUF};stream=watch'\n`,
    )
  })

  it('that nothing happens to shows bookmarks, or nothing: a frame without an event would end the client', async () => {
    const clock = new ManualClock()
    const api = testApi('team', { clock })
    const silent = await watch(api, 'resourceVersion=1&timeoutSeconds=600')
    const marked = await watch(api, 'resourceVersion=1&allowWatchBookmarks=true')
    clock.advance(61_000)
    expect((await marked.next())?.type).toBe('BOOKMARK')
    clock.advance(600_000)
    expect(await silent.next()).toBe(undefined)
  })
})

describe('frames', () => {
  it('are told apart however they come', () => {
    const frame = (text: string): number[] => [0, 0, 0, text.length, ...new TextEncoder().encode(text)]
    const bytes = [...frame('one'), ...frame(''), ...frame('three')]
    for (const size of [1, 2, 3, 5, 8, 100]) {
      const split = frameSplitter()
      const events: (string | Uint8Array)[] = []
      for (let at = 0; at < bytes.length; at += size) events.push(...split(new Uint8Array(bytes.slice(at, at + size))))
      expect(events.map((event) => new TextDecoder().decode(event as Uint8Array))).toEqual(['one', '', 'three'])
    }
  })
})
