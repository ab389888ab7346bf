/** What goes with its owners, before or after them, and what stays. */
import { describe, expect, it, vi } from 'vitest'
import type { KindRef } from '../../../src/apis/define-kind.ts'
import { configMap } from '../../../src/apis/core/config-map/config-map.ts'
import { node } from '../../../src/apis/core/node/node.ts'
import { secret } from '../../../src/apis/core/secret/secret.ts'
import type { KubeObject, OwnerReference } from '../../../src/apimachinery/meta.ts'
import { serviceUnavailableError } from '../../../src/apimachinery/status-error.ts'
import { garbageCollector } from '../../../src/controllers/garbage-collector/garbage-collector.ts'
import type { Fate, OwnerState } from '../../../src/controllers/garbage-collector/plan.ts'
import { planFate } from '../../../src/controllers/garbage-collector/plan.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'

const aWorld = (namespaces?: readonly string[]): ControllersWorld =>
  new ControllersWorld(
    (api) => [garbageCollector('namespace'), garbageCollector('cluster', api.clusterPorts().dependentNamespaces)],
    namespaces,
  )

const ownerRef = ({ apiVersion, kind, metadata }: KubeObject, isBlocking = false): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name ?? '',
  uid: metadata.uid ?? '',
  ...(isBlocking ? { blockOwnerDeletion: true } : {}),
})

async function make(
  world: ControllersWorld,
  name: string,
  owners: readonly OwnerReference[] = [],
  kind: KindRef = configMap,
): Promise<KubeObject> {
  const metadata = { name, namespace: 'ns', ...(owners.length === 0 ? {} : { ownerReferences: [...owners] }) }
  return world.api.create(kind, { apiVersion: 'v1', kind: kind.kind, metadata })
}

async function names(world: ControllersWorld): Promise<string[]> {
  const lists = await Promise.all(
    [configMap, secret].map((kind) => world.api.list(kind as KindRef, { namespace: 'ns' })),
  )
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name ?? '')).sort()
}

const at = (name: string): { namespace: string; name: string } => ({ namespace: 'ns', name })

describe('the garbage collector', () => {
  it('deletes dependents of all kinds and generations after their owner', async () => {
    const world = aWorld()
    const owner = await make(world, 'owner')
    const child = await make(world, 'child', [ownerRef(owner)], secret)
    await make(world, 'grandchild', [ownerRef(child)])
    await make(world, 'stranger')
    await world.settle()
    await world.api.delete(configMap, at('owner'))
    await world.settle()
    expect(await names(world)).toEqual(['stranger'])
  })

  it('deletes many dependents in few batches', async () => {
    const world = aWorld()
    const owner = await make(world, 'owner')
    for (let index = 0; index < 300; index++) await make(world, `d${String(index)}`, [ownerRef(owner)])
    await world.settle()
    await world.api.delete(configMap, at('owner'))
    await world.settle()
    expect(await names(world)).toEqual([])
    expect(world.api.batches).toEqual([256, 44])
  })

  it('keeps a dependent that has another owner, and takes the lost one out', async () => {
    const world = aWorld()
    const [one, other] = [await make(world, 'one'), await make(world, 'other')]
    await make(world, 'child', [ownerRef(one), ownerRef(other)])
    await world.api.delete(configMap, at('one'))
    await world.settle()
    const child = await world.api.get(configMap, at('child'))
    expect(child.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['other'])
    await world.api.delete(configMap, at('other'))
    await world.settle()
    expect(await names(world)).toEqual([])
  })

  it('takes an owner of the same name with another uid for gone', async () => {
    const world = aWorld()
    const owner = await make(world, 'owner')
    await make(world, 'child', [{ ...ownerRef(owner), uid: 'somebody-else' }])
    await world.settle()
    expect(await names(world)).toEqual(['owner'])
  })

  it('orphans: the references go first, then the owner', async () => {
    const world = aWorld()
    const owner = await make(world, 'owner')
    await make(world, 'child', [ownerRef(owner)])
    await world.api.delete(configMap, at('owner'), { propagationPolicy: 'Orphan' })
    await world.settle()
    expect(await names(world)).toEqual(['child'])
    expect((await world.api.get(configMap, at('child'))).metadata.ownerReferences).toBeUndefined()
  })

  it('foreground: the owner goes last', async () => {
    const world = aWorld()
    const owner = await make(world, 'owner')
    const child = await make(world, 'child', [ownerRef(owner, true)])
    await make(world, 'grandchild', [ownerRef(child, true)])
    await world.settle()
    await world.api.delete(configMap, at('owner'), { propagationPolicy: 'Foreground' })
    await world.settle()
    const order = world.api.writes.filter((line) => line.startsWith('DELETED')).map((line) => line.split('/')[1])
    expect(order).toEqual(['grandchild', 'child', 'owner'])
  })

  it('foreground: a dependent that does not block is not waited for, and goes afterwards', async () => {
    const world = aWorld()
    const owner = await make(world, 'owner')
    await make(world, 'child', [ownerRef(owner)])
    await world.settle()
    await world.api.delete(configMap, at('owner'), { propagationPolicy: 'Foreground' })
    await world.settle()
    const order = world.api.writes.filter((line) => line.startsWith('DELETED')).map((line) => line.split('/')[1])
    expect(order).toEqual(['owner', 'child'])
  })

  it('foreground: a circle of owners comes to an end', async () => {
    const world = aWorld()
    const one = await make(world, 'one')
    const other = await make(world, 'other', [ownerRef(one, true)])
    await world.api.patch(configMap, at('one'), 'merge', { metadata: { ownerReferences: [ownerRef(other, true)] } })
    await world.settle()
    await world.api.delete(configMap, at('one'), { propagationPolicy: 'Foreground' })
    await world.advance(10_000)
    expect(await names(world)).toEqual([])
  })

  it('asks the cluster scope about owners that live there', async () => {
    const world = aWorld()
    const owner = await world.api.create(node, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } })
    await make(world, 'kept', [ownerRef(owner)])
    await make(world, 'lost', [{ ...ownerRef(owner), uid: 'gone' }])
    await world.settle()
    expect(await names(world)).toEqual(['kept'])
  })

  it('leaves alone what is owned by a kind it does not know', async () => {
    const world = aWorld()
    await make(world, 'child', [{ apiVersion: 'example.org/v1', kind: 'Thing', name: 't', uid: 'u' }])
    await world.settle()
    expect(await names(world)).toEqual(['child'])
  })
})

