/** Bodies of another kind than belongs there: read as what they say they are before they are refused for it. */
import { describe, expect, it } from 'vitest'
import { testApi } from '../../support/api.ts'

const BASE = '/api/v1/namespaces/team'

describe('a body of another kind', () => {
  const make = async (body: object): Promise<string> =>
    (await testApi('team').json('POST', `${BASE}/configmaps`, { body: { apiVersion: 'v1', ...body } })).body['message'] ?? ''

  it.each<[what: string, body: object, why: string]>([
    ['is refused for it', { kind: 'Service', foo: 1 }, 'converting (v1.Service) to (core.ConfigMap): unknown conversion'],
    ['is refused for what is wrong in it first', { kind: 'Service', spec: 'x' },
      'json: cannot unmarshal string into Go struct field Service.spec of type v1.ServiceSpec'],
    ['that is no kind of its own is, too', { kind: 'Status', reason: 5 },
      'json: cannot unmarshal number into Go struct field Status.reason of type v1.StatusReason'],
  ])('%s', async (_, body, why) => {
    const { kind } = body as { kind: string }
    expect(await make(body)).toBe(`${kind} in version "v1" cannot be handled as a ConfigMap: ${why}`)
  })
})

describe('a body of another version', () => {
  const PATH = '/apis/autoscaling/v2/namespaces/team/horizontalpodautoscalers'
  const spec = { maxReplicas: 3, scaleTargetRef: { kind: 'D', name: 'x' }, foo: 1 }

  it('is told what is unknown in that version', async () => {
    const response = await testApi('team').request('POST', PATH, {
      body: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec },
    })
    expect([response.status, response.headers.get('warning')]).toEqual([400, '299 - "unknown field \\"spec.foo\\""'])
  })
})
