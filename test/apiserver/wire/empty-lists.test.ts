/**
 * Lists that Go prints whether set or not: kube-apiserver stores its kinds in protobuf, which has no empty lists, so
 * that one that was given empty reads as null, from the answer to the write on (k8s.io/api, without omitempty). Who
 * owns it is said of what was given.
 */
import { describe, expect, it } from 'vitest'
import { decodeObject } from '../../../src/apimachinery/schema/decode.ts'
import { cloneDecoded, givenEmpty, hasEmptyInList } from '../../../src/apimachinery/schema/given-empty.ts'
import { schema } from '../../../src/apis/schema.ts'
import { testApi, type Json, type TestApi } from '../../support/api.ts'
import { inProtobuf } from './protobuf-client.ts'

type Path = readonly (string | number)[]

const RBAC = 'rbac.authorization.k8s.io/v1'
const ROLES = `/apis/${RBAC}/namespaces/team/roles`
const MERGE = { 'content-type': 'application/merge-patch+json' }
const APPLY = { 'content-type': 'application/apply-patch+yaml' }
const TEMPLATE = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } }
const RULE = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }

const at = (object: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], object)

const ownersOf = (object: Json): unknown =>
  (object['metadata']?.['managedFields'] as unknown as Record<string, unknown>[] | undefined ?? []).map(
    ({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1],
  )

describe('a list that is always printed', () => {
  const given: readonly [string, string, object, readonly Path[]][] = [
    [RBAC, 'roles', { rules: [] }, [['rules']]],
    [
      'discovery.k8s.io/v1',
      'endpointslices',
      { addressType: 'IPv4', endpoints: [], ports: [] },
      [['endpoints'], ['ports']],
    ],
    ['resource.k8s.io/v1', 'resourceclaims', { spec: { devices: { requests: [] } } }, [['spec', 'devices', 'requests']]],
    [
      'batch/v1',
      'jobs',
      { spec: { podFailurePolicy: { rules: [] }, template: TEMPLATE } },
      [['spec', 'podFailurePolicy', 'rules']],
    ],
  ]

  it.each(given)('of %s %s is null when it is empty', async (group, resource, more, paths) => {
    const api = testApi('team')
    const root = `/apis/${group}/namespaces/team/${resource}`
    const body = { metadata: { name: 'x' }, ...more }
    const made = [
      await api.json('POST', `${root}?dryRun=All`, { body }),
      await api.json('POST', root, { body }),
      await api.json('GET', `${root}/x`),
      await api.json('PATCH', `${root}/x`, { body: { ...more, metadata: { labels: { a: 'b' } } }, headers: MERGE }),
    ]
    const resourceVersion = made.at(-1)?.body['metadata']?.['resourceVersion'] as string | undefined
    const put = { metadata: { name: 'x', labels: { a: 'c' }, resourceVersion }, ...more }
    const apply = { apiVersion: group, kind: made.at(-1)?.body['kind'], metadata: { name: 'y' }, ...more }
    const answers = [
      ...made,
      ...(resource === 'jobs' ? [] : [await api.json('PUT', `${root}/x`, { body: put })]),
      await api.json('PATCH', `${root}/y?fieldManager=m`, { body: apply, headers: APPLY }),
    ]
    for (const answer of answers) {
      expect(answer.code).toBeLessThan(202)
      for (const path of paths) expect(at(answer.body, path)).toBeNull()
    }
  })

  it('of a node is null in its status', async () => {
    const body = { metadata: { name: 'n' }, status: { images: [{ names: ['i'] }, { names: [], sizeBytes: 5 }] } }
    const made = await testApi('').json('POST', '/api/v1/nodes', { body })
    const images = [{ names: ['i'] }, { names: null, sizeBytes: 5 }]
    expect(made).toMatchObject({ code: 201, body: { status: { images } } })
  })

  it('is null to those who read JSON, whoever wrote it in protobuf, and none to those who read that', async () => {
    const api = testApi('team')
    const body = { apiVersion: RBAC, kind: 'Role', metadata: { name: 'x' }, rules: [] }
    const made = await inProtobuf(api, 'POST', ROLES, body)
    expect([made.code, made.body['rules'] ?? []]).toEqual([201, []])
    expect((await api.json('GET', `${ROLES}/x`)).body['rules']).toBeNull()
  })

  it('stays empty in a CustomResourceDefinition, which is stored in JSON', async () => {
    const names = { plural: 'foos', kind: 'Foo' }
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }]
    const spec = { group: 'example.com', scope: 'Namespaced', names, versions }
    const api = testApi('')
    const root = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    await api.json('POST', root, { body: { metadata: { name: 'foos.example.com' }, spec } })
    const { body } = await api.json('PATCH', `${root}/foos.example.com/status`, {
      body: { status: { conditions: [] } },
      headers: MERGE,
    })
    expect(body['status']?.['conditions']).toEqual([])
  })

  it('is empty in what validation says of it', async () => {
    const rules = [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [] } }]
    const { code, body } = await testApi('team').json('POST', '/apis/batch/v1/namespaces/team/jobs', {
      body: { metadata: { name: 'x' }, spec: { podFailurePolicy: { rules }, template: TEMPLATE } },
    })
    expect(code).toBe(422)
    expect(body['message']).toContain('onExitCodes.values: Invalid value: []: at least one value is required')
  })
})

