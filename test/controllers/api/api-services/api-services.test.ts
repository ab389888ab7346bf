/** APIServices: which are made by themselves, and what the condition of one of another server says. */
import { describe, expect, it } from 'vitest'
import { customResourceDefinition } from '../../../../src/apis/apiextensions/custom-resource-definition.ts'
import { apiService } from '../../../../src/apis/apiregistration/api-service.ts'
import type { KubeObject } from '../../../../src/apimachinery/meta.ts'
import { service } from '../../../../src/apis/core/service/service.ts'
import { endpointSlice } from '../../../../src/apis/discovery/endpoint-slice/endpoint-slice.ts'
import type { KindRef } from '../../../../src/apis/define-kind.ts'
import { KINDS } from '../../../../src/apis/kinds.ts'
import type { RemoteDiscovery } from '../../../../src/controllers/api/api-services/api-services.ts'
import {
  apiServiceAvailability,
  apiServiceRegistration,
} from '../../../../src/controllers/api/api-services/api-services.ts'
import { definitionController } from '../../../../src/controllers/custom-resource-definition/definition.ts'
import { customApiServices } from '../../../../src/controllers/api/api-services/plan.ts'
import { ControllersWorld } from '../../../support/controllers-world.ts'

const MANAGED = 'kube-aggregator.kubernetes.io/automanaged'

function registrationWorld(): ControllersWorld {
  return new ControllersWorld((api) => {
    const { definitionNames } = api.clusterPorts()
    return [apiServiceRegistration(KINDS, definitionNames), definitionController(definitionNames)]
  })
}

