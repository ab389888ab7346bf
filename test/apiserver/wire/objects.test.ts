/** Objects in protobuf through every verb, as client-go's typed, scale and metadata clients send and take them. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import type { ProtobufAnswer } from './protobuf-client.ts'
import { PROTOBUF, inProtobuf, readProtobuf, writeProtobuf } from './protobuf-client.ts'

const TEAM = '/api/v1/namespaces/team'
const CONFIG_MAPS = `${TEAM}/configmaps`
const DEPLOYMENTS = '/apis/apps/v1/namespaces/team/deployments'
const META = 'g=meta.k8s.io;v=v1'

const configMap = (name: string, data: Record<string, string> = { a: 'b' }, more: object = {}) => ({
  apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data,
})

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '0.5' } } }] },
    },
  },
}

let api: TestApi

beforeEach(() => {
  api = testApi('team')
})

/** The same object in JSON: what is not there in either form does not count. */
async function inJson(path: string): Promise<Json> {
  return (await api.json('GET', path)).body
}

const NOTHING = ['null', '""', '0', 'false', '{}']

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, comparable(inner)] as const)
      .filter(([, inner]) => !NOTHING.includes(JSON.stringify(inner))),
  )
}

const expectSame = async ({ body }: ProtobufAnswer, path: string): Promise<void> => {
  expect(comparable(body)).toEqual(comparable(await inJson(path)))
}

describe('an object', () => {
  it('is created, read, updated and patched', async () => {
    const path = `${CONFIG_MAPS}/one`
    const created = await inProtobuf(api, 'POST', CONFIG_MAPS, configMap('one'))
    expect([created.code, created.contentType]).toEqual([201, PROTOBUF])
    expect(created.body).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: 'b' } })
    await expectSame(created, path)
    const { resourceVersion } = created.body['metadata'] as unknown as { resourceVersion: string }
    const updated = await inProtobuf(api, 'PUT', path, configMap('one', { a: 'c' }, { resourceVersion }))
    expect([updated.code, updated.body['data']]).toEqual([200, { a: 'c' }])
    const patch = { 'content-type': 'application/merge-patch+json' }
    const patched = await inProtobuf(api, 'PATCH', path, undefined, { body: { data: { z: '1' } }, headers: patch })
    expect([patched.code, patched.contentType, patched.body['data']]).toEqual([200, PROTOBUF, { a: 'c', z: '1' }])
    await expectSame(await inProtobuf(api, 'GET', path), path)
  })

  it('is defaulted and canonical as one that came in JSON', async () => {
    const created = await inProtobuf(api, 'POST', DEPLOYMENTS, deployment)
    expect(created.code).toBe(201)
    await api.json('POST', DEPLOYMENTS, { body: { ...deployment, metadata: { name: 'other' } } })
    const [web, other] = await Promise.all(['web', 'other'].map((name) => inJson(`${DEPLOYMENTS}/${name}`)))
    expect(web?.['spec']).toEqual(other?.['spec'])
    expect(JSON.stringify(web)).toContain('"requests":{"cpu":"500m"}')
    await expectSame(created, `${DEPLOYMENTS}/web`)
  })

  it('takes its type from the address where the body says none, as upstream does', async () => {
    const bytes = writeProtobuf(configMap('one'))
    // The envelope without its type: the first field, behind the magic, taken out.
    const untyped = new Uint8Array([...bytes.slice(0, 4), ...bytes.slice(4 + 2 + Number(bytes[5]))])
    const sent = { bytes: untyped, headers: { 'content-type': PROTOBUF } }
    const answer = await inProtobuf(api, 'POST', CONFIG_MAPS, undefined, sent)
    expect([answer.code, answer.body['data']]).toEqual([201, { a: 'b' }])
  })

  it('is answered as JSON or YAML, or comes so, as each header says', async () => {
    const headers = { accept: 'application/json', 'content-type': PROTOBUF }
    const created = await api.request('POST', CONFIG_MAPS, { bytes: writeProtobuf(configMap('one')), headers })
    expect(await created.json()).toMatchObject({ metadata: { name: 'one' } })
    const yaml = await api.request('GET', `${CONFIG_MAPS}/one`, { headers: { accept: 'application/yaml' } })
    expect(await yaml.text()).toContain('kind: ConfigMap')
    const fromYaml = { body: 'metadata: {name: two}', headers: { 'content-type': 'application/yaml' } }
    expect((await inProtobuf(api, 'POST', CONFIG_MAPS, undefined, fromYaml)).body).toMatchObject({
      metadata: { name: 'two' },
    })
  })

  it('is deleted with options, and a Status says so', async () => {
    const { body } = await inProtobuf(api, 'POST', CONFIG_MAPS, configMap('one'))
    const { uid } = body['metadata'] as unknown as { uid: string }
    const remove = (wanted: string): Promise<ProtobufAnswer> => {
      const options = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid: wanted } }
      return inProtobuf(api, 'DELETE', `${CONFIG_MAPS}/one`, options)
    }
    const body409 = { reason: 'Conflict', code: 409 }
    expect(await remove('other')).toMatchObject({ code: 409, contentType: PROTOBUF, body: body409 })
    const gone = await remove(uid)
    expect([gone.code, gone.body]).toEqual([
      200,
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'one', kind: 'configmaps', uid },
      },
    ])
  })

  it('has its refusals as Status in protobuf, with causes', async () => {
    expect(await inProtobuf(api, 'GET', `${CONFIG_MAPS}/none`)).toEqual({
      code: 404,
      contentType: PROTOBUF,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'configmaps "none" not found',
        reason: 'NotFound',
        details: { name: 'none', kind: 'configmaps' },
        code: 404,
      },
    })
    const invalid = await inProtobuf(api, 'POST', CONFIG_MAPS, configMap('Not A Name'))
    expect([invalid.code, invalid.body['reason']]).toEqual([422, 'Invalid'])
    expect(invalid.body['details']).toMatchObject({ causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] })
  })
})

