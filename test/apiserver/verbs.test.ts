/** The verbs over HTTP on one namespace: what a client sends, and what it gets back. */
import { describe, expect, it } from 'vitest'
import { Counter, itemNames, testApi } from '../support/api.ts'

const configMap = (name: string, data: Record<string, string> = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

const PATH = '/api/v1/namespaces/team/configmaps'

describe('a kind that upstream has deprecated', () => {
  it.each([
    ['GET', '', undefined],
    ['GET', '?watch=true&timeoutSeconds=1', undefined],
    ['POST', '', { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'one' } }],
    ['DELETE', '?labelSelector=a', undefined],
  ])('is warned of in the answer to %s %s', async (method, query, body) => {
    const api = testApi('team')
    const path = `/api/v1/namespaces/team/endpoints${query}`
    const response = await api.request(method, path, body === undefined ? {} : { body })
    await response.body?.cancel()
    expect(response.headers.get('warning')).toBe(
      '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
    )
  })
})

describe('create', () => {
  it('answers 201 with the stored object and its system metadata', async () => {
    const api = testApi('team')
    const { code, body } = await api.json('POST', PATH, { body: configMap('one', { a: 'b' }) })
    expect(code).toBe(201)
    expect(body).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: 'b' } })
    expect(body['metadata']).toMatchObject({ name: 'one', namespace: 'team', resourceVersion: '1' })
    expect(body['metadata']?.['uid']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('refuses a name that is taken with 409 AlreadyExists', async () => {
    const api = testApi('team')
    await api.json('POST', PATH, { body: configMap('one') })
    const { code, body } = await api.json('POST', PATH, { body: configMap('one') })
    expect(code).toBe(409)
    expect(body).toMatchObject({
      kind: 'Status',
      reason: 'AlreadyExists',
      message: 'configmaps "one" already exists',
      details: { name: 'one', kind: 'configmaps' },
    })
  })

  it('makes a name from generateName', async () => {
    const api = testApi('team')
    const { body } = await api.json('POST', PATH, { body: { ...configMap(''), metadata: { generateName: 'job-' } } })
    expect(body['metadata']?.['name']).toMatch(/^job-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it('gives back the status that upstream has a default for, whatever was sent', async () => {
    const api = testApi('team')
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Bound' },
    }
    const { body } = await api.json('POST', '/api/v1/namespaces/team/persistentvolumeclaims', { body: claim })
    expect(body).toMatchObject({ status: { phase: 'Pending' } })
  })

  it('stores nothing when dryRun=All', async () => {
    const api = testApi('team')
    const { code } = await api.json('POST', `${PATH}?dryRun=All`, { body: configMap('one') })
    expect(code).toBe(201)
    expect((await api.json('GET', `${PATH}/one`)).code).toBe(404)
  })

  it('refuses unknown and duplicate fields when asked to be strict', async () => {
    const api = testApi('team')
    const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"foo":1,"data":{"a":"1","a":"2"}}'
    const answer = await api.json('POST', `${PATH}?fieldValidation=Strict`, { body })
    expect(answer.code).toBe(400)
    expect(answer.body['message']).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo", duplicate field "data.a"',
    )
  })
})

