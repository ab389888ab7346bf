/**
 * Lists that Go prints whether set or not: kube-apiserver stores its kinds in protobuf, which has no empty lists, so
 * that one that was given empty reads as null, from the answer to the write on (k8s.io/api, without omitempty).
 */
import { describe, expect, it } from 'vitest'
import { testApi } from '../support/api.ts'

type Path = readonly (string | number)[]

const TEMPLATE = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } }

const GIVEN: readonly [string, string, object, readonly Path[]][] = [
  ['rbac.authorization.k8s.io/v1', 'roles', { rules: [] }, [['rules']]],
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

const at = (object: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], object)

describe('a list that is always printed', () => {
  it.each(GIVEN)('of %s %s is null when it is empty', async (group, resource, given, paths) => {
    const api = testApi('team')
    const root = `/apis/${group}/namespaces/team/${resource}`
    const body = { metadata: { name: 'x' }, ...given }
    const answers = [
      await api.json('POST', `${root}?dryRun=All`, { body }),
      await api.json('POST', root, { body }),
      await api.json('GET', `${root}/x`),
      await api.json('PATCH', `${root}/x`, {
        body: { ...given, metadata: { labels: { a: 'b' } } },
        headers: { 'content-type': 'application/merge-patch+json' },
      }),
    ]
    for (const answer of answers) {
      expect(answer.code).toBeLessThan(202)
      for (const path of paths) expect(at(answer.body, path)).toBeNull()
    }
  })

  it('of a node is null in its status', async () => {
    const body = { metadata: { name: 'n' }, status: { images: [{ names: [], sizeBytes: 5 }] } }
    const made = await testApi('').json('POST', '/api/v1/nodes', { body })
    expect(made).toMatchObject({ code: 201, body: { status: { images: [{ names: null, sizeBytes: 5 }] } } })
  })
})

describe('a Job whose template has no labels', () => {
  it('has those that its pods get', async () => {
    const body = { metadata: { name: 'x' }, spec: { template: TEMPLATE } }
    const { code, body: job } = await testApi('team').json('POST', '/apis/batch/v1/namespaces/team/jobs', { body })
    expect(code).toBe(201)
    expect(job['metadata']?.['labels']).toEqual(job['spec']?.['template']?.['metadata']?.['labels'])
    expect(job['metadata']?.['labels']).toHaveProperty(['job-name'], 'x')
  })
})
