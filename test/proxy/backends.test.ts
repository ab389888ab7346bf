import { describe, expect, it } from 'vitest'
import type { RoutedService, RoutedSlice } from '../../src/proxy/backends.ts'
import { backendsOf, servicePortName } from '../../src/proxy/backends.ts'

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
    nodeName: 'node',
    targetRef: { kind: 'Pod', name, uid: name },
  })),
})

it.each([
  { given: 'a number', ports: PORTS, port: 9000, want: 'admin' },
  { given: 'no number: the one named http', ports: PORTS, port: undefined, want: 'http' },
  { given: 'no number: 80 before all', ports: [...PORTS, { name: 'x', port: 80 }], port: undefined, want: 'x' },
  { given: 'no number, nothing telling: the first', ports: [{ port: 1 }], port: undefined, want: '' },
  { given: 'a number nobody has', ports: PORTS, port: 1, want: undefined },
  { given: 'a number of UDP', ports: PORTS, port: 53, want: undefined },
])('the port of a request: $given', ({ ports, port, want }) => {
  expect(servicePortName(service({ ports }), port)).toBe(want)
})

describe('the backends of a request', () => {
  const ENDING = { ready: false, serving: true, terminating: true }
  it.each<{ given: string; slices: RoutedSlice[]; want: string[] }>([
    { given: 'ready ones', slices: [slice({ a: { ready: true }, b: {}, c: { ready: false } })], want: ['a:80', 'b:80'] },
    { given: 'of all slices', slices: [slice({ a: {} }), slice({ b: {} }, 81)], want: ['a:80', 'b:81'] },
    { given: 'each once', slices: [slice({ a: { ready: false } }), slice({ a: {} })], want: ['a:80'] },
    { given: 'no ending ones beside ready ones', slices: [slice({ a: ENDING, b: {} })], want: ['b:80'] },
    { given: 'ending ones that serve when none is ready', slices: [slice({ a: ENDING, b: { ready: false } })], want: ['a:80'] },
    { given: 'none', slices: [], want: [] },
  ])('$given', ({ slices, want }) => {
    const found = backendsOf(service({ ports: PORTS }), slices, 8080)
    expect(found?.backends.map(({ podName, port }) => `${podName}:${String(port)}`)).toEqual(want)
  })

  it('are undefined for a port that the Service does not have', () => {
    expect(backendsOf(service({ ports: PORTS }), [slice({ a: {} })], 1)).toBeUndefined()
  })

  it('come with the seconds of affinity', () => {
    const seconds = (spec: NonNullable<RoutedService['spec']>): number | undefined =>
      backendsOf(service({ ports: PORTS, ...spec }), [], 8080)?.affinitySeconds
    expect(seconds({})).toBe(0)
    expect(seconds({ sessionAffinity: 'ClientIP' })).toBe(10_800)
    const sessionAffinityConfig = { clientIP: { timeoutSeconds: 5 } }
    expect(seconds({ sessionAffinity: 'ClientIP', sessionAffinityConfig })).toBe(5)
  })
})
