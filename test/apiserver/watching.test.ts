/**
 * Watches over HTTP: where they begin, what they send, what selectors make of it, when they end (k8s.io/apiserver
 * pkg/endpoints/handlers/watch.go, pkg/storage/cacher).
 */
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { TestApi } from '../support/api.ts'
import { testApi } from '../support/api.ts'
import type { WatchEvent } from '../support/watch-events.ts'
import { EventReader, say } from '../support/watch-events.ts'

const CONFIG_MAPS = '/api/v1/namespaces/team/configmaps'
const open: EventReader[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((reader) => reader.close()))
})

async function watch(api: TestApi, query: string, path = CONFIG_MAPS, accept?: string): Promise<EventReader> {
  const headers = accept === undefined ? {} : { accept }
  const response = await api.request('GET', `${path}?watch=1&${query}`, { headers })
  expect(response.status).toBe(200)
  const reader = new EventReader(response)
  open.push(reader)
  return reader
}

const put = (api: TestApi, name: string, labels: Record<string, string> = {}, a = ''): Promise<unknown> =>
  api.json('PUT', `${CONFIG_MAPS}/${name}`, { body: { metadata: { name, labels }, data: { a } } })
const make = (api: TestApi, name: string, labels: Record<string, string> = {}): Promise<unknown> =>
  api.json('POST', CONFIG_MAPS, { body: { metadata: { name, labels } } })
const remove = (api: TestApi, name: string): Promise<unknown> => api.json('DELETE', `${CONFIG_MAPS}/${name}`)

async function apiWithTwo(): Promise<TestApi> {
  const api = testApi('team')
  await make(api, 'a')
  await make(api, 'b')
  return api
}

const isInitialEnd = ({ object }: WatchEvent): boolean =>
  object['metadata']?.['annotations']?.['k8s.io/initial-events-end'] === ('true' as never)

