/**
 * What a Service shows of what is stored of it (pkg/registry/core/service/storage/storage.go,
 * defaultOnReadInternalTrafficPolicy).
 */
import { describe, expect, test } from 'vitest'
import type { Json } from '../../support/api.ts'
import { applyWorld } from '../apply/apply-world.ts'

const MERGE = { 'content-type': 'application/merge-patch+json' }
const SERVICES = '/api/v1/namespaces/default/services'
const ELSEWHERE = { type: 'ExternalName', externalName: 'db.example' }
const HERE = { type: 'ClusterIP', externalName: null, ports: [{ port: 80 }] }

async function elsewhere(internalTrafficPolicy?: string) {
  const world = applyWorld()
  const spec = { ...ELSEWHERE, ...(internalTrafficPolicy === undefined ? {} : { internalTrafficPolicy }) }
  const made = await world.send('POST', SERVICES, { body: { metadata: { name: 'a' }, spec } })
  const patch = (body: object) => world.send('PATCH', `${SERVICES}/a`, { body, headers: MERGE })
  const versionOf = async (): Promise<unknown> =>
    (await world.send('GET', `${SERVICES}/a`)).body['metadata']?.['resourceVersion']
  return { world, made, patch, versionOf }
}

describe('the internalTrafficPolicy of a Service that is a name elsewhere', () => {
  test('is shown to nobody', async () => {
    const { world, made } = await elsewhere('Local')
    const list = await world.send('GET', SERVICES)
    const one = await world.send('GET', `${SERVICES}/a`)
    expect(made.body['spec']).toEqual({ ...ELSEWHERE, sessionAffinity: 'None' })
    expect(JSON.stringify([list.body, one.body])).not.toMatch(/"internalTrafficPolicy":/)
  })

  test('is there again after a patch that gives the Service another type', async () => {
    const { patch } = await elsewhere('Local')
    await patch({ metadata: { labels: { a: 'b' } } })
    expect((await patch({ spec: HERE })).body['spec']?.['internalTrafficPolicy']).toBe('Local')
    await patch({ spec: { type: 'ExternalName', externalName: 'x.y' } })
    expect((await patch({ spec: HERE })).body['spec']?.['internalTrafficPolicy']).toBe('Local')
  })

  test('is the usual one if it had none, or lost it by a PUT of what is shown', async () => {
    const without = await elsewhere()
    expect((await without.patch({ spec: HERE })).body['spec']?.['internalTrafficPolicy']).toBe('Cluster')
    const { world, made, patch } = await elsewhere('Local')
    await world.send('PUT', `${SERVICES}/a`, { body: made.body })
    expect((await patch({ spec: HERE })).body['spec']?.['internalTrafficPolicy']).toBe('Cluster')
  })

  test('makes a change of it a change of the Service, and nothing else does', async () => {
    const { patch, versionOf } = await elsewhere('Local')
    const before = await versionOf()
    await patch({ spec: { internalTrafficPolicy: 'Local' } })
    expect(await versionOf()).toBe(before)
    await patch({ spec: { internalTrafficPolicy: 'Cluster' } })
    expect(await versionOf()).not.toBe(before)
  })

  test('slips out at the status, and in the answer to a deletion that waits', async () => {
    const { world, patch } = await elsewhere('Local')
    const policyOf = (body: Json): unknown => body['spec']?.['internalTrafficPolicy']
    const status = (method: string, body?: object) =>
      world.send(method, `${SERVICES}/a/status`, { ...(body === undefined ? {} : { body }), headers: MERGE })
    expect(policyOf((await status('GET')).body)).toBe('Local')
    expect(policyOf((await status('PATCH', { status: { loadBalancer: {} } })).body)).toBe('Local')
    expect(policyOf((await patch({ metadata: { finalizers: ['example.com/hold'] } })).body)).toBeUndefined()
    expect(policyOf((await world.send('DELETE', `${SERVICES}/a`)).body)).toBe('Local')
    expect(policyOf((await world.send('GET', `${SERVICES}/a`)).body)).toBeUndefined()
  })

  test('outlives the time in which a finalizer holds the Service', async () => {
    const { world, patch } = await elsewhere('Local')
    await patch({ metadata: { finalizers: ['example.com/hold'] } })
    await world.send('DELETE', `${SERVICES}/a`)
    expect((await patch({ spec: HERE })).body['spec']?.['internalTrafficPolicy']).toBe('Local')
  })
})
