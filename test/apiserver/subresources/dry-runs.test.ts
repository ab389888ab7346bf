/**
 * dryRun=All on everything that writes: the answer is as if it were done, and nothing is. The verbs are those of
 * k8s.io/apiserver pkg/endpoints/handlers, the refusals those of pkg/apis/meta/v1/validation and handlers/rest.go.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'

const TEAM = '/api/v1/namespaces/team'
const POD = `${TEAM}/pods/p`
const SETS = '/apis/apps/v1/namespaces/team/replicasets'
const MERGE = { 'content-type': 'application/merge-patch+json' }
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' }

let api: TestApi

beforeEach(async () => {
  api = testApi('team', {
    calls: { issueToken: (account) => Promise.resolve({ ...account, kind: 'TokenRequest' }) },
  })
  await api.json('POST', `${TEAM}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }]
  await api.json('POST', `${TEAM}/pods`, { body: { metadata: { name: 'p' }, spec: { containers } } })
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers } }
  const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template }
  expect((await api.json('POST', SETS, { body: { metadata: { name: 's' }, spec } })).code).toBe(201)
})

const binding = { metadata: { name: 'p' }, target: { name: 'n' } }
const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }
const debug = { spec: { ephemeralContainers: [{ name: 'd', image: 'i' }] } }
const resized = { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '2' } } }] } }

describe('a dry run', () => {
  it.each<[method: string, path: string, body: object, code: number, headers?: Record<string, string>]>([
    ['POST', `${TEAM}/configmaps`, { metadata: { name: 'new' } }, 201],
    ['PATCH', POD, { metadata: { labels: { a: 'b' } } }, 200, MERGE],
    ['DELETE', POD, {}, 200],
    ['PATCH', `${POD}/status`, { status: { phase: 'Running' } }, 200, MERGE],
    ['PATCH', `${POD}/ephemeralcontainers`, debug, 200, STRATEGIC],
    ['PATCH', `${POD}/resize`, resized, 200, STRATEGIC],
    ['POST', `${POD}/binding`, binding, 201],
    ['POST', `${POD}/eviction`, eviction, 201],
    ['POST', `${TEAM}/bindings`, binding, 201],
    ['PUT', `${SETS}/s/scale`, { metadata: { name: 's' }, spec: { replicas: 5 } }, 200],
    ['PATCH', `${SETS}/s/scale`, { spec: { replicas: 5 } }, 200, MERGE],
    ['DELETE', SETS, {}, 200],
    ['POST', `${TEAM}/serviceaccounts/default/token`, { spec: {} }, 201],
  ])('of %s %s answers as if it were done, and nothing is', async (method, path, body, code, headers) => {
    const before = api.scope.store.revision
    // With a body, a DELETE is told in it.
    const isDelete = method === 'DELETE'
    const sent = isDelete ? { dryRun: ['All'] } : body
    const answer = await api.json(method, `${path}${isDelete ? '' : '?dryRun=All'}`, {
      body: sent,
      ...(headers === undefined ? {} : { headers }),
    })
    expect(answer.code, JSON.stringify(answer.body)).toBe(code)
    expect(api.scope.store.revision).toBe(before)
  })

  it.each([
    ['POST', `${TEAM}/configmaps`, 'CreateOptions'],
    ['POST', `${POD}/binding`, 'CreateOptions'],
    ['POST', `${POD}/eviction`, 'CreateOptions'],
    ['POST', `${TEAM}/serviceaccounts/default/token`, 'CreateOptions'],
    ['PUT', POD, 'UpdateOptions'],
    ['PUT', `${SETS}/s/scale`, 'UpdateOptions'],
    ['PUT', `${POD}/resize`, 'UpdateOptions'],
    ['PATCH', `${POD}/status`, 'PatchOptions'],
    ['PATCH', `${POD}/ephemeralcontainers`, 'PatchOptions'],
    ['DELETE', POD, 'DeleteOptions'],
    ['DELETE', SETS, 'DeleteOptions'],
  ])('of %s %s is whole or none', async (method, path, kind) => {
    const options = { ...(method === 'PATCH' ? { headers: MERGE } : {}), ...(method === 'DELETE' ? {} : { body: {} }) }
    const { code, body } = await api.json(method, `${path}?dryRun=Half`, options)
    expect([code, body['message']]).toEqual([
      422,
      `${kind}.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Half"]: supported values: "All"`,
    ])
  })

  it.each(['exec', 'attach', 'portforward', 'proxy'])('of a connection is none: %s', async (name) => {
    const { code, body } = await api.json('POST', `${POD}/${name}?dryRun=All`)
    expect([code, body['message']]).toEqual([400, 'dryRun is not supported'])
  })
})