describe('the beginning of a watch', () => {
  const bookmarked = 'allowWatchBookmarks=true'
  const streaming = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'

  it.each<[query: string, want: string[]]>([
    ['', ['ADDED a', 'ADDED b', 'ADDED c']],
    ['resourceVersion=0', ['ADDED a', 'ADDED b', 'ADDED c']],
    ['resourceVersion=1', ['ADDED b', 'ADDED c']],
    ['resourceVersion=2', ['ADDED c']],
    [`${streaming}&resourceVersion=1&${bookmarked}`, ['ADDED a', 'ADDED b', 'BOOKMARK 2', 'ADDED c']],
    [`${streaming}&${bookmarked}`, ['ADDED a', 'ADDED b', 'BOOKMARK 2', 'ADDED c']],
    [`${streaming}`, ['ADDED a', 'ADDED b', 'ADDED c']],
    [`resourceVersion=0&${bookmarked}`, ['ADDED a', 'ADDED b', 'BOOKMARK 2', 'ADDED c']],
    // Only the one digit is any state, which is said to have come; nought is one to begin from.
    [`resourceVersion=00&${bookmarked}`, ['ADDED a', 'ADDED b', 'ADDED c']],
    [`sendInitialEvents=false&resourceVersionMatch=NotOlderThan&${bookmarked}`, ['ADDED c']],
    [`sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=1`, ['ADDED b', 'ADDED c']],
  ])('of ?%s', async (query, want) => {
    const api = await apiWithTwo()
    const reader = await watch(api, query)
    await make(api, 'c')
    const events = await reader.take(want.length)
    expect(events.map(say)).toEqual(want)
    for (const event of events) expect(isInitialEnd(event)).toBe(event.type === 'BOOKMARK')
  })

  it('may be a revision from the future: what comes before it is not told', async () => {
    const api = await apiWithTwo()
    const { body } = await api.json('GET', CONFIG_MAPS)
    const now = Number(body['metadata']?.['resourceVersion'])
    const reader = await watch(api, `resourceVersion=${String(now + 2)}`)
    for (const name of ['c', 'd', 'e']) await make(api, name)
    expect((await reader.take(1)).map(say)).toEqual(['ADDED e'])
  })

  it('takes any word for yes but 0 and false', async () => {
    const api = await apiWithTwo()
    for (const value of ['', 'true', 'yes', '1']) {
      const response = await api.request('GET', `${CONFIG_MAPS}?watch=${value}`)
      expect((await new EventReader(response).take(1)).map(say)).toEqual(['ADDED a'])
    }
    for (const value of ['0', 'false', 'False']) {
      const { body } = await api.json('GET', `${CONFIG_MAPS}?watch=${value}`)
      expect(body['kind']).toBe('ConfigMapList')
    }
  })

  it('is also the old path, of a collection and of one object', async () => {
    const api = await apiWithTwo()
    const collection = new EventReader(await api.request('GET', '/api/v1/watch/namespaces/team/configmaps'))
    expect((await collection.take(2)).map(say)).toEqual(['ADDED a', 'ADDED b'])
    const one = new EventReader(await api.request('GET', '/api/v1/watch/namespaces/team/configmaps/b'))
    await make(api, 'c')
    await put(api, 'b')
    expect((await one.take(2)).map(say)).toEqual(['ADDED b', 'MODIFIED b'])
    open.push(collection, one)
  })

  it('is judged on the old path as the list that its query asks for, and by the name in the path', async () => {
    const api = await apiWithTwo()
    const said = async (rest: string): Promise<unknown[]> => {
      const { code, body } = await api.json('GET', `/api/v1/watch/namespaces/team/configmaps${rest}`)
      return [code, body.message]
    }
    expect(await said('?sendInitialEvents=true')).toEqual([422,
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'])
    const other = [400, "fieldSelector metadata.name doesn't match requested name"]
    expect(await said('/a?fieldSelector=metadata.name%3Db')).toEqual(other)
    expect(await said('/a?fieldSelector=metadata.namespace%3Dteam')).toEqual(other)
    const one = new EventReader(
      await api.request('GET', '/api/v1/watch/namespaces/team/configmaps/b?fieldSelector=metadata.name%3Db'))
    expect((await one.take(1)).map(say)).toEqual(['ADDED b'])
    open.push(one)
  })

  it('is over before it begins when it is to last less than nothing', async () => {
    const api = await apiWithTwo()
    // Upstream counts nanoseconds in 64 bits, of which so many seconds are less than none.
    for (const seconds of ['-1', '9223372036854775807', '9223372037']) {
      const response = await api.request('GET', `${CONFIG_MAPS}?watch=1&timeoutSeconds=${seconds}`)
      expect([response.status, await response.text()]).toEqual([200, ''])
    }
  })

  it('is a plain get for one object by its name', async () => {
    const { code, body } = await (await apiWithTwo()).json('GET', `${CONFIG_MAPS}/a?watch=true`)
    expect([code, body['kind']]).toEqual([200, 'ConfigMap'])
  })
})

describe('the events of a watch', () => {
  it('are changes of what a selector matches: what comes into it is added, what leaves it is deleted', async () => {
    const api = testApi('team')
    const reader = await watch(api, 'resourceVersion=1&labelSelector=on%3Dyes')
    await make(api, 'first')
    const other = await watch(api, 'resourceVersion=1&labelSelector=on%3Dyes')
    await make(api, 'a', { on: 'no' })
    await put(api, 'a', { on: 'yes' })
    await put(api, 'a', { on: 'yes' }, 'changed')
    await put(api, 'a', { on: 'no' })
    await put(api, 'a', { on: 'no' }, 'changed again')
    await put(api, 'a', { on: 'yes' })
    await remove(api, 'a')
    await make(api, 'end', { on: 'yes' })
    const want = ['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED a', 'DELETED a', 'ADDED end']
    for (const each of [reader, other]) expect((await each.take(want.length)).map(say)).toEqual(want)
  })

  it('carry their type, also when they are bookmarks or come as other shapes', async () => {
    const api = await apiWithTwo()
    const as = (shape: string): string => `application/json;as=${shape};g=meta.k8s.io;v=v1`
    const query = 'resourceVersion=0&allowWatchBookmarks=true'
    for (const [accept, type] of [
      [undefined, 'v1 ConfigMap'],
      [as('PartialObjectMetadata'), 'meta.k8s.io/v1 PartialObjectMetadata'],
      [as('Table'), 'meta.k8s.io/v1 Table'],
    ] as const) {
      const events = await (await watch(api, query, CONFIG_MAPS, accept)).take(3)
      expect(events.map(({ type: is }) => is)).toEqual(['ADDED', 'ADDED', 'BOOKMARK'])
      for (const { object } of events) {
        expect(`${String(object['apiVersion'])} ${String(object['kind'])}`).toBe(type)
      }
    }
  })

  it('of a deleted object show its last state at the revision of its deletion', async () => {
    const api = await apiWithTwo()
    await put(api, 'a', {}, 'last')
    const reader = await watch(api, 'resourceVersion=3')
    await remove(api, 'a')
    const [event] = await reader.take(1)
    expect(event).toMatchObject({
      type: 'DELETED',
      object: { data: { a: 'last' }, metadata: { name: 'a', resourceVersion: '4' } },
    })
  })

  it('of what leaves a selection show what it was while it was in it, as of the change', async () => {
    const api = testApi('team')
    await make(api, 'a', { on: 'yes' })
    const live = await watch(api, 'resourceVersion=1&labelSelector=on%3Dyes')
    const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
    const inPart = await watch(api, 'resourceVersion=1&labelSelector=on%3Dyes', CONFIG_MAPS, partial)
    await put(api, 'a', { on: 'yes' }, 'last')
    await put(api, 'a', { on: 'no' }, 'after')
    const late = await watch(api, 'resourceVersion=1&labelSelector=on%3Dyes')
    const metadata = { name: 'a', labels: { on: 'yes' }, resourceVersion: '3' }
    for (const reader of [live, late]) {
      const [, left] = await reader.take(2)
      expect(left).toMatchObject({ type: 'DELETED', object: { data: { a: 'last' }, metadata } })
    }
    expect((await inPart.take(2))[1]).toMatchObject({ type: 'DELETED', object: { metadata } })
  })

  it('of an object that a write lets go show what was stored before that write', async () => {
    const api = testApi('team')
    await api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'a', finalizers: ['example.com/hold'] } } })
    await remove(api, 'a')
    const reader = await watch(api, 'resourceVersion=2')
    const headers = { 'content-type': 'application/merge-patch+json' }
    const freed = { metadata: { finalizers: null }, data: { a: 'never stored' } }
    const { body } = await api.json('PATCH', `${CONFIG_MAPS}/a`, { headers, body: freed })
    expect([body['metadata']?.['finalizers'], body['data']]).toEqual([undefined, { a: 'never stored' }])
    const [event] = await reader.take(1)
    expect(event).toMatchObject({
      type: 'DELETED',
      object: { metadata: { finalizers: ['example.com/hold'], resourceVersion: '3' } },
    })
    expect(event?.object['data']).toBe(undefined)
  })

  it('of an object whose policy of before gives way show it with that policy, as the answer does', async () => {
    const api = testApi('team')
    const body = { metadata: { name: 'a', finalizers: ['orphan'] } }
    await api.json('POST', '/api/v1/namespaces/team/serviceaccounts', { body })
    const reader = await watch(api, 'resourceVersion=1', '/api/v1/namespaces/team/serviceaccounts')
    const path = '/api/v1/namespaces/team/serviceaccounts/a?propagationPolicy=Background'
    const answer = await api.json('DELETE', path)
    expect(answer).toMatchObject({ code: 200, body: { metadata: { finalizers: ['orphan'] } } })
    const [event] = await reader.take(1)
    expect(event).toMatchObject({ type: 'DELETED', object: { metadata: { finalizers: ['orphan'] } } })
  })

  it('are of one object for a field selector of its name', async () => {
    const api = await apiWithTwo()
    const reader = await watch(api, 'resourceVersion=0&fieldSelector=metadata.name%3Db')
    await put(api, 'a')
    await put(api, 'b', {}, '1')
    expect((await reader.take(2)).map(say)).toEqual(['ADDED b', 'MODIFIED b'])
  })

  it('are columns once, then rows, for a Table', async () => {
    const api = await apiWithTwo()
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1beta1'
    const events = await (await watch(api, 'resourceVersion=0', CONFIG_MAPS, accept)).take(2)
    expect(events.map(({ object }) => object['columnDefinitions'] !== (null as never))).toEqual([true, false])
    for (const { object } of events) expect(object['apiVersion']).toBe('meta.k8s.io/v1beta1')
  })

  it('are columns each time for a Table of APIServices', async () => {
    const [api, path] = [testApi(''), '/apis/apiregistration.k8s.io/v1/apiservices']
    for (const group of ['a.example', 'b.example']) {
      const spec = { group, version: 'v1', groupPriorityMinimum: 10, versionPriority: 10 }
      expect((await api.json('POST', path, { body: { metadata: { name: `v1.${group}` }, spec } })).code).toBe(201)
    }
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1'
    const events = await (await watch(api, 'resourceVersion=0', path, accept)).take(2)
    for (const { object } of events) expect(object['columnDefinitions']).toHaveLength(4)
  })
})

