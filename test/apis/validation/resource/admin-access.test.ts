/**
 * Devices that others use are given only in namespaces which are labelled for it (pkg/registry/resource/utils.go,
 * AuthorizedForAdmin, AuthorizedForAdminStatus).
 */
import { describe, expect, it } from 'vitest'
import type { TestApi } from '../../../support/api.ts'
import { testApi } from '../../../support/api.ts'

const ROOT = '/apis/resource.k8s.io/v1/namespaces/team'
const WHY =
  'Forbidden: admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the ' +
  'containing namespace'

function apiOf(labels: Record<string, string>): TestApi {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team', labels } }
  return testApi('team', { calls: { ownNamespace: () => Promise.resolve(namespace) } })
}

const spec = (adminAccess: boolean): object => ({
  devices: {
    requests: [
      { name: 'a', exactly: { deviceClassName: 'gpu' } },
      { name: 'b', exactly: { deviceClassName: 'gpu', adminAccess } },
    ],
  },
})
const claim = (adminAccess: boolean): object => ({ metadata: { name: 'c' }, spec: spec(adminAccess) })
const template = { metadata: { name: 't' }, spec: { spec: spec(true) } }
const labelled = { 'resource.kubernetes.io/admin-access': 'true' }

describe('admin access', () => {
  it.each([
    ['resourceclaims', claim(true)],
    ['resourceclaimtemplates', template],
  ])('is asked for by %s of labelled namespaces only', async (resource, body) => {
    const refused = await apiOf({}).json('POST', `${ROOT}/${resource}`, { body })
    expect(refused).toMatchObject({
      code: 422,
      body: { details: { causes: [{ field: 'spec.devices.requests[1].adminAccess', message: WHY }] } },
    })
    expect(await apiOf(labelled).json('POST', `${ROOT}/${resource}`, { body })).toMatchObject({ code: 201 })
  })

  it('is no question of claims that want none', async () => {
    expect(await apiOf({}).json('POST', `${ROOT}/resourceclaims`, { body: claim(false) })).toMatchObject({ code: 201 })
  })

  it('is granted in labelled namespaces only', async () => {
    const result = { request: 'b', driver: 'example.com', pool: 'p', device: 'd', adminAccess: true }
    const status = { allocation: { devices: { results: [result] } } }
    for (const [labels, code] of [[{}, 422], [labelled, 200]] as const) {
      const api = apiOf(labels)
      await api.json('POST', `${ROOT}/resourceclaims`, { body: claim(false) })
      const body = { ...claim(false), status }
      const answer = await api.json('PUT', `${ROOT}/resourceclaims/c/status`, { body })
      expect(answer.code).toBe(code)
      const causes = [{ field: 'status.allocation.devices.results[0].adminAccess', message: WHY }]
      if (code === 422) expect(answer.body).toMatchObject({ details: { causes } })
    }
  })
})
