/** Which APIs of other servers are counted as unavailable. */
import { expect, it } from 'vitest'
import { unavailableApis } from '../../../src/objects/operations/unavailable-apis.ts'
import { testApi } from '../../support/api.ts'

const PATH = '/apis/apiregistration.k8s.io/v1/apiservices'

it('counts an APIService whose last check failed, and no other', async () => {
  const api = testApi('')
  const checked = { 'a.example.com': 'False', 'b.example.com': 'True', 'c.example.com': '' }
  for (const [group, status] of Object.entries(checked)) {
    const service = { namespace: 'ns', name: 's' }
    const spec = { group, version: 'v1', service, groupPriorityMinimum: 1, versionPriority: 1 }
    await api.json('POST', PATH, { body: { metadata: { name: `v1.${group}` }, spec } })
    if (status === '') continue
    await api.json('PATCH', `${PATH}/v1.${group}/status`, {
      body: { status: { conditions: [{ type: 'Available', status }] } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
  }
  const { series } = unavailableApis(api.scope.store)
  expect(series.map(({ labels, value }) => [labels[0], value])).toEqual([
    ['v1.a.example.com', 1],
    ['v1.b.example.com', 0],
    ['v1.c.example.com', 0],
  ])
})