describe('an owner in the cluster scope', () => {
  const aNode = (world: ControllersWorld): Promise<KubeObject> =>
    world.api.create(node, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } })
  const held = { metadata: { finalizers: ['example.org/hold'] } }

  it('takes its dependents in namespaces along at once', async () => {
    const world = aWorld(['ns', 'other'])
    const owner = await aNode(world)
    await make(world, 'child', [ownerRef(owner)])
    const metadata = { name: 'child', namespace: 'other', ownerReferences: [ownerRef(owner)] }
    await world.api.create(configMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata })
    await world.settle()
    expect(world.api.registrants().of(owner.metadata.uid ?? '')).toEqual(['ns', 'other'])
    await world.api.delete(node, { name: 'n1' })
    await world.settle()
    expect(await names(world)).toEqual([])
    expect(await world.api.find(configMap, { namespace: 'other', name: 'child' })).toBeUndefined()
    expect(world.api.registrants().uids()).toEqual([])
    expect(world.errors).toEqual([])
  })

  it('goes after its blocking dependents in namespaces when it is deleted in the foreground', async () => {
    const world = aWorld()
    const owner = await aNode(world)
    await make(world, 'child', [ownerRef(owner, true)])
    await world.api.patch(configMap, at('child'), 'merge', held)
    await world.api.delete(node, { name: 'n1' }, { propagationPolicy: 'Foreground' })
    await world.advance(60_000)
    expect((await world.api.get(configMap, at('child'))).metadata.deletionTimestamp).toBeDefined()
    expect(await world.api.find(node, { name: 'n1' })).toBeDefined()
    await world.api.patch(configMap, at('child'), 'merge', { metadata: { finalizers: null } })
    await world.advance(1_000)
    expect(await world.api.find(node, { name: 'n1' })).toBeUndefined()
  })

  it('leaves its dependents in namespaces behind without it when they are to be orphaned', async () => {
    const world = aWorld()
    const owner = await aNode(world)
    await make(world, 'child', [ownerRef(owner)])
    await world.api.delete(node, { name: 'n1' }, { propagationPolicy: 'Orphan' })
    await world.settle()
    expect((await world.api.get(configMap, at('child'))).metadata.ownerReferences).toBeUndefined()
    expect(await world.api.find(node, { name: 'n1' })).toBeUndefined()
  })

  it('is told of a dependent before that is acknowledged; where it cannot be told, nothing is written', async () => {
    const world = aWorld()
    const owner = await aNode(world)
    const { calls } = world.api.scope('ns').host
    const refuse = vi.spyOn(calls, 'registerWithOwners').mockRejectedValue(serviceUnavailableError('out of reach'))
    await expect(make(world, 'child', [ownerRef(owner)])).rejects.toThrow('out of reach')
    expect(await names(world)).toEqual([])
    refuse.mockRestore()
    const register = vi.spyOn(calls, 'registerWithOwners')
    await make(world, 'child', [ownerRef(owner)])
    await make(world, 'another', [ownerRef(owner)])
    await world.api.patch(configMap, at('child'), 'merge', { data: { a: 'b' } })
    expect(register).toHaveBeenCalledTimes(1)
  })

  it('that is gone or never was is forgotten at a resync', async () => {
    const world = aWorld()
    await make(world, 'child', [{ ...ownerRef(await aNode(world)), uid: 'never-was' }])
    expect(world.api.registrants().uids()).toEqual(['never-was'])
    world.driver('').resync(true)
    await world.settle()
    expect(world.api.registrants().uids()).toEqual([])
    expect(await names(world)).toEqual([])
  })
})

describe('the fate of an object', () => {
  const object = (states: readonly OwnerState[], meta: Partial<KubeObject['metadata']> = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'o',
      uid: 'o',
      ownerReferences: states.map((state, index) => ({
        apiVersion: 'v1',
        kind: 'X',
        name: state,
        uid: `${state}${String(index)}`,
      })),
      ...meta,
    },
  })
  const table: readonly [string, readonly OwnerState[], Partial<KubeObject['metadata']>, Fate['kind']][] = [
    ['no owners', [], {}, 'keep'],
    ['a sound owner', ['solid'], {}, 'keep'],
    ['an absent owner', ['absent'], {}, 'delete'],
    ['an absent and a sound owner', ['absent', 'solid'], {}, 'disown'],
    ['a waiting and a sound owner', ['waiting', 'solid'], {}, 'disown'],
    ['a waiting owner', ['waiting'], {}, 'delete'],
    ['an owner of which nothing is known', ['unknown', 'absent'], {}, 'disown'],
    ['an absent owner, on its way out already', ['absent'], { deletionTimestamp: 'now' }, 'keep'],
  ]
  it.each(table)('with %s', (_name, states, meta, want) => {
    const stateOf = ({ name }: OwnerReference): OwnerState => states.find((state) => state === name) ?? 'absent'
    expect(planFate(object(states, meta), stateOf, () => []).kind).toBe(want)
  })
})