describe('get, update and patch', () => {
  it('refuses a stale resourceVersion with 409 Conflict', async () => {
    const api = testApi('team')
    const { body } = await api.json('POST', PATH, { body: configMap('one') })
    await api.json('PUT', `${PATH}/one`, { body: { ...body, data: { a: '1' } } })
    const stale = await api.json('PUT', `${PATH}/one`, { body: { ...body, data: { a: '2' } } })
    expect(stale.code).toBe(409)
    expect(stale.body['message']).toBe(
      'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again',
    )
  })

  it('overwrites whatever is stored when a PUT names no resourceVersion', async () => {
    const api = testApi('team')
    await api.json('POST', PATH, { body: configMap('one', { a: '1' }) })
    const { code, body } = await api.json('PUT', `${PATH}/one`, { body: configMap('one', { a: '2' }) })
    expect(code).toBe(200)
    expect(body).toMatchObject({ data: { a: '2' }, metadata: { resourceVersion: '2' } })
  })

  it('writes nothing when a patch changes nothing', async () => {
    const api = testApi('team')
    await api.json('POST', PATH, { body: configMap('one', { a: '1' }) })
    const patched = await api.json('PATCH', `${PATH}/one`, {
      body: { data: { a: '1' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect(patched.code).toBe(200)
    expect(patched.body['metadata']?.['resourceVersion']).toBe('1')
  })

  it('answers 404 in upstream words', async () => {
    const { code, body } = await testApi('team').json('GET', `${PATH}/none`)
    expect(code).toBe(404)
    expect(body).toMatchObject({ message: 'configmaps "none" not found', reason: 'NotFound' })
  })
})

describe('list', () => {
  it('pages with a continue token, a count of the rest, and one resourceVersion', async () => {
    const api = testApi('team')
    for (const name of ['a', 'b', 'c']) await api.json('POST', PATH, { body: configMap(name) })
    const first = await api.json('GET', `${PATH}?limit=2`)
    expect(first.body['metadata']).toMatchObject({ resourceVersion: '3', remainingItemCount: 1 })
    await api.json('POST', PATH, { body: configMap('d') })
    const token = encodeURIComponent(String(first.body['metadata']?.['continue']))
    const second = await api.json('GET', `${PATH}?limit=2&continue=${token}`)
    expect(second.body['items']).toMatchObject([{ metadata: { name: 'c' } }])
    expect(second.body['metadata']).toEqual({ resourceVersion: '3' })
  })

  it('selects by labels', async () => {
    const api = testApi('team')
    await api.json('POST', PATH, { body: { ...configMap('a'), metadata: { name: 'a', labels: { app: 'x' } } } })
    await api.json('POST', PATH, { body: configMap('b') })
    const { body } = await api.json('GET', `${PATH}?labelSelector=app%3Dx`)
    expect(body['items']).toMatchObject([{ metadata: { name: 'a' } }])
  })
})

describe('delete', () => {
  it('answers with a Status that names what is gone', async () => {
    const api = testApi('team')
    const { body: created } = await api.json('POST', PATH, { body: configMap('one') })
    const { code, body } = await api.json('DELETE', `${PATH}/one`)
    expect(code).toBe(200)
    expect(body).toMatchObject({
      status: 'Success',
      details: { name: 'one', kind: 'configmaps', uid: created['metadata']?.['uid'] },
    })
  })

  it('waits for finalizers', async () => {
    const api = testApi('team')
    await api.json('POST', PATH, {
      body: { ...configMap('one'), metadata: { name: 'one', finalizers: ['example.com/hold'] } },
    })
    const { body } = await api.json('DELETE', `${PATH}/one`)
    expect(body['metadata']?.['deletionTimestamp']).toBeDefined()
    await api.json('PATCH', `${PATH}/one`, {
      body: { metadata: { finalizers: null } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect((await api.json('GET', `${PATH}/one`)).code).toBe(404)
  })
})

describe('list', () => {
  it('of large objects has shorter pages than asked for, and is whole without a limit', async () => {
    const api = testApi('team')
    const names = Array.from({ length: 12 }, (_, at) => `large-${String(at).padStart(2, '0')}`)
    for (const name of names) await api.json('POST', PATH, { body: configMap(name, { large: 'x'.repeat(900_000) }) })
    const first = await api.json('GET', `${PATH}?limit=100`)
    expect(itemNames(first.body)).toEqual(names.slice(0, 9))
    expect(first.body['metadata']?.['remainingItemCount']).toBe(3)
    const second = await api.json('GET', `${PATH}?limit=100&continue=${String(first.body['metadata']?.['continue'])}`)
    expect(itemNames(second.body)).toEqual(names.slice(9))
    expect(itemNames((await api.json('GET', PATH)).body)).toEqual(names)
  })
})

describe('watch', () => {
  it('sends what changes after the revision given, in order', async () => {
    const api = testApi('team')
    await api.json('POST', PATH, { body: configMap('one') })
    const response = await api.request('GET', `${PATH}?watch=1&resourceVersion=1`)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    await api.json('POST', PATH, { body: configMap('two') })
    await api.json('DELETE', `${PATH}/one`)
    let text = ''
    while (text.split('\n').length < 3) text += (await reader?.read())?.value ?? ''
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; object: { metadata: { name: string } } })
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(['ADDED two', 'DELETED one'])
    await reader?.cancel()
  })

  it('sends initial events as new as the revision asked for, also when its own namespace is behind', async () => {
    const counter = new Counter()
    const api = testApi('team', { counter })
    await api.json('POST', PATH, { body: configMap('one') })
    // Another namespace has written.
    counter.last = 50
    const query = 'watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan'
    const response = await api.request('GET', `${PATH}?${query}&resourceVersion=50`)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (text.split('\n').length < 3) text += (await reader?.read())?.value ?? ''
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; object: { metadata: { resourceVersion: string } } })
    expect(events.map(({ type, object }) => `${type} ${object.metadata.resourceVersion}`)).toEqual([
      'ADDED 1',
      'BOOKMARK 50',
    ])
    await reader?.cancel()
  })

  it('waits for a client that reads slowly, and then sends it everything', async () => {
    const api = testApi('team')
    const large = 'x'.repeat(300_000)
    await api.json('POST', PATH, { body: configMap('first') })
    const response = await api.request('GET', `${PATH}?watch=1&resourceVersion=1`)
    const names = Array.from({ length: 12 }, (_, at) => `large-${String(at)}`)
    for (const name of names) await api.json('POST', PATH, { body: configMap(name, { large }) })
    const seen: string[] = []
    let rest = ''
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        seen.push((JSON.parse(line) as { object: { metadata: { name: string } } }).object.metadata.name)
      }
      if (seen.length === names.length) break
    }
    expect(seen).toEqual(names)
  })
})

describe('annotations that are fields to upstream', () => {
  it('do not count among the others', async () => {
    const api = testApi('team')
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const spec = { selector: { matchLabels: { a: 'b' } }, template }
    const make = (resource: string, size: number): Promise<{ code: number }> => {
      const metadata = { name: `n${String(size)}`, annotations: { a: 'x'.repeat(size - 1) } }
      return api.json('POST', `/apis/apps/v1/namespaces/team/${resource}`, { body: { metadata, spec } })
    }
    expect((await make('daemonsets', 262_144)).code).toBe(201)
    expect((await make('daemonsets', 262_145)).code).toBe(422)
  })
})