describe('a new logical cluster', () => {
  it('has an APIService for each group and version that is served, in upstream’s places', async () => {
    const world = registrationWorld()
    await world.settle()
    const { items } = await world.api.list(apiService)
    const places = new Map(
      items.map(({ metadata, spec }) => [metadata.name, [spec?.groupPriorityMinimum, spec?.versionPriority]]),
    )
    expect(places.get('v1.')).toEqual([18_000, 1])
    expect(places.get('v2.autoscaling')).toEqual([17_500, 30])
    expect(places.get('v1.workernetes.dev')).toEqual([15_700, 9])
    expect(places.has('v1.apiregistration.k8s.io')).toBe(false)
    const served = new Set(KINDS.map(({ group, version }) => `${version}.${group}`))
    served.delete('v1.apiregistration.k8s.io')
    expect(new Set(places.keys())).toEqual(served)
    for (const { metadata, status } of items) {
      expect(metadata.labels).toEqual({ [MANAGED]: 'onstart' })
      expect(status?.conditions).toMatchObject([
        { type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available' },
      ])
    }
  })

  it('gets one back that was deleted, and leaves alone one that somebody has made theirs', async () => {
    const world = registrationWorld()
    await world.settle()
    await world.api.delete(apiService, { name: 'v1.apps' })
    const batch = await world.api.get(apiService, { name: 'v1.batch' })
    const spec = { group: 'batch', version: 'v1', groupPriorityMinimum: 5, versionPriority: 5 }
    await world.api.update(apiService, { ...batch, metadata: { ...batch.metadata, labels: {} }, spec })
    await world.settle()
    expect(await world.api.find(apiService, { name: 'v1.apps' })).toBeDefined()
    expect((await world.api.get(apiService, { name: 'v1.batch' })).spec?.groupPriorityMinimum).toBe(5)
  })
})

describe('the APIService of a definition', () => {
  const version = (name: string, isServed = true) => ({
    name,
    served: isServed,
    storage: name === 'v1',
    schema: { openAPIV3Schema: { type: 'object' } },
  })
  const definitionOf = (kind: string, ...versions: ReturnType<typeof version>[]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.toLowerCase()}s.a.org` },
    spec: { group: 'a.org', scope: 'Namespaced', names: { kind, plural: `${kind.toLowerCase()}s` }, versions },
  })
  const ofGroup = async ({ api }: ControllersWorld): Promise<(string | undefined)[]> =>
    (await api.list(apiService)).items.map(({ metadata }) => metadata.name).filter((name) => name?.endsWith('.a.org'))

  it('is there for each version that is served, once, and not for one that went', async () => {
    const world = registrationWorld()
    await world.api.create(customResourceDefinition, definitionOf('Gear', version('v1'), version('v2')))
    await world.api.create(customResourceDefinition, definitionOf('Axle', version('v1')))
    await world.settle()
    expect(await ofGroup(world)).toEqual(['v1.a.org', 'v2.a.org'])
    const gears = await world.api.get(customResourceDefinition, { name: 'gears.a.org' })
    await world.api.update(customResourceDefinition, { ...gears, spec: { ...gears.spec, versions: [version('v1')] } })
    await world.settle()
    expect(await ofGroup(world)).toEqual(['v1.a.org'])
    await world.api.delete(apiService, { name: 'v1.a.org' })
    await world.settle()
    expect(await ofGroup(world)).toEqual(['v1.a.org'])
    expect(world.errors).toEqual([])
  })

  it('is not there for a version that is not served any more', async () => {
    const world = registrationWorld()
    await world.api.create(customResourceDefinition, definitionOf('Gear', version('v1'), version('v2')))
    await world.settle()
    const gears = await world.api.get(customResourceDefinition, { name: 'gears.a.org' })
    const versions = [version('v1'), version('v2', false)]
    await world.api.update(customResourceDefinition, { ...gears, spec: { ...gears.spec, versions } })
    await world.settle()
    expect(await ofGroup(world)).toEqual(['v1.a.org'])
  })
})

it('custom resources have one for each served version of a group', () => {
  const definition = (group: string, ...versions: [string, boolean][]) => ({
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'x' },
    spec: {
      group, scope: 'Namespaced', names: { kind: 'X', plural: 'xs' },
      versions: versions.map(([name, served]) => ({ name, served, storage: served })),
    },
  })
  const made = customApiServices([
    definition('a.org', ['v1', true], ['v1beta1', false]), definition('a.org', ['v1', true], ['v2', true]),
  ])
  const seen = made.map(({ metadata, spec }) => [metadata.name, metadata.labels?.[MANAGED], spec?.groupPriorityMinimum])
  expect(seen).toEqual([
    ['v1.a.org', 'true', 1_000],
    ['v2.a.org', 'true', 1_000],
  ])
})

describe('an APIService of another server', () => {
  const theirs = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.example.org' },
    spec: {
      group: 'example.org', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 15,
      service: { namespace: 'ns', name: 'web', port: 443 },
    },
  }
  const aService = (port: number) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'ns' },
    spec: { clusterIP: '10.96.0.9', ports: [{ name: 'https', port, protocol: 'TCP' }] },
  })
  const slice = (isReady: boolean) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'ns', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: isReady } }],
    ports: [{ name: 'https', port: 8443 }],
  })

  async function conditionOf(objects: readonly KubeObject[], answer: number | Error = 200) {
    const asked: string[] = []
    const down: string[] = []
    const discovery: RemoteDiscovery = {
      wentDown: (...which) => down.push(which.join(' ')),
      ask({ port }, path) {
        asked.push(path)
        if (answer instanceof Error) return Promise.reject(answer)
        return Promise.resolve({ address: `https://10.96.0.9:${String(port)}`, httpCode: answer })
      },
    }
    const world = new ControllersWorld([apiServiceAvailability(discovery)])
    for (const object of objects) {
      const kind: KindRef = 'spec' in object ? service : endpointSlice
      await world.api.create(kind, object)
    }
    await world.api.create(apiService, theirs)
    await world.settle()
    const { status } = await world.api.get(apiService, { name: 'v1.example.org' })
    const [condition] = status?.conditions ?? []
    return { said: [condition?.status, condition?.reason, condition?.message], asked, down, world }
  }

  it.each([
    ['no service', [], 'False', 'ServiceNotFound', 'service/web in "ns" is not present'],
    ['another port', [aService(80)], 'False', 'ServicePortError', 'service/web in "ns" is not listening on port 443'],
    ['no slices', [aService(443)], 'False', 'EndpointsNotFound', 'cannot find endpointslices for service/web in "ns"'],
    [
      'nothing ready', [aService(443), slice(false)], 'False', 'MissingEndpoints',
      'endpointslices for service/web in "ns" have no addresses with port name "https"',
    ],
    ['an endpoint', [aService(443), slice(true)], 'True', 'Passed', 'all checks passed'],
  ] as const)('with %s says so', async (_what, objects, ...wanted) => {
    expect((await conditionOf(objects)).said).toEqual(wanted)
  })

  it('whose document cannot be read says why, and is asked again later and later', async () => {
    const { said, asked, world } = await conditionOf([aService(443), slice(true)], 503)
    const url = 'https://10.96.0.9:443/apis/example.org/v1'
    expect(said).toEqual([
      'False', 'FailedDiscoveryCheck', `failing or missing response from ${url}: bad status from ${url}: 503`,
    ])
    expect(new Set(asked)).toEqual(new Set(['/apis/example.org/v1']))
    await world.advance(60_000)
    const afterAMinute = asked.length
    expect(afterAMinute).toBeGreaterThan(2)
    await world.advance(60_000)
    expect(asked.length - afterAMinute).toBeLessThan(afterAMinute)
  })

  it('that answered and does so no longer is told of, once', async () => {
    const { down, world } = await conditionOf([aService(443), slice(true)])
    expect(down).toEqual([])
    await world.api.delete(endpointSlice, { namespace: 'ns', name: 'web-1' })
    // Something of it changes, so it is looked at.
    const found = await world.api.get(apiService, { name: 'v1.example.org' })
    await world.api.update(apiService, { ...found, metadata: { ...found.metadata, labels: { looked: 'at' } } })
    await world.advance(60_000)
    expect(down).toEqual(['v1.example.org EndpointsNotFound'])
  })

  it('that is not reached says why', async () => {
    const { said } = await conditionOf([aService(443), slice(true)], new Error('no route'))
    expect(said).toEqual(['False', 'FailedDiscoveryCheck', 'no route'])
  })
})
