/**
 * Scale of every built-in kind that has one. The expected side is kubernetes/kubernetes
 * pkg/registry/{apps/{deployment,replicaset,statefulset},core/replicationcontroller}/storage/storage.go, and
 * k8s.io/apiserver pkg/storage for preconditions.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'

const MERGE = { 'content-type': 'application/merge-patch+json' }

const APPS = '/apis/apps/v1/namespaces/team'
const CORE = '/api/v1/namespaces/team'

const KINDS = [
  ['deployments', APPS, 'deployments.apps', 'deployments/scale.apps', 'deployments'],
  ['replicasets', APPS, 'replicasets.apps', 'replicasets/scale.apps', 'replicasets'],
  ['statefulsets', APPS, 'statefulsets.apps', 'statefulsets/scale.apps', 'statefulsets'],
  ['replicationcontrollers', CORE, 'replicationcontrollers', 'replicationcontrollers/scale', 'controllers'],
] as const

describe.each(KINDS)('the scale of %s', (plural, root, full, scaleName, prefix) => {
  const path = `${root}/${plural}/web`
  let api: TestApi
  let parent: Json

  beforeEach(async () => {
    api = testApi('team')
    const labels = { app: 'web', tier: 'front' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const selector = root === CORE ? labels : { matchLabels: labels }
    const service = plural === 'statefulsets' ? { serviceName: 'web' } : {}
    const spec = { replicas: 2, selector, template, ...service }
    const answer = await api.json('POST', `${root}/${plural}`, { body: { metadata: { name: 'web' }, spec } })
    expect(answer.code, JSON.stringify(answer.body)).toBe(201)
    parent = answer.body
  })

  const scale = (metadata: object, replicas: number): object => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web', ...metadata },
    spec: { replicas },
  })

  it('is the parent seen as a Scale', async () => {
    const { uid, creationTimestamp } = parent['metadata'] as unknown as Record<string, string>
    expect(await api.json('GET', `${path}/scale`)).toEqual({
      code: 200,
      body: {
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: { name: 'web', namespace: 'team', uid, resourceVersion: '1', creationTimestamp },
        spec: { replicas: 2 },
        status: { replicas: 0, selector: 'app=web,tier=front' },
      },
    })
  })

  it('is set by PUT, with or without a version, and by PATCH', async () => {
    const put = await api.json('PUT', `${path}/scale`, { body: scale({ resourceVersion: '1' }, 5) })
    expect([put.code, put.body['spec'], put.body['metadata']?.['resourceVersion']]).toEqual([200, { replicas: 5 }, '2'])
    expect((await api.json('PUT', `${path}/scale`, { body: scale({ resourceVersion: '0' }, 4) })).code).toBe(200)
    expect((await api.json('PUT', `${path}/scale`, { body: scale({}, 6) })).code).toBe(200)
    const patched = await api.json('PATCH', `${path}/scale`, { body: { spec: { replicas: 0 } }, headers: MERGE })
    expect([patched.code, patched.body['spec']]).toEqual([200, {}])
    const { body } = await api.json('GET', path)
    expect([body['spec']?.['replicas'], body['metadata']?.['generation']]).toEqual([0, 5])
  })

  it.each([
    [
      'of another version',
      { resourceVersion: '9' },
      3,
      409,
      `Operation cannot be fulfilled on ${full} "web": the object has been modified; please apply your changes to the ` +
        'latest version and try again',
    ],
    [
      'below nothing',
      {},
      -1,
      422,
      'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'with a label that is none',
      { labels: { 'a/b/c': 'd' } },
      -1,
      422,
      'Scale.autoscaling "web" is invalid: [metadata.labels: Invalid value: "a/b/c": a valid label key must consist of ' +
        "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. " +
        "'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
        "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. " +
        "'example.com/MyName'), spec.replicas: Invalid value: -1: must be greater than or equal to 0]",
    ],
    [
      'with a finalizer that nobody knows',
      { finalizers: ['mine'] },
      3,
      422,
      'Scale.autoscaling "web" is invalid: metadata.finalizers[0]: Invalid value: "mine": name is neither a standard ' +
        'finalizer name nor is it fully qualified',
    ],
    ['of a version that is none', { resourceVersion: 'x' }, 3, 500, 'strconv.ParseUint: parsing "x": invalid syntax'],
    [
      'of another namespace',
      { namespace: 'other' },
      3,
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    ['of another name', { name: 'api' }, 3, 400, 'the name of the object (api) does not match the name on the URL (web)'],
  ])('%s is refused', async (_what, metadata, replicas, code, message) => {
    const answer = await api.json('PUT', `${path}/scale`, { body: scale(metadata, replicas) })
    expect([answer.code, answer.body['message']]).toEqual([code, message])
  })

  it('is looked for in its namespace, and read as new as is asked for', async () => {
    const other = await api.json('PUT', `${path}2/scale`, { body: scale({ name: 'web2', namespace: 'other' }, 1) })
    expect(other.code).toBe(400)
    const read = await api.json('GET', `${path}/scale?resourceVersion=x`)
    expect([read.code, read.body['message']]).toEqual([
      500,
      'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ])
  })

  it('of another uid is refused by the storage for a PUT, and by the endpoint for a PATCH', async () => {
    const found = parent['metadata']?.['uid'] ?? ''
    const why = `Precondition failed: UID in precondition: other, UID in object meta: ${found}`
    const put = await api.json('PUT', `${path}/scale`, { body: scale({ uid: 'other' }, 3) })
    expect([put.code, put.body['message']]).toEqual([
      409,
      `Operation cannot be fulfilled on ${full} "web": StorageError: invalid object, Code: 4, ` +
        `Key: /registry/${prefix}/team/web, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
    ])
    const patched = await api.json('PATCH', `${path}/scale`, { body: { metadata: { uid: 'other' } }, headers: MERGE })
    expect([patched.code, patched.body['message']]).toEqual([
      409,
      `Operation cannot be fulfilled on ${scaleName} "web": ${why}`,
    ])
  })
})

it('a patch of a scale that cannot be read shows it with whoever owns its replicas', async () => {
  const api = testApi('team')
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  const spec = { replicas: 2, selector: { matchLabels: { a: 'b' } }, template }
  await api.json('POST', `${APPS}/deployments?fieldManager=m`, { body: { metadata: { name: 'web' }, spec } })
  const wrong = { body: { spec: { replicas: 'x' } }, headers: MERGE }
  const { code, body } = await api.json('PATCH', `${APPS}/deployments/web/scale`, wrong)
  expect(code).toBe(422)
  expect(body['message']).toContain('\\"fieldsV1\\":{\\"f:spec\\":{\\"f:replicas\\":{}}}')
})

describe('the uid of an object', () => {
  it('is a precondition of PUT, in the words of the storage, and cannot be changed by PATCH', async () => {
    const api = testApi('team')
    const { body } = await api.json('POST', `${CORE}/configmaps`, { body: { metadata: { name: 'a' } } })
    const put = await api.json('PUT', `${CORE}/configmaps/a`, { body: { metadata: { name: 'a', uid: 'other' } } })
    expect([put.code, put.body['message']]).toEqual([
      409,
      'Operation cannot be fulfilled on configmaps "a": StorageError: invalid object, Code: 4, ' +
        'Key: /registry/configmaps/team/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ' +
        `UID in precondition: other, UID in object meta: ${body['metadata']?.['uid'] ?? ''}`,
    ])
    // What is not to be stored is not looked at by the storage, which puts its own prefix to the keys.
    const other = { metadata: { name: 'a', uid: 'other' } }
    const dry = await api.json('PUT', `${CORE}/configmaps/a?dryRun=All`, { body: other })
    expect(dry.body['message']).toBe(String(put.body['message']).replace('/registry', ''))
    const patch = { metadata: { uid: 'other' } }
    const patched = await api.json('PATCH', `${CORE}/configmaps/a`, { body: patch, headers: MERGE })
    expect([patched.code, patched.body['message']]).toEqual([
      422,
      'ConfigMap "a" is invalid: metadata.uid: Invalid value: "other": field is immutable',
    ])
  })
})
