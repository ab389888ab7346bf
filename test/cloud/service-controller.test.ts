import { describe, expect, it } from 'vitest'
import { LocalClient } from '../../src/apiserver/local-client.ts'
import { event } from '../../src/apis/core/event/event.ts'
import { service as serviceKind } from '../../src/apis/core/service/service.ts'
import type { V1Service } from '../../src/apis/generated/types.ts'
import type { Client } from '../../src/client/client.ts'
import { createEventsRecorder } from '../../src/client/events-recorder.ts'
import { fakeCloud } from '../../src/cloud/fake.ts'
import type { ServiceControllerPorts } from '../../src/cloud/service-controller.ts'
import { LOAD_BALANCER_FINALIZER, planService, reconcileService } from '../../src/cloud/service-controller.ts'
import { ManualClock } from '../../src/lib/clock.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { ADMIN, testApi } from '../support/api.ts'
import { aLoadBalancer } from './cloud-provider-suite.ts'

const held = (service: V1Service): V1Service => ({
  ...service,
  metadata: { ...service.metadata, finalizers: [LOAD_BALANCER_FINALIZER] },
})
const deleted = (service: V1Service): V1Service => ({
  ...service,
  metadata: { ...service.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
})
const plain = aLoadBalancer('s', { type: 'ClusterIP' })
const foreign = aLoadBalancer('s', { loadBalancerClass: 'example.com/lb' })

it.each([
  { given: 'a LoadBalancer', service: aLoadBalancer('s'), want: 'ensure' },
  { given: 'a LoadBalancer that has one', service: held(aLoadBalancer('s')), want: 'ensure' },
  { given: 'another type', service: plain, want: 'nothing' },
  { given: 'another type that had one', service: held(plain), want: 'delete' },
  { given: 'a deleted one', service: deleted(held(aLoadBalancer('s'))), want: 'delete' },
  { given: 'a deleted one without a balancer', service: deleted(aLoadBalancer('s')), want: 'nothing' },
  { given: 'a foreign class', service: foreign, want: 'nothing' },
  { given: 'a foreign class with the same finalizer', service: deleted(held(foreign)), want: 'nothing' },
])('the plan for $given: $want', ({ service, want }) => {
  expect(planService(service)).toBe(want)
})

/** A recorder for each run: what it counts is told elsewhere. */
const clock = new ManualClock()
const random = seededRandom(2)
function portsOf(client: Client): ServiceControllerPorts {
  clock.advance(1)
  return { client, events: createEventsRecorder({ client, clock, random, component: 'service-controller' }) }
}

describe('the service controller', () => {
  const at = { namespace: 'ns', name: 's' }

  it('gives a balancer once, and takes it back before the Service goes', async () => {
    const { scope } = testApi('ns')
    const client = new LocalClient(scope.host, ADMIN, 'cloud')
    const cloud = fakeCloud()
    const run = async (): Promise<void> => {
      const service = await client.get(serviceKind, at)
      await reconcileService(portsOf(client), cloud, { cluster: 'c', service, nodes: [] })
    }
    await client.create(serviceKind, aLoadBalancer('s'))
    cloud.failNext(new Error('not now'))
    await expect(run()).rejects.toThrow('not now')
    expect((await client.get(serviceKind, at)).metadata.finalizers).toEqual([LOAD_BALANCER_FINALIZER])
    await run()
    const before = await client.get(serviceKind, at)
    expect(before.status?.loadBalancer?.ingress).toEqual([{ ip: '203.0.113.1', ipMode: 'VIP' }])
    await run()
    expect(await client.get(serviceKind, at)).toEqual(before)
    await client.delete(serviceKind, at)
    cloud.failNext(new Error('not now'))
    await expect(run()).rejects.toThrow('not now')
    expect(await client.find(serviceKind, at)).toBeDefined()
    await run()
    expect(cloud.balancers.size).toBe(0)
    expect(await client.find(serviceKind, at)).toBeUndefined()
  })

  it('does not write what the API only filled in', async () => {
    const { scope } = testApi('ns')
    const client = new LocalClient(scope.host, ADMIN, 'cloud')
    const loadBalancer = { ingress: [{ ipMode: 'VIP', ip: '203.0.113.1' }] }
    const service = { ...held(aLoadBalancer('s')), status: { loadBalancer } }
    await reconcileService(portsOf(client), fakeCloud(), { cluster: 'c', service, nodes: [] })
    expect(scope.store.list({ resource: 'services', limit: 1 }).objects).toEqual([])
  })

  it('tells in Events what it does, and what went wrong', async () => {
    const client = new LocalClient(testApi('ns').scope.host, ADMIN, 'cloud')
    const cloud = fakeCloud()
    const run = async (change: (service: V1Service) => V1Service = (service) => service): Promise<void> => {
      const service = change(await client.get(serviceKind, at))
      await reconcileService(portsOf(client), cloud, { cluster: 'c', service, nodes: [] })
    }
    await client.create(serviceKind, aLoadBalancer('s'))
    cloud.failNext(new Error('no quota'))
    await expect(run()).rejects.toThrow('no quota')
    await run()
    await run()
    cloud.failNext(new Error('in use'))
    await expect(run((service) => deleted(held(service)))).rejects.toThrow('in use')
    await run((service) => deleted(held(service)))
    const { items } = await client.list(event, { namespace: 'ns' })
    expect(items.map(({ type, reason, message, source }) => [source?.component, type, reason, message])).toEqual(
      [
        ['Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer'],
        ['Warning', 'SyncLoadBalancerFailed', 'Error syncing load balancer: failed to ensure load balancer: no quota'],
        ['Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer'],
        ['Normal', 'EnsuredLoadBalancer', 'Ensured load balancer'],
        ['Normal', 'DeletingLoadBalancer', 'Deleting load balancer'],
        ['Warning', 'SyncLoadBalancerFailed', 'Error syncing load balancer: failed to delete load balancer: in use'],
        ['Normal', 'DeletingLoadBalancer', 'Deleting load balancer'],
        ['Normal', 'DeletedLoadBalancer', 'Deleted load balancer'],
      ].map((row) => ['service-controller', ...row]),
    )
  })
})
