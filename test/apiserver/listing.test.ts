/**
 * Lists over HTTP: pages, resource versions and how they match, selectors, forms (k8s.io/apiserver pkg/storage,
 * pkg/endpoints/handlers; kubernetes.io/docs/reference/using-api/api-concepts).
 */
import { describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../support/api.ts'
import { itemNames, testApi } from '../support/api.ts'

const CONFIG_MAPS = '/api/v1/namespaces/team/configmaps'
const PODS = '/api/v1/namespaces/team/pods'

const make = (api: TestApi, name: string, labels: Record<string, string> = {}): Promise<unknown> =>
  api.json('POST', CONFIG_MAPS, { body: { metadata: { name, labels } } })

async function apiWith(...names: readonly string[]): Promise<TestApi> {
  const api = testApi('team')
  for (const name of names) await make(api, name)
  return api
}

const list = (api: TestApi, query = ''): Promise<{ code: number; body: Json }> =>
  api.json('GET', `${CONFIG_MAPS}?${query}`)

const namesOf = (body: Json): string => itemNames(body).join('')

const tokenOf = (body: Json): string => encodeURIComponent(String(body['metadata']?.['continue']))

describe('an event', () => {
  it('is selected in either version by what that version calls it', async () => {
    const api = testApi('team')
    const body = {
      metadata: { name: 'one' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'team' },
      reportingComponent: 'kubelet',
    }
    expect((await api.json('POST', '/api/v1/namespaces/team/events', { body })).code).toBe(201)
    const items = async (path: string): Promise<number> =>
      (await api.json('GET', path)).body['items']?.['length'] as unknown as number
    const [core, newer] = ['/api/v1/namespaces/team/events', '/apis/events.k8s.io/v1/namespaces/team/events']
    expect(await items(`${core}?fieldSelector=involvedObject.kind%3DPod,reportingComponent%3Dkubelet`)).toBe(1)
    expect(await items(`${newer}?fieldSelector=regarding.kind%3DPod,reportingController%3Dkubelet`)).toBe(1)
    expect(await items(`${newer}?fieldSelector=regarding.kind%3DNode`)).toBe(0)
  })
})

describe('resource versions of a list', () => {
  /** State by revision: 1 a, 2 ab, 3 abc, 4 bc. */
  async function apiWithHistory(): Promise<TestApi> {
    const api = await apiWith('a', 'b', 'c')
    await api.json('DELETE', `${CONFIG_MAPS}/a`)
    return api
  }

  it.each([
    ['', 'bc', '4'],
    ['resourceVersion=0', 'bc', '4'],
    ['resourceVersion=2', 'bc', '4'],
    ['resourceVersion=0&resourceVersionMatch=NotOlderThan', 'bc', '4'],
    ['resourceVersion=2&resourceVersionMatch=NotOlderThan', 'bc', '4'],
    ['resourceVersion=2&resourceVersionMatch=Exact', 'ab', '2'],
    ['resourceVersion=4&resourceVersionMatch=Exact', 'bc', '4'],
    // With a limit a version has always been meant exactly; 0 is any, and then all of it.
    ['resourceVersion=3&limit=2', 'ab', '3'],
    ['resourceVersion=3&limit=2&resourceVersionMatch=NotOlderThan', 'bc', '4'],
    ['resourceVersion=0&limit=1', 'bc', '4'],
    // Only the one digit is any.
    ['resourceVersion=00&limit=1', 'b', '4'],
    ['resourceVersion=00&resourceVersionMatch=Exact', 'bc', '4'],
    ['limit=1', 'b', '4'],
    ['limit=-5', 'bc', '4'],
    // What is read by its name need only be as new, over all or with a token it is a list like any other.
    ['resourceVersion=1&limit=1&fieldSelector=metadata.name%3Dc', 'c', '4'],
    ['resourceVersion=1&limit=1&fieldSelector=metadata.name%3Dc&resourceVersionMatch=Exact', '', '1'],
    ['resourceVersion=1&limit=1&fieldSelector=metadata.name!%3Db', 'a', '1'],
  ])('?%s shows %s at %s', async (query, names, resourceVersion) => {
    const { code, body } = await list(await apiWithHistory(), query)
    expect([code, namesOf(body), body['metadata']?.['resourceVersion']]).toEqual([200, names, resourceVersion])
  })

  it('are never "" or "0", also where nothing was ever written', async () => {
    const { body } = await list(testApi('team'))
    expect(body).toEqual({
      kind: 'ConfigMapList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '1' },
      items: [],
    })
  })

  it('that are gone answer 410 Expired', async () => {
    const api = await apiWithHistory()
    api.scope.store.noteCompacted(3)
    const { code, body } = await list(api, 'resourceVersion=2&resourceVersionMatch=Exact')
    expect({ code, reason: body['reason'], message: body['message'] }).toEqual({
      code: 410,
      reason: 'Expired',
      message: 'The resourceVersion for the provided list is too old.',
    })
    expect(body['metadata']).toEqual({})
  })

  it('are read before it is judged what rows of a Table carry', async () => {
    const api = await apiWithHistory()
    api.scope.store.noteCompacted(3)
    const headers = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
    const gone = '&resourceVersion=2&resourceVersionMatch=Exact'
    for (const [query, code] of [['', 400], [gone, 410], ['&limit=1', 400], [`&limit=1${gone}`, 410]] as const) {
      const answer = await api.request('GET', `${CONFIG_MAPS}?includeObject=All${query}`, { headers })
      expect([query, answer.status]).toEqual([query, code])
    }
  })
})

describe('pages of a list', () => {
  it('show one state, say how many follow, and end without a token', async () => {
    const api = await apiWith('a', 'b', 'c', 'd', 'e')
    const first = await list(api, 'limit=2')
    expect(first.body['metadata']).toEqual({
      resourceVersion: '5',
      continue: expect.any(String) as string,
      remainingItemCount: 3,
    })
    await make(api, 'bb')
    await api.json('DELETE', `${CONFIG_MAPS}/d`)
    const second = await list(api, `limit=2&continue=${tokenOf(first.body)}`)
    expect(second.body['metadata']).toMatchObject({ resourceVersion: '5', remainingItemCount: 1 })
    const third = await list(api, `limit=2&continue=${tokenOf(second.body)}`)
    expect(third.body['metadata']).toEqual({ resourceVersion: '5' })
    expect([first, second, third].map(({ body }) => namesOf(body))).toEqual(['ab', 'cd', 'e'])
  })

  it('of one length more than there is are one page', async () => {
    const { body } = await list(await apiWith('a', 'b'), 'limit=2')
    expect(body['metadata']).toEqual({ resourceVersion: '2' })
  })

  it('of a selection do not say how many follow', async () => {
    const api = testApi('team')
    for (const name of ['a', 'b', 'c']) await make(api, name, { on: 'yes' })
    const { body } = await list(api, 'limit=1&labelSelector=on')
    expect(body['metadata']).toEqual({ resourceVersion: '3', continue: expect.any(String) as string })
  })

  it('of a selection end with a token while anything is behind them, selected or not', async () => {
    const api = testApi('team')
    for (const name of ['a', 'b', 'c']) await make(api, name, { of: name })
    const hasToken = async (query: string): Promise<boolean> =>
      (await list(api, query)).body['metadata']?.['continue'] !== undefined
    expect(await hasToken('limit=1&labelSelector=of%3Db')).toBe(true)
    expect(await hasToken('limit=2&labelSelector=of%3Db')).toBe(false)
    expect(await hasToken('limit=1&labelSelector=of%3Dc')).toBe(false)
    expect(await hasToken('limit=1&fieldSelector=metadata.name%3Db')).toBe(false)
  })

  it('of the far future are refused with what was asked for, to the last digit', async () => {
    const api = await apiWith('a')
    for (const wanted of ['9007199254740993', '18446744073709551615']) {
      expect((await list(api, `resourceVersion=${wanted}`)).body['message']).toBe(
        `Timeout: Too large resource version: ${wanted}, current: 1`,
      )
    }
  })

  it('may change their length, and the last may have none', async () => {
    const api = await apiWith('a', 'b', 'c', 'd')
    const first = await list(api, 'limit=1')
    expect(namesOf((await list(api, `continue=${tokenOf(first.body)}`)).body)).toBe('bcd')
  })

  it('that come too late bring a token to go on with, at another version, even without writes', async () => {
    const api = await apiWith('a', 'b', 'c')
    const first = await list(api, 'limit=1')
    await api.json('PUT', `${CONFIG_MAPS}/a`, { body: { metadata: { name: 'a' }, data: { x: '' } } })
    api.scope.store.noteCompacted(4)
    const late = await list(api, `limit=1&continue=${tokenOf(first.body)}`)
    expect(late.body).toMatchObject({
      code: 410,
      reason: 'Expired',
      message: expect.stringMatching(
        /^The provided continue parameter is too old to display a consistent list result\. /,
      ) as string,
      metadata: { continue: expect.any(String) as string },
    })
    const on = await list(api, `limit=1&continue=${tokenOf(late.body)}`)
    expect([namesOf(on.body), on.body['metadata']?.['resourceVersion']]).toEqual(['b', '4'])
    expect(namesOf((await list(api, `continue=${tokenOf(on.body)}`)).body)).toBe('c')
  })
})

describe('selectors of a list', () => {
  async function apiWithLabels(): Promise<TestApi> {
    const api = testApi('team')
    await make(api, 'a', { tier: 'web', canary: 'yes' })
    await make(api, 'b', { tier: 'db' })
    await make(api, 'c')
    return api
  }

  it.each([
    ['labelSelector=tier=web', 'a'],
    ['labelSelector=tier==web', 'a'],
    ['labelSelector=tier!=web', 'bc'],
    ['labelSelector=tier', 'ab'],
    ['labelSelector=!tier', 'c'],
    ['labelSelector=tier in (web,db)', 'ab'],
    ['labelSelector=tier notin (web)', 'bc'],
    ['labelSelector=tier,!canary', 'b'],
    ['fieldSelector=metadata.name=b', 'b'],
    ['fieldSelector=metadata.name!=b', 'ac'],
    ['fieldSelector=metadata.namespace=team', 'abc'],
    ['fieldSelector=metadata.namespace=else', ''],
    ['fieldSelector=metadata.name=b&labelSelector=tier=web', ''],
  ])('?%s selects %s', async (query, names) => {
    const encoded = query.split('&').map((part) => {
      const at = part.indexOf('=') + 1
      return part.slice(0, at) + encodeURIComponent(part.slice(at))
    })
    expect(namesOf((await list(await apiWithLabels(), encoded.join('&'))).body)).toBe(names)
  })

  it('take the fields that kubelets and schedulers ask for', async () => {
    const api = testApi('team')
    await api.json('POST', '/api/v1/namespaces/team/serviceaccounts', { body: { metadata: { name: 'default' } } })
    const pod = (name: string, nodeName: string) => ({
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'i' }], nodeName },
    })
    for (const [name, node] of [['a', 'n1'], ['b', ''], ['c', 'n1']] as const) {
      await api.json('POST', PODS, { body: pod(name, node) })
    }
    const headers = { 'content-type': 'application/merge-patch+json' }
    await api.json('PATCH', `${PODS}/c/status`, { body: { status: { phase: 'Succeeded' } }, headers })
    for (const [selector, names] of [
      ['spec.nodeName=n1', 'ac'],
      ['spec.nodeName=', 'b'],
      ['spec.nodeName=n1,status.phase!=Succeeded', 'a'],
      ['status.phase!=Succeeded,status.phase!=Failed', 'ab'],
      // Names from before they were called so (pkg/apis/core/v1/conversion.go).
      ['spec.host=n1', 'ac'],
      ['status.podIPs=10.0.0.1', ''],
    ] as const) {
      const { body } = await api.json('GET', `${PODS}?fieldSelector=${encodeURIComponent(selector)}`)
      expect([selector, namesOf(body)]).toEqual([selector, names])
    }
  })
})

