/** Slices of Services: which pods they name, how many there are, and that few are written. */
import { describe, expect, it } from 'vitest'
import { node } from '../../../src/apis/core/node/node.ts'
import { pod } from '../../../src/apis/core/pod/pod.ts'
import { service } from '../../../src/apis/core/service/service.ts'
import { endpointSlice } from '../../../src/apis/discovery/endpoint-slice/endpoint-slice.ts'
import type { V1EndpointSlice, V1Pod, V1ServiceSpec } from '../../../src/apis/generated/types.ts'
import { endpointSliceController } from '../../../src/controllers/endpoint-slice/endpoint-slice.ts'
import { planSlices } from '../../../src/controllers/endpoint-slice/plan.ts'
import { endpointsController } from '../../../src/controllers/endpoints/endpoints.ts'
import { endpoints } from '../../../src/apis/core/endpoints/endpoints.ts'
import { planSubsets } from '../../../src/controllers/endpoints/plan.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'
import type { PodTraits } from '../builders.ts'
import { aPod, aService, anUnboundPod } from '../builders.ts'

function anEndpoint(name: string, ip: string, traits: PodTraits = {}): V1Pod {
  const made = aPod({ name, isReady: true, ...traits })
  return { ...made, status: { ...made.status, podIP: ip, podIPs: [{ ip }] } }
}

const nowhere = (): undefined => undefined

/** Slices as they come back from the API, with names. */
function stored(slices: readonly V1EndpointSlice[]): V1EndpointSlice[] {
  return slices.map((slice, index) => ({ ...slice, metadata: { ...slice.metadata, name: `web-${String(index)}` } }))
}

