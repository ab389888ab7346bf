/** What Services use is reserved for them and nobody else, whatever was lost on the way. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { event } from '../../../src/apis/core/event/event.ts'
import { service } from '../../../src/apis/core/service/service.ts'
import type { V1Service } from '../../../src/apis/generated/types.ts'
import type { AddressFinding } from '../../../src/controllers/service-addresses/findings.ts'
import { eventOf } from '../../../src/controllers/service-addresses/findings.ts'
import {
  addressRepairController,
  leakedOf,
  serviceAddressController,
} from '../../../src/controllers/service-addresses/service-addresses.ts'
import type { Controller } from '../../../src/reconcile/define-controller.ts'
import { RESERVATION_TTL_MS } from '../../../src/store/reservations.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'
import type { ScopesApi } from '../../support/scopes-api.ts'
import { aService } from '../builders.ts'

const repair = (api: ScopesApi): Controller => addressRepairController(api.clusterPorts().addressLedger)
const follow = (api: ScopesApi): Controller => serviceAddressController(api.namespacePorts().addressBook)

const web = { namespace: 'ns', name: 'web' }
const explicit = (name: string, clusterIP = '10.96.0.9'): V1Service => ({
  ...aService({ clusterIP }),
  metadata: { name, namespace: 'ns' },
})

const held = ({ api }: ControllersWorld): string[] =>
  api.addresses().lasting().map(({ pool, value }) => `${pool} ${value}`)

async function events({ api }: ControllersWorld): Promise<string[]> {
  const { items } = await api.list(event, { namespace: 'ns' })
  return items.map((item) => {
    const { type, reason, message } = item as unknown as Record<string, string>
    return `${type ?? ''} ${reason ?? ''} ${message ?? ''}`
  })
}

async function repaired(world: ControllersWorld): Promise<ControllersWorld> {
  world.driver('').resync(true)
  await world.settle()
  return world
}

describe('the addresses of a Service', () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  })

  it('are its own for good although the write could not say so, and nobody else gets them', async () => {
    const world = new ControllersWorld((api) => [follow(api)])
    const { api } = world
    await api.ready
    vi.spyOn(api.scope('ns').host.calls, 'settleService').mockRejectedValueOnce(new Error('out of reach'))
    await api.create(service, aService())
    expect(held(world)).toEqual([])
    await world.settle()
    expect(held(world)).toEqual(['clusterIP 10.96.0.9'])
    world.clock.advance(2 * RESERVATION_TTL_MS)
    await expect(api.create(service, explicit('other'))).rejects.toThrow('provided IP is already allocated')
    expect(await events(world)).toEqual([])
  })

  it('go back when it is deleted, although the deletion could not say so', async () => {
    const world = new ControllersWorld((api) => [follow(api)])
    const { api } = world
    await api.create(service, aService())
    vi.spyOn(api.scope('ns').host.calls, 'settleService').mockRejectedValueOnce(new Error('out of reach'))
    await api.delete(service, web)
    expect(held(world)).toEqual(['clusterIP 10.96.0.9'])
    await world.settle()
    expect(held(world)).toEqual([])
  })

  it('go back when its last finalizer goes', async () => {
    const { api } = new ControllersWorld([])
    await api.create(service, { ...aService(), metadata: { ...web, finalizers: ['example.org/hold'] } })
    await api.delete(service, web)
    expect(api.addresses().lasting()).toHaveLength(1)
    await api.patch(service, web, 'merge', { metadata: { finalizers: null } })
    expect(await api.find(service, web)).toBeUndefined()
    expect(api.addresses().lasting()).toEqual([])
  })
})

describe('the repair loop', () => {
  it('reserves again what a Service uses and lost, and says so', async () => {
    const world = new ControllersWorld((api) => [repair(api)])
    const { metadata } = await world.api.create(service, aService())
    world.api.addresses().confirm(metadata.uid ?? '', null)
    expect(held(await repaired(world))).toEqual(['clusterIP 10.96.0.9'])
    expect(await events(world)).toEqual([
      'Warning ClusterIPNotAllocated Cluster IP [IPv4]: 10.96.0.9 is not allocated; repairing',
    ])
  })

  it('tells the second of two Services that use one address', async () => {
    const world = new ControllersWorld((api) => [repair(api)])
    const { metadata } = await world.api.create(service, aService())
    world.api.addresses().confirm(metadata.uid ?? '', null)
    await world.api.create(service, explicit('other'))
    expect(held(await repaired(world))).toEqual(['clusterIP 10.96.0.9'])
    expect(await events(world)).toEqual([
      'Warning ClusterIPAlreadyAllocated ' +
        'Cluster IP [IPv4]:10.96.0.9 was assigned to multiple services; please recreate service',
    ])
  })

  it('frees what is held for nobody, and leaves what a write under way has reserved', async () => {
    const world = new ControllersWorld((api) => [repair(api)])
    await world.api.ready
    const addresses = world.api.addresses()
    const spec = { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] }
    addresses.confirm('gone', JSON.stringify(aService(spec)))
    const underWay = { ...explicit('web', '10.96.8.8'), metadata: { ...web, uid: 'soon' } }
    addresses.allocate(JSON.stringify(underWay), null, false)
    expect(held(await repaired(world))).toEqual([])
    await expect(world.api.create(service, explicit('other', '10.96.8.8'))).rejects.toThrow('already allocated')
    await world.api.create(service, explicit('another', '10.96.7.7'))
  })

  it('finds what is held for a Service that uses it no longer', () => {
    const one = { ...aService({ clusterIPs: ['10.96.0.9'] }), metadata: { ...web, uid: 'u' } }
    const row = (value: string, pool = 'clusterIP'): { pool: string; value: string; uid: string } => ({
      pool,
      value,
      uid: 'u',
    })
    expect(leakedOf([row('10.96.0.9'), row('10.96.0.10'), row('30001', 'nodePort')], [one])).toEqual([
      row('10.96.0.10'),
      row('30001', 'nodePort'),
    ])
  })
})

const TEXTS: readonly [AddressFinding, string][] = [
  [{ pool: 'clusterIP', value: '1.2.3.4', is: 'outOfRange' }, 'ClusterIPOutOfRange'],
  [{ pool: 'nodePort', value: '30001', is: 'notAllocated' }, 'PortNotAllocated'],
  [{ pool: 'nodePort', value: '30001', is: 'alreadyAllocated' }, 'PortAlreadyAllocated'],
  [{ pool: 'nodePort', value: '80', is: 'outOfRange' }, 'PortOutOfRange'],
]
it.each(TEXTS)('%j is told as %s', (finding, reason) => {
  expect(eventOf(finding)).toMatchObject({ reason, message: expect.stringContaining(finding.value) as string })
})
