import { describe, expect, it } from 'vitest'
import type { Destination, RoutedService, RoutedSlice } from '../../src/proxy/backends.ts'
import { destinationOf, servicePortName } from '../../src/proxy/backends.ts'

type Conditions = { ready?: boolean; serving?: boolean; terminating?: boolean }

const service = (spec: NonNullable<RoutedService['spec']>): RoutedService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {},
  spec,
})
const PORTS = [{ name: 'admin', port: 9000 }, { name: 'http', port: 8080 }, { name: 'dns', port: 53, protocol: 'UDP' }]
const slice = (endpoints: Record<string, Conditions>, port = 80): RoutedSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {},
  ports: [{ name: 'http', port }],
  endpoints: Object.entries(endpoints).map(([name, conditions]) => ({
    addresses: [`ip-${name}`],
    conditions,
    hostname: `host-${name}`,
    nodeName: 'node',
    targetRef: { kind: 'Pod', name, uid: name },
  })),
})
const shown = (destination: Destination): string =>
  destination.kind === 'backends'
    ? destination.backends.map(({ podName, port }) => `${podName}:${String(port)}`).join(' ')
    : destination.kind

it.each([
  { given: 'a number', ports: PORTS, port: 9000, want: 'admin' },
  { given: 'a name', ports: PORTS, port: 'admin', want: 'admin' },
  { given: 'no number: the one named http', ports: PORTS, port: undefined, want: 'http' },
  { given: 'no number: 80 before all', ports: [...PORTS, { name: 'x', port: 80 }], port: undefined, want: 'x' },
  { given: 'no number, nothing telling: the first', ports: [{ port: 1 }], port: undefined, want: '' },
  { given: 'a number nobody has', ports: PORTS, port: 1, want: undefined },
  { given: 'a name nobody has', ports: PORTS, port: 'web', want: undefined },
  { given: 'a number of UDP', ports: PORTS, port: 53, want: undefined },
])('the port of a request: $given', ({ ports, port, want }) => {
  expect(servicePortName(service({ ports }), port)).toBe(want)
})

describe('the backends of a request', () => {
  const ENDING = { ready: false, serving: true, terminating: true }
  const UNREADY = { ready: false }
  it.each<{ given: string; slices: RoutedSlice[]; want: string }>([
    { given: 'ready ones', slices: [slice({ a: { ready: true }, b: {}, c: { ready: false } })], want: 'a:80 b:80' },
    { given: 'of all slices', slices: [slice({ a: {} }), slice({ b: {} }, 81)], want: 'a:80 b:81' },
    { given: 'each once', slices: [slice({ a: { ready: false } }), slice({ a: {} })], want: 'a:80' },
    { given: 'no ending ones beside ready ones', slices: [slice({ a: ENDING, b: {} })], want: 'b:80' },
    { given: 'ending ones that serve when none is ready', slices: [slice({ a: ENDING, b: UNREADY })], want: 'a:80' },
    { given: 'none', slices: [], want: '' },
  ])('$given', ({ slices, want }) => {
    expect(shown(destinationOf(service({ ports: PORTS }), slices, { port: 8080 }))).toBe(want)
  })

  it('come with the seconds of affinity', () => {
    const seconds = (spec: NonNullable<RoutedService['spec']>): number | undefined => {
      const destination = destinationOf(service({ ports: PORTS, ...spec }), [], { port: 8080 })
      return destination.kind === 'backends' ? destination.affinitySeconds : undefined
    }
    expect(seconds({})).toBe(0)
    expect(seconds({ sessionAffinity: 'ClientIP' })).toBe(10_800)
    const sessionAffinityConfig = { clientIP: { timeoutSeconds: 5 } }
    expect(seconds({ sessionAffinity: 'ClientIP', sessionAffinityConfig })).toBe(5)
  })
})

describe('the backends of a headless Service', () => {
  const slices = [slice({ a: {}, b: {} }, 3000)]
  const headless = service({ clusterIP: 'None', ports: PORTS })
  it.each([
    { given: 'a port that it lists leads to its target', wanted: { port: 8080 }, want: 'a:3000 b:3000' },
    { given: 'another one is the pods’ own', wanted: { port: 4000 }, want: 'a:4000 b:4000' },
    { given: 'a name must be listed', wanted: { port: 'web' }, want: 'noPort' },
    { given: 'a hostname is one endpoint', wanted: { port: 8080, hostname: 'host-b' }, want: 'b:3000' },
    { given: 'an unknown hostname is none', wanted: { port: 8080, hostname: 'host-c' }, want: '' },
  ])('$given', ({ wanted, want }) => {
    expect(shown(destinationOf(headless, slices, wanted))).toBe(want)
  })
})

describe('a request that leads nowhere', () => {
  it('is told that there is no such Service', () => {
    expect(destinationOf(undefined, [], { port: 80 })).toEqual({ kind: 'noService' })
  })

  it('is told the ports that there are', () => {
    const destination = destinationOf(service({ ports: [...PORTS, { port: 7 }] }), [slice({ a: {} })], { port: 1 })
    expect(destination).toEqual({ kind: 'noPort', ports: ['9000 (admin)', '8080 (http)', '7'] })
  })

  it('is told where an ExternalName is', () => {
    const external = service({ type: 'ExternalName', externalName: 'db.example.com' })
    expect(destinationOf(external, [], { port: 80 })).toEqual({ kind: 'externalName', host: 'db.example.com' })
  })
})