describe('forms of a list', () => {
  const as = (shape: string, version = 'v1'): Record<string, string> => ({
    accept: `application/json;as=${shape};g=meta.k8s.io;v=${version}`,
  })

  it('are items without their type, as YAML, indented, or as metadata', async () => {
    const api = await apiWith('a')
    const plain = await list(api)
    expect(plain.body['items']).toEqual([{ metadata: expect.objectContaining({ name: 'a' }) as object }])
    const yaml = await api.request('GET', CONFIG_MAPS, { headers: { accept: 'application/yaml' } })
    expect(yaml.headers.get('content-type')).toBe('application/yaml')
    expect(await yaml.text()).toMatch(/^apiVersion: v1\nitems:\n/)
    for (const [query, headers] of [
      ['?pretty=true', {}],
      ['', { 'user-agent': 'curl/8' }],
      ['', { accept: 'application/json;pretty=1' }],
    ] as const) {
      expect(await (await api.request('GET', CONFIG_MAPS + query, { headers })).text()).toMatch(/^\{\n {2}"kind"/)
    }
    const headers = { 'user-agent': 'curl' }
    const dense = await api.request('GET', `${CONFIG_MAPS}?pretty=false`, { headers })
    expect(await dense.text()).toMatch(/^\{"kind"/)
    const { body } = await api.json('GET', CONFIG_MAPS, { headers: as('PartialObjectMetadataList') })
    expect(body).toMatchObject({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '1' },
      items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } }],
    })
    expect((body['items'] as unknown as object[])[0]).not.toHaveProperty('data')
  })

  it('of metadata are of nothing, rather than empty, where there is none', async () => {
    const api = await apiWith('a')
    const of = async (query: string, accept: string): Promise<string> =>
      (await api.request('GET', CONFIG_MAPS + query, { headers: { accept } })).text()
    const [accept = '', table = ''] = ['PartialObjectMetadataList', 'Table'].map((shape) => as(shape)['accept'])
    expect(await of('?labelSelector=none', accept)).toMatch(/,"items":null\}\n$/)
    expect(await of('?labelSelector=none&limit=1', accept)).toMatch(/,"items":null\}\n$/)
    expect(await of('?labelSelector=none', accept.replace('json', 'yaml'))).toMatch(/^items: null$/m)
    expect(await of('?labelSelector=none', table)).toMatch(/,"rows":\[\]\}\n$/)
    expect(await of('?labelSelector=none', 'application/json')).toMatch(/,"items":\[\]\}\n$/)
  })

  it('are Tables of either version, in JSON and YAML, with as much of the objects as is asked for', async () => {
    const api = await apiWith('a')
    for (const [query, object] of [
      ['', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1beta1', metadata: { name: 'a' } }],
      ['?includeObject=Metadata', { kind: 'PartialObjectMetadata' }],
      ['?includeObject=Object', { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } }],
    ] as const) {
      const { body } = await api.json('GET', CONFIG_MAPS + query, { headers: as('Table', 'v1beta1') })
      expect(body).toMatchObject({
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1beta1',
        metadata: { resourceVersion: '1' },
        rows: [{ cells: ['a', expect.anything(), expect.anything()], object }],
      })
    }
    const { body } = await api.json('GET', `${CONFIG_MAPS}?includeObject=None`, { headers: as('Table') })
    expect((body['rows'] as unknown as object[])[0]).toEqual({ cells: expect.any(Array) as unknown, object: null })
    const yaml = await api.request('GET', CONFIG_MAPS, {
      headers: { accept: 'application/yaml;as=Table;g=meta.k8s.io;v=v1' },
    })
    expect(await yaml.text()).toContain('kind: Table')
  })

  it('are Tables without rows where there is nothing, or with none of a kind that has no printer of its own', async () => {
    const rowsOf = async (path: string): Promise<unknown> =>
      (await testApi('team').json('GET', path, { headers: { accept: table } })).body['rows']
    const table = 'application/json;as=Table;g=meta.k8s.io;v=v1'
    expect(await rowsOf(CONFIG_MAPS)).toEqual([])
    expect(await rowsOf('/apis/rbac.authorization.k8s.io/v1/namespaces/team/roles')).toBe(null)
  })

  it('are what comes first by quality among what is asked for', async () => {
    const api = await apiWith('a')
    const accept = 'application/yaml;q=0.5, application/cbor, application/json;q=0.9, */*;q=0.1'
    const response = await api.request('GET', CONFIG_MAPS, { headers: { accept } })
    expect(response.headers.get('content-type')).toBe('application/json')
    await response.body?.cancel()
  })
})