describe('errors of a watch', () => {
  it('travel in the stream once it is authorized: a revision that is gone is no HTTP 410', async () => {
    const api = await apiWithTwo()
    for (let count = 0; count < 10; count++) await put(api, 'a', {}, String(count))
    api.scope.store.noteCompacted(8)
    const events = await (await watch(api, 'resourceVersion=2')).take(2)
    expect(events).toEqual([
      {
        type: 'ERROR',
        object: {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: expect.stringMatching(/^too old resource version: 2 \(\d+\)$/) as string,
          reason: 'Expired',
          code: 410,
        },
      },
    ])
  })

  it('of a state from the future say so, and when to come back', async () => {
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=1000'
    const [event] = await (await watch(await apiWithTwo(), query)).take(1)
    expect(event).toMatchObject({
      type: 'ERROR',
      object: {
        reason: 'Timeout',
        code: 504,
        details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
      },
    })
  })
})

describe('the end of a watch', () => {
  /** A clock whose long timers fire when told, while commits go on. */
  function aClock(): { clock: Clock; advance(ms: number): void } {
    let nowMs = 0
    const timers = new Set<{ dueMs: number; callback: () => void }>()
    return {
      clock: {
        now: () => nowMs,
        after(delayMs, callback) {
          if (delayMs < 1_000) return systemClock.after(delayMs, callback)
          const timer = { dueMs: nowMs + delayMs, callback }
          timers.add(timer)
          return () => timers.delete(timer)
        },
      },
      advance(ms) {
        nowMs += ms
        for (const timer of [...timers].filter(({ dueMs }) => dueMs <= nowMs)) {
          timers.delete(timer)
          timer.callback()
        }
      },
    }
  }

  it('comes after the seconds asked for', async () => {
    const { clock, advance } = aClock()
    const api = testApi('team', { clock })
    await make(api, 'a')
    const reader = await watch(api, 'resourceVersion=1&timeoutSeconds=30')
    advance(29_000)
    await make(api, 'b')
    expect((await reader.take(1)).map(say)).toEqual(['ADDED b'])
    advance(1_000)
    expect(await reader.next()).toBeUndefined()
  })

  it('comes two seconds after a last bookmark for those who take them', async () => {
    const { clock, advance } = aClock()
    const api = testApi('team', { clock })
    await make(api, 'a')
    const reader = await watch(api, 'resourceVersion=1&timeoutSeconds=30&allowWatchBookmarks=true')
    await api.json('POST', '/api/v1/namespaces/team/secrets', { body: { metadata: { name: 's' } } })
    advance(28_000)
    const [bookmark] = await reader.take(1)
    expect([bookmark?.type, bookmark?.object['metadata']?.['resourceVersion']]).toEqual(['BOOKMARK', '2'])
    advance(2_000)
    expect(await reader.next()).toBeUndefined()
  })

  it.each([
    ['/api/v1/namespaces/team/pods', { spec: { containers: null }, status: {} }],
    ['/api/v1/namespaces/team/configmaps', {}],
    ['/api/v1/namespaces/team/services', { spec: {}, status: { loadBalancer: {} } }],
    ['/apis/rbac.authorization.k8s.io/v1/namespaces/team/roles', { rules: null }],
  ])('is preceded by bookmarks that are objects of which nothing is set, as Go prints them: %s', async (path, rest) => {
    const api = testApi('team')
    await make(api, 'a')
    const from = 'resourceVersionMatch=NotOlderThan&sendInitialEvents=true&allowWatchBookmarks=true'
    const query = `${from}&fieldSelector=metadata.name%3Dnone`
    const [bookmark] = await (await watch(api, query, path)).take(1)
    const annotations = { 'k8s.io/initial-events-end': 'true' }
    const { kind: _kind, apiVersion: _version, ...object } = bookmark?.object ?? {}
    expect(object).toEqual({ metadata: { resourceVersion: '1', annotations }, ...rest })
  })

  it('comes after 30 to 60 minutes otherwise', async () => {
    const { clock, advance } = aClock()
    const api = testApi('team', { clock })
    await make(api, 'a')
    const reader = await watch(api, 'resourceVersion=1')
    for (let minute = 0; minute < 30; minute++) advance(60_000)
    await make(api, 'b')
    expect((await reader.take(1)).map(say)).toEqual(['ADDED b'])
    for (let minute = 0; minute < 30; minute++) advance(60_000)
    expect(await reader.next()).toBeUndefined()
  })

  it('is kept off by a bookmark a minute for those who take them, and by an empty line for others', async () => {
    const { clock, advance } = aClock()
    const api = testApi('team', { clock })
    await make(api, 'a')
    const reader = await watch(api, 'resourceVersion=1&allowWatchBookmarks=true')
    const plain = await api.request('GET', `${CONFIG_MAPS}?watch=1&resourceVersion=1`)
    await api.json('POST', '/api/v1/namespaces/team/secrets', { body: { metadata: { name: 's' } } })
    advance(60_000)
    const [bookmark] = await reader.take(1)
    expect(bookmark).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { resourceVersion: '2' },
      },
    })
    const raw = plain.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await raw?.read())?.value).toBe('\n')
    await raw?.cancel()
  })
})
