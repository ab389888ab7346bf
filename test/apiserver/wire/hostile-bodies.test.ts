/**
 * Bodies that are as long as they may be: work grows with them and not with their square, however many of their parts
 * are the same, at fault or in each other's way, since whoever sends one holds up everybody else of the namespace.
 */
import { describe, expect, it } from 'vitest'
import { MAX_TOLD_ERRORS } from '../../../src/apimachinery/field-path.ts'
import { testApi, type Json } from '../../support/api.ts'
import { CONFIG_MAPS, MERGE_PATCH, PODS, STRATEGIC_PATCH } from '../refusals/refusal-world.ts'

const APPLY = { 'content-type': 'application/apply-patch+yaml' }

/** Whoever needs more than that would need minutes for a body of full length. */
const SOON = { timeout: 20_000 }

const listOf = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_none, at) => item(at))

const owner = (index: number): object =>
  ({ apiVersion: 'v1', kind: 'Secret', name: `s${String(index)}`, uid: String(index), controller: true })

describe('mistakes are told up to a limit', () => {
  it.each<[string, string, object]>([
    ['each with all of a list', CONFIG_MAPS, { metadata: { name: 'one', ownerReferences: listOf(16_000, owner) } }],
    ['in every item of a list', '/apis/apps/v1/namespaces/team/replicasets', {
      metadata: { name: 'one' },
      spec: { template: { spec: { containers: listOf(50_000, () => ({})) } } },
    }],
  ])('%s', SOON, async (_what, path, body) => {
    const answer = await testApi('team').json('POST', path, { body })
    expect(answer.code).toBe(422)
    const { causes } = answer.body['details'] as unknown as { causes: Json[] }
    expect(causes.length).toBeGreaterThan(1)
    expect(causes.length).toBeLessThanOrEqual(MAX_TOLD_ERRORS)
  })
})

describe('a field manager', () => {
  it('of nothing that may be in it is refused for some of that', SOON, async () => {
    const path = `${CONFIG_MAPS}?fieldManager=${'%09'.repeat(20_000)}`
    const { code, body } = await testApi('team').json('POST', path, { body: { metadata: { name: 'one' } } })
    expect([code, String(body['message']).length < 20_000_000]).toEqual([422, true])
  })
})

describe('what is the same', () => {
  it('is found among owners', SOON, async () => {
    const ownerReferences = listOf(20_000, (index) => ({ ...owner(index % 15_000), controller: false }))
    const body = { metadata: { name: 'one', ownerReferences } }
    const answer = await testApi('team').json('POST', CONFIG_MAPS, { body })
    expect(answer.code).toBe(201)
    expect(answer.body['metadata']).toMatchObject({ ownerReferences: { length: 15_000 } })
  })
})

const TEMPLATE_META = { metadata: { labels: { a: 'b' } } }
const SECRET = { secretName: 's' }

/** A pod that is well but for what is said. */
function pod(spec: object): object {
  return { metadata: { name: 'one' }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } }
}

const replicaSet = (spec: object): object => ({
  metadata: { name: 'one' },
  spec: { selector: { matchLabels: { a: 'b' } }, template: { ...TEMPLATE_META, ...pod(spec), ...TEMPLATE_META } },
})

const REPLICA_SETS = '/apis/apps/v1/namespaces/team/replicasets'
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses'
const finalizers = listOf(60_000, (index) => `a/${String(index)}`)
const named = (prefix: string) => (index: number): string => `${prefix}${String(index)}`
const volume = (items: object[]): object => ({ volumes: [{ name: 'v', secret: { ...SECRET, items } }] })
const provisioner = { metadata: { name: 'one' }, provisioner: 'a' }

describe('each part is looked at for itself and not beside each other one', () => {
  it.each<[string, number, string, object]>([
    ['paths of a volume', 201, REPLICA_SETS, replicaSet(volume(listOf(40_000, (index) =>
      ({ key: 'a', path: named('p')(index) }))))],
    ['paths of a volume that are the same', 201, REPLICA_SETS, replicaSet(volume(listOf(30_000, () =>
      ({ key: 'a', path: 'p' }))))],
    ['ports that are the same', 201, REPLICA_SETS, replicaSet({ containers: [
      { name: 'c', image: 'i', ports: listOf(20_000, () => ({ containerPort: 1 })) },
    ] })],
    ['ports of a node', 201, REPLICA_SETS, replicaSet({ containers: [
      { name: 'c', image: 'i', ports: listOf(12_000, (index) => ({ containerPort: 1, hostPort: index + 1 })) },
    ] })],
    ['constraints', 422, REPLICA_SETS, replicaSet({
      topologySpreadConstraints: listOf(40_000, (index) => ({ maxSkew: 1, topologyKey: named('k')(index) })),
    })],
    ['places of mounts and devices', 422, REPLICA_SETS, replicaSet({ containers: [{
      name: 'c', image: 'i',
      volumeMounts: listOf(25_000, (index) => ({ name: named('a')(index), mountPath: named('a')(index) })),
      volumeDevices: listOf(25_000, (index) => ({ name: named('b')(index), devicePath: named('b')(index) })),
    }] })],
    ['terms of a topology', 422, CLASSES, { ...provisioner, allowedTopologies: listOf(20_000, () => ({})) }],
    ['values of a topology', 201, CLASSES, { ...provisioner, volumeBindingMode: 'Immediate', allowedTopologies: [
      { matchLabelExpressions: [{ key: 'a', values: listOf(120_000, named('')) }] },
    ] }],
    ['claims', 422, REPLICA_SETS, replicaSet({
      resourceClaims: listOf(15_000, (index) => ({ name: named('a')(index), resourceClaimName: 'a' })),
      containers: [{ name: 'c', image: 'i', resources: {
        claims: listOf(15_000, (index) => ({ name: named('b')(index) })),
      } }],
    })],
  ])('%s', SOON, async (_what, code, path, body) => {
    const response = await testApi(path.includes('/team/') ? 'team' : '').request('POST', path, { body })
    expect(response.status).toBe(code)
    await response.body?.cancel()
  })
})

