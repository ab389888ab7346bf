/** Tables over HTTP: what `kubectl get` asks for, of kinds and of the scale of one. */
import { describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../../support/api.ts'
import { itemNames, testApi } from '../../support/api.ts'

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
const DEPLOYMENTS = '/apis/apps/v1/namespaces/team/deployments'

async function withDeployment(): Promise<TestApi> {
  const api = testApi('team')
  const spec = {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  }
  const { code } = await api.json('POST', DEPLOYMENTS, {
    body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec },
  })
  expect(code).toBe(201)
  return api
}

const namesOf = (table: Json): string[] =>
  (table['columnDefinitions'] as unknown as { name: string }[]).map(({ name }) => name)

describe('a Table of FlowSchemas', () => {
  const FLOW_SCHEMAS = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'

  it('has them in the order in which they are looked at', async () => {
    const api = testApi('')
    for (const [name, matchingPrecedence] of [['a', 300], ['b', 20], ['c', 300], ['d', 100]] as const) {
      const spec = { matchingPrecedence, priorityLevelConfiguration: { name: 'x' } }
      expect((await api.json('POST', FLOW_SCHEMAS, { body: { metadata: { name }, spec } })).code).toBe(201)
    }
    const { body } = await api.json('GET', FLOW_SCHEMAS, { headers: TABLE })
    const rows = body['rows'] as unknown as { cells: unknown[] }[]
    expect(rows.map(({ cells }) => cells[0])).toEqual(['b', 'd', 'a', 'c'])
    const page = await api.json('GET', `${FLOW_SCHEMAS}?limit=2`, { headers: TABLE })
    expect((page.body['rows'] as unknown as typeof rows).map(({ cells }) => cells[0])).toEqual(['b', 'a'])
    expect(itemNames((await api.json('GET', FLOW_SCHEMAS)).body)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('a Table', () => {
  it('has a row of cells for the one object asked for', async () => {
    const api = await withDeployment()
    const { body } = await api.json('GET', `${DEPLOYMENTS}/web`, { headers: TABLE })
    expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' })
    expect(namesOf(body).slice(0, 3)).toEqual(['Name', 'Ready', 'Up-to-date'])
    expect(body['rows']).toMatchObject([
      {
        cells: ['web', '0/3', 0, 0, expect.any(String), 'c', 'i', 'app=web'],
        object: { kind: 'PartialObjectMetadata' },
      },
    ])
  })

  it.each([
    ['/apis/rbac.authorization.k8s.io/v1/namespaces/team/roles', null],
    ['/apis/rbac.authorization.k8s.io/v1/namespaces/team/roles?limit=1', null],
    ['/apis/storage.k8s.io/v1/namespaces/team/csistoragecapacities', null],
    [DEPLOYMENTS, []],
  ])('of nothing has no rows, or a list of none: %s', async (path, rows) => {
    const { body } = await testApi('team').json('GET', path, { headers: TABLE })
    expect(body).toMatchObject({ kind: 'Table', rows })
  })

  it('has the scale of an object in columns of its own', async () => {
    const api = await withDeployment()
    const { body } = await api.json('GET', `${DEPLOYMENTS}/web/scale?includeObject=Object`, { headers: TABLE })
    expect(namesOf(body)).toEqual(['Name', 'Desired', 'Available', 'Age'])
    expect(body['rows']).toMatchObject([{ cells: ['web', 3, 0, expect.any(String)], object: { kind: 'Scale' } }])
  })

  it('says of a pod that is over that it is', async () => {
    const api = testApi('team')
    const pods = '/api/v1/namespaces/team/pods'
    await api.json('POST', '/api/v1/namespaces/team/serviceaccounts', {
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
    })
    const spec = { containers: [{ name: 'c', image: 'i' }] }
    const created = await api.json('POST', pods, {
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec },
    })
    expect(created.code).toBe(201)
    const patched = await api.json('PATCH', `${pods}/p/status`, {
      body: { status: { phase: 'Succeeded' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect(patched.code).toBe(200)
    const { body } = await api.json('GET', pods, { headers: TABLE })
    expect(body['rows']).toMatchObject([{ conditions: [{ type: 'Completed', status: 'True', reason: 'Succeeded' }] }])
  })

  it('has a cell more than headers of an IPAddress, as upstream does', async () => {
    const api = testApi('')
    const addresses = '/apis/networking.k8s.io/v1/ipaddresses'
    const spec = { parentRef: { resource: 'services', namespace: 'a', name: 'b' } }
    const made = await api.json('POST', addresses, {
      body: { apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name: '10.96.0.9' }, spec },
    })
    expect(made.code).toBe(201)
    for (const path of [addresses, `${addresses}/10.96.0.9`]) {
      const { body } = await api.json('GET', path, { headers: TABLE })
      expect(namesOf(body)).toEqual(['Name', 'ParentRef'])
      expect(body['rows']).toMatchObject([{ cells: ['10.96.0.9', 'services/a/b', expect.any(String)] }])
    }
  })
})

/** Upstream's metadata have no annotation for what is a field of its own types (pkg/apis/apps/v1/conversion.go). */
describe('the metadata alone', () => {
  const PARTIAL = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }
  const PARTIAL_LIST = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' }
  const selector = { matchLabels: { a: 'b' } }
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }

  it.each([
    ['DaemonSet', {}, undefined],
    ['DaemonSet', { mine: '1' }, { mine: '1' }],
    ['Deployment', { 'deprecated.deployment.rollback.to': '1', mine: '1' }, { mine: '1' }],
    ['Deployment', { 'deprecated.daemonset.template.generation': '1' }, {
      'deprecated.daemonset.template.generation': '1',
    }],
  ])('of a %s with annotations %o has none that stands for a field', async (kind, annotations, want) => {
    const api = testApi('team')
    const collection = `/apis/apps/v1/namespaces/team/${kind.toLowerCase()}s`
    const made = await api.json('POST', collection, {
      body: { apiVersion: 'apps/v1', kind, metadata: { name: 'x', annotations }, spec: { selector, template } },
    })
    expect(made.code).toBe(201)
    const annotationsOf = ({ metadata }: { metadata?: unknown }): unknown =>
      (metadata as { annotations?: unknown }).annotations
    const one = await api.json('GET', `${collection}/x`, { headers: PARTIAL })
    expect(annotationsOf(one.body)).toEqual(want)
    expect((one.body['metadata'] as unknown as { managedFields?: unknown }).managedFields).toHaveLength(1)
    const list = await api.json('GET', collection, { headers: PARTIAL_LIST })
    expect((list.body['items'] as unknown as { metadata: object }[]).map(annotationsOf)).toEqual([want])
    const table = await api.json('GET', collection, { headers: TABLE })
    expect((table.body['rows'] as unknown as { object: object }[]).map(({ object }) => annotationsOf(object))).toEqual([want])
    const whole = await api.json('GET', `${collection}/x`)
    expect(annotationsOf(whole.body)).toMatchObject(annotations)
  })
})