describe('a list that was stored as none', () => {
  const role = (rules?: readonly object[] | null): object => ({
    apiVersion: RBAC,
    kind: 'Role',
    metadata: { name: 'x' },
    ...(rules !== undefined && { rules }),
  })

  it.each([
    ['empty', []],
    ['null', null],
    ['absent', undefined],
  ])('is the same %s: nothing is written', async (_, rules) => {
    const api = testApi('team')
    const { body: made } = await api.json('POST', `${ROLES}?fieldManager=m`, { body: role([]) })
    expect(await api.json('PUT', `${ROLES}/x?fieldManager=m`, { body: role(rules) })).toEqual({ code: 200, body: made })
  })

  it('is no change of what may not change, nor of the generation', async () => {
    const api = testApi('team')
    const jobs = '/apis/batch/v1/namespaces/team/jobs'
    const policy = { podFailurePolicy: { rules: [] } }
    await api.json('POST', jobs, { body: { metadata: { name: 'x' }, spec: { ...policy, template: TEMPLATE } } })
    const patched = await api.json('PATCH', `${jobs}/x`, { body: { spec: policy }, headers: MERGE })
    expect(patched).toMatchObject({ code: 200, body: { metadata: { generation: 1 } } })
  })

  const write = (api: TestApi, manager: string, rules?: readonly object[] | null): ReturnType<TestApi['json']> =>
    api.json('PUT', `${ROLES}/x?fieldManager=${manager}`, { body: role(rules) })
  const patch = (api: TestApi, manager: string, rules: readonly object[] | null): ReturnType<TestApi['json']> =>
    api.json('PATCH', `${ROLES}/x?fieldManager=${manager}`, { body: { rules }, headers: MERGE })
  const apply = (api: TestApi, manager: string, rules?: readonly object[] | null): ReturnType<TestApi['json']> =>
    api.json('PATCH', `${ROLES}/x?fieldManager=${manager}&force=true`, { body: role(rules), headers: APPLY })
  const owned = { 'f:rules': {} }

  it.each<[string, ((api: TestApi) => ReturnType<TestApi['json']>)[], unknown]>([
    ['who updates it to empty', [(api) => write(api, 'a', [RULE]), (api) => write(api, 'b', [])],
      [['b', 'Update', owned]]],
    ['who says anew that it is empty', [(api) => write(api, 'a', []), (api) => patch(api, 'b', [])],
      [['b', 'Update', owned]]],
    ['whoever did before, if another one says null', [(api) => write(api, 'a', []), (api) => patch(api, 'b', null)],
      [['a', 'Update', owned]]],
    ['who applies it empty', [(api) => apply(api, 'a', []), (api) => apply(api, 'a', [])],
      [['a', 'Apply', owned]]],
    ['nobody, once an apply leaves it out', [(api) => apply(api, 'a', []), (api) => apply(api, 'a')], []],
    ['who applies it empty to one that was not', [(api) => write(api, 'a', [RULE]), (api) => apply(api, 'b', [])],
      [['b', 'Apply', owned]]],
  ])('belongs to %s', async (_, writes, owners) => {
    const api = testApi('team')
    let last: Json = {}
    for (const one of writes) {
      const { code, body } = await one(api)
      expect(code).toBeLessThan(202)
      last = body
    }
    expect(ownersOf(last)).toEqual(owners)
  })
})

describe('what was given empty', () => {
  it('is told from none by what refuses an update, wherever it stands', async () => {
    const pods = testApi('team')
    await pods.json('POST', '/api/v1/namespaces/team/serviceaccounts', { body: { metadata: { name: 'x' } } })
    const path = '/api/v1/namespaces/team/pods'
    const spec = {
      serviceAccountName: 'x', automountServiceAccountToken: false,
      containers: [{ name: 'c', image: 'i', args: ['a'] }],
      securityContext: { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '0' }] },
    }
    const body = { metadata: { name: 'p' }, spec }
    expect((await pods.json('POST', path, { body })).code).toBe(201)
    const changed = { ...spec, containers: [{ name: 'c', image: 'i', args: [] }], securityContext: { sysctls: [] } }
    const { message } = (await pods.json('PUT', `${path}/p`, { body: { ...body, spec: changed } })).body
    expect(message).toContain('+   "Args": [],')
    expect(message).toContain('+  "Sysctls": [],')
  })

  it('is known of copies', () => {
    const template = { metadata: { labels: {} }, spec: { containers: [{ name: 'c', args: [] }] } }
    const { object } = decodeObject(schema, 'V1PodTemplate', { template })
    const copy = cloneDecoded(object)
    expect(copy).toEqual(object)
    for (const known of [object, copy]) {
      expect(givenEmpty(at(known, ['template', 'metadata']) as object, 'labels')).toEqual({})
      expect(givenEmpty(at(known, ['template', 'spec', 'containers', 0]) as object, 'args')).toEqual([])
      expect(hasEmptyInList(at(known, ['template', 'spec', 'containers']))).toBe(true)
      expect(hasEmptyInList(at(known, ['template', 'metadata']))).toBe(false)
    }
  })
})
