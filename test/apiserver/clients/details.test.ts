/** Details of single kinds that surprise, over HTTP. */
import { describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import { EventReader, say } from '../../support/watch-events.ts'
import { CERTIFICATE_REQUEST } from '../../fixtures/certificate-request.ts'

const MERGE = { 'content-type': 'application/merge-patch+json' }
const TEAM = '/api/v1/namespaces/team'

describe('namespaces', () => {
  const NAMESPACES = '/api/v1/namespaces'

  async function apiWithNamespace(): Promise<TestApi> {
    const api = testApi('')
    await api.json('POST', NAMESPACES, { body: { metadata: { name: 'shop' } } })
    return api
  }

  it('are labelled with their name, are active, and are held until finalized', async () => {
    const { body } = await (await apiWithNamespace()).json('GET', `${NAMESPACES}/shop`)
    expect(body).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    })
  })

  it('may be held by more than one finalizer, and go with the last', async () => {
    const api = await apiWithNamespace()
    const finalize = async (...finalizers: string[]): Promise<Json> => {
      const { body } = await api.json('GET', `${NAMESPACES}/shop`)
      const put = await api.json('PUT', `${NAMESPACES}/shop/finalize`, { body: { ...body, spec: { finalizers } } })
      expect(put.code).toBe(200)
      return put.body
    }
    expect((await finalize('kubernetes', 'example.com/hold'))['spec']).toEqual({
      finalizers: ['kubernetes', 'example.com/hold'],
    })
    const { body: marked } = await api.json('DELETE', `${NAMESPACES}/shop`)
    expect(marked['status']?.['phase']).toBe('Terminating')
    expect((await finalize('example.com/hold'))['metadata']?.['deletionTimestamp']).toBeDefined()
    await finalize()
    expect((await api.json('GET', `${NAMESPACES}/shop`)).code).toBe(404)
  })

  it('are finalized with whatever else is said of them, but for their status', async () => {
    const api = await apiWithNamespace()
    const { code, body } = await api.json('PUT', `${NAMESPACES}/shop/finalize`, {
      body: {
        metadata: { name: 'shop', labels: { a: 'b' } },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Terminating' },
      },
    })
    expect([code, body['metadata']?.['labels'], body['status']]).toEqual([
      200,
      { a: 'b', 'kubernetes.io/metadata.name': 'shop' },
      { phase: 'Active' },
    ])
  })

  it('take a patch of their status, and nothing else with it', async () => {
    const api = await apiWithNamespace()
    const condition = { type: 'Tested', status: 'True' }
    const { body } = await api.json('PATCH', `${NAMESPACES}/shop/status`, {
      body: { status: { conditions: [condition] }, spec: { finalizers: [] } },
      headers: MERGE,
    })
    expect(body).toMatchObject({ status: { conditions: [condition] }, spec: { finalizers: ['kubernetes'] } })
  })

  it('that the system stands on cannot be deleted', async () => {
    const api = testApi('')
    await api.json('POST', NAMESPACES, { body: { metadata: { name: 'kube-system' } } })
    const { body } = await api.json('DELETE', `${NAMESPACES}/kube-system`)
    expect(body).toMatchObject({
      code: 403,
      message: 'namespaces "kube-system" is forbidden: this namespace may not be deleted',
    })
  })
})

describe('addresses', () => {
  const ADDRESSES = '/apis/networking.k8s.io/v1/ipaddresses'

  it('have colons in their names, and keep whose they say they are', async () => {
    const api = testApi('')
    const spec = { parentRef: { group: 'example.com', resource: 'things', namespace: 'else', name: 'x' } }
    for (const name of ['2001:db8::1', '10.0.0.1']) {
      const { body } = await api.json('POST', ADDRESSES, { body: { metadata: { name }, spec } })
      expect(body['spec']).toEqual(spec)
      for (const path of [name, encodeURIComponent(name)]) {
        expect((await api.json('GET', `${ADDRESSES}/${path}`)).body['spec']).toEqual(spec)
      }
    }
  })
})

