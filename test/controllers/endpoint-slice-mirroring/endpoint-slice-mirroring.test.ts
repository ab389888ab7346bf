/** Hand-made Endpoints as routers see them: mirrored into slices while their Service has no selector. */
import { describe, expect, it } from 'vitest'
import { endpoints } from '../../../src/apis/core/endpoints/endpoints.ts'
import { event } from '../../../src/apis/core/event/event.ts'
import { service } from '../../../src/apis/core/service/service.ts'
import { endpointSlice } from '../../../src/apis/discovery/endpoint-slice/endpoint-slice.ts'
import type { V1Endpoints, V1EndpointSlice, V1EndpointSubset } from '../../../src/apis/generated/types.ts'
import { endpointSliceMirroringController } from '../../../src/controllers/endpoint-slice-mirroring/endpoint-slice-mirroring.ts'
import { isMirrored, planMirror } from '../../../src/controllers/endpoint-slice-mirroring/plan.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'
import { aService } from '../builders.ts'

const PORTS = [{ name: 'http', port: 8080, protocol: 'TCP' }]

const handMade = (subsets: V1EndpointSubset[], metadata: Partial<V1Endpoints['metadata']> = {}): V1Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'ns', ...metadata },
  subsets,
})

const stored = (slices: readonly V1EndpointSlice[]): V1EndpointSlice[] =>
  slices.map((slice, index) => ({ ...slice, metadata: { ...slice.metadata, name: `web-${String(index)}` } }))

const ipOf = (index: number): string => `10.1.${String(index >> 8)}.${String(index & 255)}`

describe('the mirror of Endpoints', () => {
  it('has a slice for each family and set of ports, ready or not as their list says', () => {
    const { create } = planMirror(
      handMade([
        { addresses: [{ ip: '10.0.0.1', hostname: 'h' }, { ip: '2001:db8::1' }], ports: PORTS },
        { notReadyAddresses: [{ ip: '10.0.0.2', nodeName: 'n' }], ports: PORTS },
      ]),
      [],
    )
    expect(create.map(({ addressType, endpoints: list, ports }) => ({ addressType, list, ports }))).toEqual([
      {
        addressType: 'IPv4',
        list: [
          { addresses: ['10.0.0.1'], conditions: { ready: true }, hostname: 'h' },
          { addresses: ['10.0.0.2'], conditions: { ready: false }, nodeName: 'n' },
        ],
        ports: PORTS,
      },
      { addressType: 'IPv6', list: [{ addresses: ['2001:db8::1'], conditions: { ready: true } }], ports: PORTS },
    ])
  })

  it('copies labels and annotations but for a few, and names its manager and Service', () => {
    const annotations = { note: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    const subsets = [{ addresses: [{ ip: '10.0.0.1' }], ports: PORTS }]
    const [slice] = planMirror(handMade(subsets, { labels: { team: 'a' }, annotations }), []).create
    expect(slice?.metadata).toMatchObject({
      annotations: { note: 'x' },
      labels: {
        team: 'a',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
      },
      ownerReferences: [{ kind: 'Endpoints', name: 'web', controller: true }],
    })
    expect(Object.keys(slice?.metadata.annotations ?? {})).toEqual(['note'])
  })

  it('is left alone when it is right, changed where it is not, and removed when it stands for nothing', () => {
    const one = handMade([{ addresses: [{ ip: '10.0.0.1' }], ports: PORTS }])
    const existing = stored(planMirror(one, []).create)
    expect(planMirror(one, existing)).toMatchObject({ create: [], update: [], remove: [] })
    const other = handMade([{ addresses: [{ ip: '10.0.0.9' }], ports: PORTS }])
    expect(planMirror(other, existing).update.map(({ metadata }) => metadata.name)).toEqual(['web-0'])
    const moved = handMade([{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 1 }] }])
    const plan = planMirror(moved, existing)
    expect([plan.create.length, plan.update.length, plan.remove.length]).toEqual([1, 0, 1])
  })

  it('leaves out what is no address, and more than a thousand of a subset', () => {
    const many = Array.from({ length: 1_100 }, (_, index) => ({ ip: ipOf(index) }))
    const plan = planMirror(handMade([{ addresses: [{ ip: 'nonsense' }, ...many], ports: PORTS }]), [])
    expect([plan.invalidCount, plan.skippedCount, plan.create[0]?.endpoints?.length]).toEqual([1, 101, 1_000])
  })

  it.each([
    ['hand-made ones', {}, true],
    ['those that say no', { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }, false],
    ['leader elections', { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }, false],
  ])('is made of %s: %j', (_name, metadata, want) => {
    expect(isMirrored(handMade([], metadata))).toBe(want)
  })
})

describe('the mirroring controller', () => {
  it('follows Endpoints, and takes the slices away once the Service has a selector', async () => {
    const world = new ControllersWorld([endpointSliceMirroringController])
    const { selector: _none, ...spec } = aService().spec ?? {}
    await world.api.create(service, { ...aService(), spec })
    await world.api.create(endpoints, handMade([{ addresses: [{ ip: '10.0.0.1' }], ports: PORTS }]))
    const addresses = async (): Promise<unknown> => {
      await world.settle()
      const { items } = await world.api.list(endpointSlice, { namespace: 'ns' })
      return items.flatMap(({ endpoints: list = [] }) => list.flatMap((endpoint) => endpoint.addresses))
    }
    expect(await addresses()).toEqual(['10.0.0.1'])
    const patch = { subsets: [{ addresses: [{ ip: '10.0.0.2' }], ports: PORTS }] }
    await world.api.patch(endpoints, { namespace: 'ns', name: 'web' }, 'merge', patch)
    expect(await addresses()).toEqual(['10.0.0.2'])
    await world.api.patch(service, { namespace: 'ns', name: 'web' }, 'merge', { spec: { selector: { app: 'web' } } })
    expect(await addresses()).toEqual([])
    expect(world.errors).toEqual([])
  })

  it('says in Events what it cannot mirror', async () => {
    const world = new ControllersWorld([endpointSliceMirroringController])
    const { selector: _none, ...spec } = aService().spec ?? {}
    await world.api.create(service, { ...aService(), spec })
    const many = Array.from({ length: 1_002 }, (_, index) => ({ ip: ipOf(index) }))
    await world.api.create(endpoints, handMade([{ addresses: many, ports: PORTS }]))
    await world.settle()
    const { items } = await world.api.list(event, { namespace: 'ns' })
    const told = items.map(({ involvedObject, source, type, reason, message }) => [
      `${involvedObject.kind ?? ''} ${involvedObject.name ?? ''}`,
      ...[source?.component, type, reason, message],
    ])
    const message =
      'A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 2 addresses were skipped'
    expect(told).toEqual([
      ['Endpoints web', 'endpoint-slice-mirroring-controller', 'Warning', 'TooManyAddressesToMirror', message],
    ])
  })
})
