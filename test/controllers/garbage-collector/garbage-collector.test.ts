/** What goes with its owners, before or after them, and what stays. */
import { describe, expect, it } from 'vitest'
import type { KindRef } from '../../../src/apis/define-kind.ts'
import { configMap } from '../../../src/apis/core/config-map/config-map.ts'
import { node } from '../../../src/apis/core/node/node.ts'
import { secret } from '../../../src/apis/core/secret/secret.ts'
import type { KubeObject, OwnerReference } from '../../../src/apimachinery/meta.ts'
import { garbageCollector } from '../../../src/controllers/garbage-collector/garbage-collector.ts'
import type { Fate, OwnerState } from '../../../src/controllers/garbage-collector/plan.ts'
import { planFate } from '../../../src/controllers/garbage-collector/plan.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'

const aWorld = (): ControllersWorld =>
  new ControllersWorld([garbageCollector('namespace'), garbageCollector('cluster')])

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

  it('finds at a resync what no change told it', async () => {
    const world = aWorld()
    const owner = await world.api.create(node, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } })
    await make(world, 'child', [ownerRef(owner)])
    await world.settle()
    await world.api.delete(node, { name: 'n1' })
    await world.settle()
    expect(await names(world)).toEqual(['child'])
    world.driver('ns').resync(true)
    await world.settle()
    expect(await names(world)).toEqual([])
  })

  it('leaves alone what is owned by a kind it does not know', async () => {
    const world = aWorld()
    await make(world, 'child', [{ apiVersion: 'example.org/v1', kind: 'Thing', name: 't', uid: 'u' }])
    await world.settle()
    expect(await names(world)).toEqual(['child'])
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
