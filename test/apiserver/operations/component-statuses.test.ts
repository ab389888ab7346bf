/**
 * ComponentStatuses as `kubectl get cs` and old dashboards ask for them (kubernetes pkg/registry/core/componentstatus,
 * pkg/printers/internalversion/printers.go).
 */
import { describe, expect, it } from 'vitest'
import type { Json } from '../../support/api.ts'
import { itemNames, testApi } from '../../support/api.ts'

const PATH = '/api/v1/componentstatuses'
const WARNING = '299 - "v1 ComponentStatus is deprecated in v1.19+"'

const api = testApi('', {
  calls: { componentWrong: (name) => Promise.resolve(name === 'scheduler' ? 'work has been due for 90 s' : undefined) },
})

describe('component statuses', () => {
  it('are looked at when they are asked for, and say that they are old', async () => {
    const response = await api.request('GET', PATH)
    expect(response.headers.get('warning')).toBe(WARNING)
    expect(await response.json()).toEqual({
      kind: 'ComponentStatusList',
      apiVersion: 'v1',
      metadata: {},
      items: [
        { metadata: { name: 'controller-manager' }, conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] },
        {
          metadata: { name: 'scheduler' },
          conditions: [{ type: 'Healthy', status: 'False', message: 'work has been due for 90 s' }],
        },
        { metadata: { name: 'etcd-0' }, conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] },
      ],
    })
  })

  it('are found by name, and one that is none is not', async () => {
    const { code, body } = await api.json('GET', `${PATH}/etcd-0`)
    expect([code, body]).toEqual([
      200,
      {
        apiVersion: 'v1',
        kind: 'ComponentStatus',
        metadata: { name: 'etcd-0' },
        conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
      },
    ])
    for (const name of ['etcd-1', 'toString']) {
      const missing = await api.json('GET', `${PATH}/${name}`)
      expect(missing.code).toBe(404)
      expect(missing.body).toMatchObject({
        message: `componentstatus "${name}" not found`,
        details: { name, kind: 'componentstatus' },
      })
    }
  })

  it('are printed in columns of their own', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { body } = await api.json('GET', PATH, { headers: { accept } })
    const { columnDefinitions, rows } = body as unknown as { columnDefinitions: unknown; rows: unknown }
    expect((columnDefinitions as Json[]).map(({ name }) => name)).toEqual(['Name', 'Status', 'Message', 'Error'])
    expect((rows as Json[]).map(({ cells }) => cells)).toEqual([
      ['controller-manager', 'Healthy', 'ok', ''],
      ['scheduler', 'Unhealthy', 'work has been due for 90 s', ''],
      ['etcd-0', 'Healthy', 'ok', ''],
    ])
  })

  it.each([
    ['fieldSelector=metadata.name%3Detcd-0&limit=1', ['etcd-0']],
    ['fieldSelector=metadata.name%21%3Detcd-0', ['controller-manager', 'scheduler']],
    ['labelSelector=a', []],
    ['resourceVersion=anything&continue=none', ['controller-manager', 'scheduler', 'etcd-0']],
  ])('are selected by %s', async (query, names) => {
    const { code, body } = await api.json('GET', `${PATH}?${query}`)
    expect([code, itemNames(body)]).toEqual([200, names])
  })

  it.each([
    ['GET', '?watch=true', 405, 'watch is not supported on resources of kind "componentstatuses"'],
    ['GET', '?limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['GET', '?resourceVersion=0&resourceVersionMatch=Exact', 422, 'resourceVersionMatch "exact" is forbidden'],
    ['POST', '', 405, 'the server does not allow this method on the requested resource'],
    ['DELETE', '/etcd-0', 405, 'the server does not allow this method on the requested resource'],
    ['GET', '/etcd-0/status', 404, 'the server could not find the requested resource'],
  ])('%s %s is refused', async (method, below, code, message) => {
    const options = method === 'POST' ? { body: {} } : {}
    const refused = await api.json(method, `${PATH}${below}`, options)
    expect([refused.code, refused.body]).toMatchObject([code, { message: expect.stringContaining(message) as unknown }])
  })
})