describe('metadata only', () => {
  const as = `as=PartialObjectMetadata;${META}`
  const accept = `${PROTOBUF};${as},application/json;${as},application/json`

  it('is given of objects, also of those that were just written', async () => {
    const created = await inProtobuf(api, 'POST', CONFIG_MAPS, configMap('one'), { headers: { accept } })
    expect(created).toMatchObject({
      code: 201,
      contentType: PROTOBUF,
      body: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'one' } },
    })
    expect(created.body['data']).toBe(undefined)
    const beta = `${PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1beta1`
    const older = await inProtobuf(api, 'GET', `${CONFIG_MAPS}/one`, undefined, { headers: { accept: beta } })
    expect(older.body).toMatchObject({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1beta1',
    })
  })
})

describe('a subresource', () => {
  it('scale speaks Scale', async () => {
    await inProtobuf(api, 'POST', DEPLOYMENTS, deployment)
    const path = `${DEPLOYMENTS}/web/scale`
    const scale = await inProtobuf(api, 'GET', path)
    expect(scale.body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 2 },
      status: { selector: 'app=web' },
    })
    const wanted = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 5 } }
    const answer = await inProtobuf(api, 'PUT', path, wanted)
    expect([answer.code, answer.contentType, answer.body['spec']]).toEqual([200, PROTOBUF, { replicas: 5 }])
  })

  it('status takes and gives the object', async () => {
    await inProtobuf(api, 'POST', DEPLOYMENTS, deployment)
    const next = { ...deployment, status: { replicas: 1 } }
    const answer = await inProtobuf(api, 'PUT', `${DEPLOYMENTS}/web/status`, next)
    expect([answer.code, answer.body['status']]).toEqual([200, { replicas: 1 }])
  })

  it('binding takes a Binding and gives a Status', async () => {
    await api.json('POST', `${TEAM}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
    const spec = { containers: [{ name: 'c', image: 'i' }] }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }
    await inProtobuf(api, 'POST', `${TEAM}/pods`, pod)
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } }
    const bound = await inProtobuf(api, 'POST', `${TEAM}/pods/p/binding`, binding)
    expect([bound.code, bound.contentType, bound.body['status']]).toEqual([201, PROTOBUF, 'Success'])
    expect((await inProtobuf(api, 'GET', `${TEAM}/pods/p`)).body['spec']?.['nodeName']).toBe('n')
  })

  it('eviction takes an Eviction with its options, and gives a Status', async () => {
    await api.json('POST', `${TEAM}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
    const spec = { containers: [{ name: 'c', image: 'i' }] }
    const { body } = await api.json('POST', `${TEAM}/pods`, { body: { metadata: { name: 'p' }, spec } })
    const evict = (uid: string): Promise<ProtobufAnswer> => {
      const deleteOptions = { preconditions: { uid } }
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' }, deleteOptions }
      return inProtobuf(api, 'POST', `${TEAM}/pods/p/eviction`, eviction)
    }
    expect((await evict('other')).code).toBe(409)
    const evicted = await evict(String(body['metadata']?.['uid']))
    expect([evicted.code, evicted.contentType, evicted.body['status']]).toEqual([201, PROTOBUF, 'Success'])
  })

  it('token speaks TokenRequest', async () => {
    const status = { token: 'secret', expirationTimestamp: '2026-01-01T01:00:00Z' }
    api = testApi('team', {
      calls: { issueToken: (_account, request) => Promise.resolve({ ...request, status }) },
    })
    await api.json('POST', `${TEAM}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
    const spec = { audiences: ['a'], expirationSeconds: 600 }
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec }
    const issued = await inProtobuf(api, 'POST', `${TEAM}/serviceaccounts/default/token`, request)
    expect(issued).toMatchObject({ code: 201, contentType: PROTOBUF, body: { kind: 'TokenRequest', spec, status } })
  })

  it('reviews are answered in it', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'team' } },
    }
    const answered = await inProtobuf(testApi(''), 'POST', path, review, {})
    expect([answered.code, answered.contentType]).toEqual([201, PROTOBUF])
    expect(answered.body['spec']).toEqual(review.spec)
  })
})

describe('what never travels in protobuf', () => {
  const CLUSTERS = '/apis/workernetes.dev/v1/clusters'

  it('is asked for and sent in vain, but its metadata is given', async () => {
    const root = testApi('')
    const cluster = { apiVersion: 'workernetes.dev/v1', kind: 'Cluster', metadata: { name: 'one' } }
    await root.json('POST', CLUSTERS, { body: cluster })
    const refused = await root.json('GET', `${CLUSTERS}/one`, { headers: { accept: PROTOBUF } }).catch(() => undefined)
    expect(refused).toBe(undefined)
    const status = await inProtobuf(root, 'GET', `${CLUSTERS}/one`, undefined, { headers: { accept: PROTOBUF } })
    expect([status.code, status.contentType, status.body['message']]).toEqual([
      406,
      PROTOBUF,
      `only the following media types are accepted: application/json, application/yaml, ${PROTOBUF}`,
    ])
    const bytes = writeProtobuf(configMap('one'))
    const sent = await root.json('POST', CLUSTERS, { bytes, headers: { 'content-type': PROTOBUF } })
    expect([sent.code, sent.body['message']]).toEqual([
      415,
      'the body of the request was in an unknown format - accepted media types include: ' +
        'application/json, application/yaml',
    ])
    const either = await root.request('GET', `${CLUSTERS}/one`, { headers: { accept: `${PROTOBUF},application/json` } })
    expect(either.headers.get('content-type')).toBe('application/json')
    await either.body?.cancel()
    const accept = `${PROTOBUF};as=PartialObjectMetadata;${META}`
    expect((await inProtobuf(root, 'GET', `${CLUSTERS}/one`, undefined, { headers: { accept } })).body).toMatchObject({
      kind: 'PartialObjectMetadata',
      metadata: { name: 'one' },
    })
  })
})

describe('a body', () => {
  const send = (bytes: Uint8Array<ArrayBuffer>): ReturnType<TestApi['json']> =>
    api.json('POST', CONFIG_MAPS, { bytes, headers: { 'content-type': PROTOBUF } })
  const MAGIC = [0x6b, 0x38, 0x73, 0]

  it.each<[what: string, bytes: number[], message: string]>([
    ['nothing', [], 'the object provided is unrecognized (must be of type ConfigMap): empty data (<empty>)'],
    ['a prefix alone', MAGIC, 'the object provided is unrecognized (must be of type ConfigMap): empty body (6b387300)'],
    [
      'an envelope that breaks off',
      [...MAGIC, 0x0a, 9],
      'the object provided is unrecognized (must be of type ConfigMap): unexpected EOF (6b3873000a09)',
    ],
    [
      'an object that breaks off',
      [...MAGIC, 0x12, 2, 0x0a, 9],
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: unexpected EOF',
    ],
  ])('that is %s is refused as upstream does', async (_what, bytes, message) => {
    const { code, body } = await send(new Uint8Array(bytes))
    expect([code, body['reason'], body['message']]).toEqual([400, 'BadRequest', message])
  })

  it('of another kind is refused by its name', async () => {
    const { code, body } = await send(writeProtobuf(deployment))
    expect([code, body['message']]).toEqual([
      400,
      'Deployment in version "v1" cannot be handled as a ConfigMap: ' +
        'converting (v1.Deployment) to (core.ConfigMap): unknown conversion',
    ])
  })
})

it('reads what it wrote', () => {
  expect(readProtobuf(writeProtobuf(configMap('one')))).toMatchObject(configMap('one'))
})
