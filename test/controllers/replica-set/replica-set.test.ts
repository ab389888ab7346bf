/** A ReplicaSet's life, played on a manual clock. */
import { describe, expect, it } from 'vitest'
import type { V1Pod } from '../../../src/apis/generated/types.ts'
import { controllerOf } from '../../../src/apimachinery/meta.ts'
import { pod } from '../../../src/apis/core/pod/pod.ts'
import { serviceAccount } from '../../../src/apis/core/service-account/service-account.ts'
import { replicaSet } from '../../../src/apis/apps/replica-set/replica-set.ts'
import { replicaSetController } from '../../../src/controllers/replica-set/replica-set.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'
import { aPod, aReplicaSet, containers } from '../builders.ts'

const aWorld = (): ControllersWorld => new ControllersWorld([replicaSetController])
const web = { namespace: 'ns', name: 'web' }

async function eventsOf(world: ControllersWorld): Promise<string[]> {
  const kind = { group: '', version: 'v1', kind: 'Event', resource: 'events', scope: 'Namespaced' } as const
  const { items } = await world.api.list(kind, { namespace: 'ns' })
  return items.map((item) => {
    const { type, reason, message, count } = item as unknown as Record<string, string>
    return `${String(count)} ${type ?? ''} ${reason ?? ''} ${message ?? ''}`
  })
}

describe('a ReplicaSet', () => {
  it('gets its pods, owned and named after it, and reports them', async () => {
    const world = aWorld()
    await world.api.create(replicaSet, aReplicaSet(3))
    await world.settle()
    expect(world.pods().map((one) => [controllerOf(one)?.name, one.metadata.generateName])).toEqual([
      ['web', 'web-'],
      ['web', 'web-'],
      ['web', 'web-'],
    ])
    const { status } = await world.api.get(replicaSet, web)
    expect(status).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
      observedGeneration: 1,
    })
    expect(
      (await eventsOf(world)).every((line) => /^1 Normal SuccessfulCreate Created pod: web-.{5}$/.test(line)),
    ).toBe(true)
  })

  it('replaces a pod that was deleted or failed', async () => {
    const world = aWorld()
    await world.api.create(replicaSet, aReplicaSet(2))
    await world.settle()
    const [first, second] = world.pods().map(({ metadata }) => metadata.name ?? '')
    await world.api.delete(pod, { namespace: 'ns', name: first ?? '' })
    await world.setPod('ns', second ?? '', 'Failed', false)
    await world.settle()
    const running = world.pods().filter(({ status }) => status?.phase === 'Running')
    expect(running).toHaveLength(2)
    expect(running.map(({ metadata }) => metadata.name)).not.toContain(second)
  })

  it('adopts a matching orphan and releases a pod that matches no longer', async () => {
    const world = aWorld()
    await world.api.create(pod, {
      ...aPod({ name: 'orphan' }),
      metadata: { name: 'orphan', namespace: 'ns', labels: { app: 'web' } },
    })
    await world.api.create(replicaSet, aReplicaSet(1))
    await world.settle()
    expect(world.pods().map(({ metadata }) => metadata.name)).toEqual(['orphan'])
    await world.api.patch(pod, { namespace: 'ns', name: 'orphan' }, 'merge', {
      metadata: { labels: { app: 'other' } },
    })
    await world.settle()
    const owners = Object.fromEntries(
      world.pods().map((one: V1Pod) => [one.metadata.name === 'orphan', controllerOf(one)?.name]),
    )
    expect(owners).toEqual({ true: undefined, false: 'web' })
  })

  it('makes 500 pods in a handful of batches and reconciles them within 10 ms of CPU', async () => {
    const world = aWorld()
    await world.api.create(replicaSet, aReplicaSet(500))
    await world.driver('ns').run()
    expect(world.pods()).toHaveLength(500)
    expect(world.api.batches.filter((size) => size > 30)).toEqual([499])
    await world.settle()
    const one = world.pods()[0]?.metadata.name ?? ''
    const spent: number[] = []
    for (let turn = 0; turn < 5; turn++) {
      await world.setPod('ns', one, 'Running', turn % 2 === 0)
      const start = process.cpuUsage()
      await world.driver('ns').run()
      const { user, system } = process.cpuUsage(start)
      spent.push((user + system) / 1_000)
    }
    expect(Math.min(...spent)).toBeLessThan(10)
  })

  it('says in condition and Event that pods are refused, and tries again with back-off', async () => {
    const world = aWorld()
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers, serviceAccountName: 'robot' } }
    await world.api.create(replicaSet, aReplicaSet(5, { template }))
    await world.advance(1_000)
    const why = 'error looking up service account ns/robot: serviceaccount "robot" not found'
    const refused = `pods "web-" is forbidden: ${why}`
    expect((await world.api.get(replicaSet, web)).status?.conditions).toMatchObject([
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused },
    ])
    expect(await eventsOf(world)).toEqual([
      expect.stringMatching(/^8 Warning FailedCreate Error creating: pods "web-" /),
    ])
    const metadata = { name: 'robot', namespace: 'ns' }
    await world.api.create(serviceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    await world.advance(10_000)
    expect(world.pods()).toHaveLength(5)
    expect((await world.api.get(replicaSet, web)).status?.conditions).toBeUndefined()
  })

  it('counts pods as available only after minReadySeconds', async () => {
    const world = aWorld()
    await world.api.create(replicaSet, aReplicaSet(1, { minReadySeconds: 30 }))
    await world.advance(29_000)
    expect((await world.api.get(replicaSet, web)).status?.availableReplicas).toBeUndefined()
    await world.advance(1_000)
    expect((await world.api.get(replicaSet, web)).status?.availableReplicas).toBe(1)
  })
})