describe('more mistakes than a call has room for are told as others are', () => {
  it.each<[string, string, object]>([
    ['of the items of a volume', REPLICA_SETS, replicaSet(volume(listOf(150_000, () => ({}))))],
    ['of the modes of a volume', '/api/v1/persistentvolumes',
      { metadata: { name: 'one' }, spec: { accessModes: listOf(300_000, () => 'x') } }],
    ['of the values of a selector', '/api/v1/persistentvolumes', { metadata: { name: 'one' }, spec: { nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: listOf(300_000, () => '-') }] }],
      },
    } } }],
  ])('%s', SOON, async (_what, path, body) => {
    const response = await testApi(path.includes('/team/') ? 'team' : '').request('POST', path, { body })
    expect(response.status).toBe(422)
    await response.body?.cancel()
  })
})

describe('a patch', () => {
  const keys = (count: number): Record<string, string> =>
    Object.fromEntries(listOf(count, (index) => [named('k')(index), '']))
  const fieldsV1 = { 'f:data': { 'f:a': {} } }
  const manager = (index: number): object =>
    ({ manager: named('m')(index), operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 })
  const fewer = finalizers.slice(0, 20_000)

  it.each<[string, object, Record<string, string>, object]>([
    ['that retains keys', { data: keys(40_000) }, STRATEGIC_PATCH,
      { data: { $retainKeys: Object.keys(keys(40_000)) } }],
    ['that deletes from a list', { metadata: { name: 'one', finalizers } }, STRATEGIC_PATCH,
      { metadata: { '$deleteFromPrimitiveList/finalizers': finalizers.map((one) => `${one}x`) } }],
    ['that orders a list', { metadata: { name: 'one', finalizers } }, STRATEGIC_PATCH,
      { metadata: { '$setElementOrder/finalizers': finalizers.toReversed(), finalizers: finalizers.toReversed() } }],
    ['that is applied in another order', { metadata: { name: 'one', finalizers: fewer } }, APPLY,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', finalizers: fewer.toReversed() } }],
    ['that says who manages what', { metadata: { name: 'one', managedFields: listOf(5_000, manager) } }, MERGE_PATCH,
      { metadata: { managedFields: listOf(5_000, (index) => manager(9_999 - index)) } }],
  ])('%s', SOON, async (_what, more, headers, body) => {
    const api = testApi('team')
    expect((await api.request('POST', CONFIG_MAPS, { body: { metadata: { name: 'one' }, ...more } })).status).toBe(201)
    const query = headers === APPLY ? '?fieldManager=me&force=true' : ''
    expect((await api.request('PATCH', `${CONFIG_MAPS}/one${query}`, { headers, body })).status).toBe(200)
  })

  it('of all of a pod', SOON, async () => {
    const api = testApi('team')
    const withValues = (value: string): object => pod({
      serviceAccountName: 'default',
      automountServiceAccountToken: false,
      containers: [{ name: 'c', image: 'i', env: listOf(12_000, (index) => ({ name: named('A')(index), value })) }],
    })
    await api.request('POST', '/api/v1/namespaces/team/serviceaccounts', { body: { metadata: { name: 'default' } } })
    expect((await api.request('POST', PODS, { body: withValues('a') })).status).toBe(201)
    expect((await api.request('PUT', `${PODS}/one`, { body: withValues('b') })).status).toBe(422)
  })

  it('of the finalizers of what is to go', SOON, async () => {
    const api = testApi('team')
    const change = (list: readonly string[]): object => ({ metadata: { finalizers: list } })
    await api.request('POST', CONFIG_MAPS, { body: { metadata: { name: 'one', finalizers } } })
    expect((await api.request('DELETE', `${CONFIG_MAPS}/one`)).status).toBe(200)
    const body = change(finalizers.map((one) => `${one}x`))
    expect((await api.request('PATCH', `${CONFIG_MAPS}/one`, { headers: MERGE_PATCH, body })).status).toBe(422)
  })
})