describe('classes', () => {
  it.each([
    ['a PriorityClass', 'value', '/apis/scheduling.k8s.io/v1/priorityclasses', { value: 10 }, { value: 11 }],
    ['a RuntimeClass', 'handler', '/apis/node.k8s.io/v1/runtimeclasses', { handler: 'a' }, { handler: 'b' }],
  ])('of %s: the %s is for good', async (_, field, path, before, after) => {
    const api = testApi('')
    const { body } = await api.json('POST', path, { body: { metadata: { name: 'c' }, ...before } })
    const put = await api.json('PUT', `${path}/c`, { body: { ...body, ...after } })
    expect(put.code).toBe(422)
    const causes = put.body['details']?.['causes'] as unknown as { field: string }[]
    expect(causes.map((cause) => cause.field)).toContain(field)
    const resourceVersion = body['metadata']?.['resourceVersion']
    const labelled = { ...body, metadata: { name: 'c', resourceVersion, labels: { a: 'b' } } }
    expect((await api.json('PUT', `${path}/c`, { body: labelled })).code).toBe(200)
  })
})

describe('certificate signing requests', () => {
  it('are selected by their signer, and by nothing else of theirs', async () => {
    const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
    const api = testApi('')
    const pem = btoa(CERTIFICATE_REQUEST)
    const request = (name: string, signerName: string): object => ({
      metadata: { name },
      spec: { signerName, request: pem, usages: ['client auth'] },
    })
    await api.json('POST', REQUESTS, { body: request('a', 'example.com/one') })
    await api.json('POST', REQUESTS, { body: request('b', 'example.com/two') })
    const { body } = await api.json('GET', `${REQUESTS}?fieldSelector=spec.signerName%3Dexample.com%2Ftwo`)
    const items = body['items'] as unknown as { metadata: { name: string } }[]
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['b'])
    const wrong = await api.json('GET', `${REQUESTS}?fieldSelector=metadata.namespace%3Dx`)
    expect([wrong.code, wrong.body['message']]).toEqual([400, 'field label not supported: metadata.namespace'])
  })
})

describe('the binding of a pod', () => {
  const bind = (api: TestApi, metadata: object, path = `${TEAM}/pods/p/binding`): Promise<{ code: number; body: Json }> =>
    api.json('POST', path, { body: { metadata: { name: 'p', ...metadata }, target: { kind: 'Node', name: 'n' } } })

  async function apiWithPod(): Promise<{ api: TestApi; uid: string }> {
    const api = testApi('team')
    await api.json('POST', `${TEAM}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
    const spec = { containers: [{ name: 'c', image: 'i' }] }
    const { body } = await api.json('POST', `${TEAM}/pods`, { body: { metadata: { name: 'p' }, spec } })
    return { api, uid: String(body['metadata']?.['uid']) }
  }

  it('gives it its node, once, and only the pod that is meant', async () => {
    const { api, uid } = await apiWithPod()
    expect((await bind(api, { uid: 'other' })).code).toBe(409)
    const bound = await bind(api, { uid, annotations: { by: 'me' } })
    expect([bound.code, bound.body['status'], bound.body['code']]).toEqual([201, 'Success', 201])
    const { body } = await api.json('GET', `${TEAM}/pods/p`)
    expect(body).toMatchObject({
      metadata: { annotations: { by: 'me' } },
      spec: { nodeName: 'n' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    })
    expect((await bind(api, { uid })).body).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n"',
    })
  })

  it('may also be made as an object of its own, as old schedulers do', async () => {
    const { api } = await apiWithPod()
    expect((await bind(api, {}, `${TEAM}/bindings`)).code).toBe(201)
    expect((await api.json('GET', `${TEAM}/pods/p`)).body['spec']?.['nodeName']).toBe('n')
  })
})

describe('a Secret', () => {
  it('is watched by its name, as kubelets do, and takes texts that come back as bytes', async () => {
    const api = testApi('team')
    await api.json('POST', `${TEAM}/secrets`, { body: { metadata: { name: 's' }, stringData: { a: 'b' } } })
    await api.json('POST', `${TEAM}/secrets`, { body: { metadata: { name: 't' } } })
    const query = 'watch=1&fieldSelector=metadata.name%3Ds&resourceVersion=0'
    const watch = new EventReader(await api.request('GET', `${TEAM}/secrets?${query}`))
    await api.json('PUT', `${TEAM}/secrets/t`, { body: { metadata: { name: 't' }, data: { x: 'eA==' } } })
    await api.json('PUT', `${TEAM}/secrets/s`, { body: { metadata: { name: 's' }, stringData: { a: 'c' } } })
    const events = await watch.take(2)
    expect(events.map(say)).toEqual(['ADDED s', 'MODIFIED s'])
    expect(events.map(({ object }) => object['data'])).toEqual([{ a: 'Yg==' }, { a: 'Yw==' }])
    await watch.close()
  })
})