describe('the slices of a Service', () => {
  it('name each pod with its conditions, node, zone and port', () => {
    const plan = planSlices(aService(), [anEndpoint('a', '10.0.0.1', { node: 'n1' })], [], () => 'z1')
    expect(plan.create).toMatchObject([
      {
        metadata: {
          generateName: 'web-',
          labels: {
            'kubernetes.io/service-name': 'web',
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
          ownerReferences: [{ kind: 'Service', name: 'web', controller: true }],
        },
        addressType: 'IPv4',
        endpoints: [
          {
            addresses: ['10.0.0.1'],
            conditions: { ready: true, serving: true, terminating: false },
            nodeName: 'n1',
            zone: 'z1',
            targetRef: { kind: 'Pod', name: 'a', namespace: 'ns', uid: 'uid-a' },
          },
        ],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ])
  })

  const conditions: readonly [string, PodTraits, V1ServiceSpec, [boolean, boolean, boolean] | undefined][] = [
    ['a ready pod', { isReady: true }, {}, [true, true, false]],
    ['a pod that is not ready', { isReady: false }, {}, [false, false, false]],
    [
      'a pod that is not ready, of a Service that does not mind',
      { isReady: false },
      { publishNotReadyAddresses: true },
      [true, false, false],
    ],
    ['a ready pod on its way out', { isReady: true, isGoing: true }, {}, [false, true, true]],
    ['a failed pod', { phase: 'Failed' }, {}, undefined],
    ['a finished pod', { phase: 'Succeeded' }, {}, undefined],
  ]
  it.each(conditions)('say of %s what it is', (_name, traits, spec, want) => {
    const [slice] = planSlices(aService(spec), [anEndpoint('a', '10.0.0.1', traits)], [], nowhere).create
    const got = slice?.endpoints?.[0]?.conditions
    expect(got === undefined ? undefined : [got.ready, got.serving, got.terminating]).toEqual(want)
  })

  it('are one empty slice when no pod is selected, and stay so', () => {
    const { create } = planSlices(aService(), [], [], nowhere)
    expect(create).toMatchObject([{ endpoints: [], ports: [] }])
    expect(planSlices(aService(), [], stored(create), nowhere)).toEqual({ create: [], update: [], remove: [] })
  })

  it('hold at most 100 endpoints each', () => {
    const pods = Array.from({ length: 250 }, (_, index) => anEndpoint(`p${String(index)}`, `10.0.1.${String(index)}`))
    const { create } = planSlices(aService(), pods, [], nowhere)
    expect(create.map(({ endpoints: list }) => list?.length)).toEqual([100, 100, 50])
  })

  it('change only where a pod changed: one slice is written for one pod', () => {
    const pods = Array.from({ length: 250 }, (_, index) => anEndpoint(`p${String(index)}`, `10.0.1.${String(index)}`))
    const slices = stored(planSlices(aService(), pods, [], nowhere).create)
    const changed = pods.map((one, index) => (index === 7 ? anEndpoint('p7', '10.0.1.7', { isReady: false }) : one))
    const plan = planSlices(aService(), changed, slices, nowhere)
    expect([plan.create.length, plan.update.map(({ metadata }) => metadata.name), plan.remove.length]).toEqual([
      0,
      ['web-0'],
      0,
    ])
    const grown = planSlices(aService(), [...pods, anEndpoint('new', '10.0.2.1')], slices, nowhere)
    expect([grown.create.length, grown.update.map(({ metadata }) => metadata.name)]).toEqual([0, ['web-2']])
  })

  it('are apart for pods whose named port has another number', () => {
    const named = (name: string, ip: string, containerPort: number): V1Pod => {
      const made = anEndpoint(name, ip)
      return { ...made, spec: { containers: [{ name: 'main', ports: [{ name: 'web', containerPort }] }] } }
    }
    const spec = { ports: [{ port: 80, targetPort: 'web' }] }
    const { create } = planSlices(aService(spec), [named('a', '10.0.0.1', 1), named('b', '10.0.0.2', 2)], [], nowhere)
    expect(create.map(({ ports }) => ports?.[0]?.port)).toEqual([1, 2])
  })

  it.each([
    ['PreferClose', { forZones: [{ name: 'z1' }] }],
    ['PreferSameZone', { forZones: [{ name: 'z1' }] }],
    ['PreferSameNode', { forZones: [{ name: 'z1' }], forNodes: [{ name: 'n1' }] }],
    [undefined, undefined],
  ])('hint for whom a ready endpoint is, with trafficDistribution %s', (trafficDistribution, hints) => {
    const spec = trafficDistribution === undefined ? {} : { trafficDistribution }
    const pods = [
      anEndpoint('a', '10.0.0.1', { node: 'n1' }),
      anEndpoint('b', '10.0.0.2', { node: 'n1', isReady: false }),
    ]
    const [slice] = planSlices(aService(spec), pods, [], () => 'z1').create
    expect(slice?.endpoints?.map((endpoint) => endpoint.hints)).toEqual([hints, undefined])
  })

  it('carry the labels of the Service and say that it is headless', () => {
    const [slice] = planSlices(aService({ clusterIP: 'None' }, { team: 'a' }), [], [], nowhere).create
    expect(slice?.metadata.labels).toMatchObject({ team: 'a', 'service.kubernetes.io/headless': '' })
  })
})

describe('the Endpoints of a Service', () => {
  it('keep ready and other addresses apart, by ports and in order', () => {
    const pods = [
      anEndpoint('b', '10.0.0.2'),
      anEndpoint('a', '10.0.0.1'),
      anEndpoint('c', '10.0.0.3', { isReady: false }),
      anEndpoint('d', '10.0.0.4', { isGoing: true }),
    ]
    const { subsets } = planSubsets(aService(), pods)
    expect(
      subsets.map(({ addresses, notReadyAddresses, ports }) => [
        addresses?.map(({ ip }) => ip),
        notReadyAddresses?.map(({ ip }) => ip),
        ports,
      ]),
    ).toEqual([[['10.0.0.1', '10.0.0.2'], ['10.0.0.3'], [{ name: 'http', port: 8080, protocol: 'TCP' }]]])
  })
  it('are none without pods', () => {
    expect(planSubsets(aService(), [])).toEqual({ subsets: [], isTruncated: false })
  })
  it('are a thousand at most, and say that there are more', () => {
    const all = Array.from({ length: 1_001 }, (_, index) =>
      anEndpoint(`p${String(index)}`, `10.1.${String(index >> 8)}.${String(index & 255)}`),
    )
    const { subsets, isTruncated } = planSubsets(aService(), all)
    expect([subsets[0]?.addresses?.length, isTruncated]).toEqual([1_000, true])
    expect(planSubsets(aService(), all.slice(1)).isTruncated).toBe(false)
  })
})

describe('both controllers', () => {
  const aWorld = (): ControllersWorld => new ControllersWorld([endpointSliceController, endpointsController])

  it('follow pods as they come, become ready and go', async () => {
    const world = aWorld()
    await world.api.create(node, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': 'z9' } },
    })
    await world.api.create(service, aService())
    await world.api.create(pod, anUnboundPod('a'))
    await world.settle()
    const read = async (): Promise<unknown> => {
      const { items } = await world.api.list(endpointSlice, { namespace: 'ns' })
      const { subsets = [] } = await world.api.get(endpoints, { namespace: 'ns', name: 'web' })
      return [
        items.map(({ endpoints: list }) => (list ?? []).map(({ zone, conditions }) => [zone, conditions?.ready])),
        subsets.map(({ addresses = [] }) => addresses.length),
      ]
    }
    expect(await read()).toEqual([[[['z9', true]]], [1]])
    await world.setPod('ns', 'a', 'Running', false)
    await world.settle()
    expect(await read()).toEqual([[[['z9', false]]], [0]])
    await world.api.delete(pod, { namespace: 'ns', name: 'a' })
    await world.settle()
    expect(await read()).toEqual([[[]], []])
    await world.api.delete(service, { namespace: 'ns', name: 'web' })
    await world.settle()
    expect(await world.api.find(endpoints, { namespace: 'ns', name: 'web' })).toBeUndefined()
  })
})
