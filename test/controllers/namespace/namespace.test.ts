/** A namespace on its way out: pods first, conditions meanwhile, gone when sealed and empty. */
import { describe, expect, it } from 'vitest'
import { configMap } from '../../../src/apis/core/config-map/config-map.ts'
import { namespace } from '../../../src/apis/core/namespace/namespace.ts'
import { pod } from '../../../src/apis/core/pod/pod.ts'
import { serviceAccount } from '../../../src/apis/core/service-account/service-account.ts'
import type { V1Namespace } from '../../../src/apis/generated/types.ts'
import type { KubeObject } from '../../../src/apimachinery/meta.ts'
import type { Remaining } from '../../../src/controllers/namespace/namespace.ts'
import { namespaceController } from '../../../src/controllers/namespace/namespace.ts'
import { namespaceConditions } from '../../../src/controllers/namespace/plan.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'
import { containers } from '../builders.ts'

const EMPTY: Remaining = { isSealed: true, resources: {}, finalizers: {}, graceSeconds: 0, errors: [] }

const aNamespace = (): V1Namespace => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } })

async function aWorld(): Promise<ControllersWorld> {
  const world = new ControllersWorld((api) => [namespaceController(api.clusterPorts().namespaceContent)], [])
  await world.api.create(namespace, aNamespace())
  await world.api.create(serviceAccount, named('ServiceAccount', 'default'))
  world.driver('team')
  return world
}

const named = (kind: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'team' },
})

const condition = async (world: ControllersWorld, type: string): Promise<unknown> =>
  (await world.api.get(namespace, { name: 'team' })).status?.conditions?.find((one) => one.type === type)

describe('a namespace', () => {
  it('is left alone while it lives', async () => {
    const world = await aWorld()
    await world.api.create(configMap, named('ConfigMap', 'kept'))
    await world.advance(60_000)
    expect(await world.api.find(configMap, { namespace: 'team', name: 'kept' })).toBeDefined()
  })

  it('loses its pods first, then the rest, and then goes', async () => {
    const world = await aWorld()
    const metadata = { name: 'p', namespace: 'team' }
    await world.api.create(pod, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } })
    await world.api.create(configMap, named('ConfigMap', 'used'))
    await world.settle()
    world.hasKubelet = false
    await world.api.delete(namespace, { name: 'team' })
    await world.settle()
    expect((await world.api.get(namespace, { name: 'team' })).status?.phase).toBe('Terminating')
    expect(await condition(world, 'NamespaceContentRemaining')).toMatchObject({
      status: 'True',
      reason: 'SomeResourcesRemain',
      message:
        'Some resources are remaining: configmaps. has 1 resource instances, pods. has 1 resource instances, ' +
        'serviceaccounts. has 1 resource instances',
    })
    expect(await world.api.find(configMap, { namespace: 'team', name: 'used' })).toBeDefined()
    world.hasKubelet = true
    await world.advance(16_000)
    expect(await world.api.find(namespace, { name: 'team' })).toBeUndefined()
    const gone = world.api.writes.filter((line) => line.startsWith('DELETED'))
    expect([gone[0], gone.at(-1)]).toEqual(['DELETED pods/p', 'DELETED namespaces/team'])
    expect(gone).toContain('DELETED configmaps/used')
  })

  it('takes nothing new once it is on its way out', async () => {
    const world = await aWorld()
    await world.api.delete(namespace, { name: 'team' })
    await expect(world.api.create(configMap, named('ConfigMap', 'late'))).rejects.toThrow(
      'unable to create new content in namespace team because it is being terminated',
    )
  })

  it('waits for finalizers, and says for which', async () => {
    const world = await aWorld()
    const metadata = { name: 'held', namespace: 'team', finalizers: ['a.io/hold'] }
    await world.api.create(configMap, { ...named('ConfigMap', 'held'), metadata })
    await world.api.delete(namespace, { name: 'team' })
    await world.advance(30_000)
    expect(await condition(world, 'NamespaceFinalizersRemaining')).toMatchObject({
      status: 'True',
      reason: 'SomeFinalizersRemain',
      message: 'Some content in the namespace has finalizers remaining: a.io/hold in 1 resource instances',
    })
    const target = { namespace: 'team', name: 'held' }
    await world.api.patch(configMap, target, 'merge', { metadata: { finalizers: null } })
    await world.advance(16_000)
    expect(await world.api.find(namespace, { name: 'team' })).toBeUndefined()
  })
})

describe('the five conditions', () => {
  it('are all False when nothing is left', () => {
    const conditions = namespaceConditions([], EMPTY, 0)
    expect(
      conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason ?? ''}: ${message ?? ''}`),
    ).toEqual([
      'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: ' +
        'All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure False ContentDeleted: ' +
        'All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining False ContentRemoved: All content successfully removed',
      'NamespaceFinalizersRemaining False ContentHasNoFinalizers: All content-preserving finalizers finished',
    ])
  })
  it('say what could not be deleted', () => {
    const condition = namespaceConditions([], { ...EMPTY, errors: ['pods is forbidden'] }, 0)[2]
    expect(condition).toMatchObject({
      status: 'True',
      reason: 'ContentDeletionFailed',
      message: 'Failed to delete all resource types, 1 remaining: pods is forbidden',
    })
  })
})
