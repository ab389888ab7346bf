/** Tables over HTTP: what `kubectl get` asks for, of kinds and of the scale of one. */
import { describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'

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
})
