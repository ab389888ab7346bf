import { beforeEach, describe, expect, it } from 'vitest'
import type { AddressedService } from '../../src/apis/core/service/allocation.ts'
import { allocateAddresses, heldAddresses } from '../../src/apis/core/service/allocation.ts'
import { ApiStatusError } from '../../src/apimachinery/status-error.ts'
import { dropTypeDependentFields } from '../../src/apis/core/service/service-type.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { CLUSTER_IP_POOL, NODE_PORT_POOL, serviceAllocator } from '../../src/objects/scope/service-allocator.ts'
import { migrate } from '../../src/store/migrate.ts'
import { Reservations } from '../../src/store/reservations.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'

type Spec = AddressedService['spec']

let reservations: Reservations
const NOW = 1_000

beforeEach(() => {
  const sql = nodeSqlite()
  migrate(sql, migrationsOnDisk())
  reservations = new Reservations(sql)
  reservations.reserve(CLUSTER_IP_POOL, '10.96.0.10', 'other', NOW)
  reservations.reserve(NODE_PORT_POOL, '30500', 'other', NOW)
})

function allocate(spec: Spec, before?: Spec, isDryRun = false): { spec: Spec; errors: string[] } {
  const service = (of: Spec): AddressedService => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', uid: 'me' },
    spec: structuredClone(of),
  })
  const next = service(spec)
  const allocator = serviceAllocator({ reservations, uid: 'me', nowMs: NOW, random: seededRandom(5), isDryRun })
  const previous = before === undefined ? undefined : service(before)
  // As on every update, before addresses are given.
  if (previous !== undefined) dropTypeDependentFields(next, previous)
  try {
    allocateAddresses(next, previous, allocator)
    return { spec: next.spec, errors: [] }
  } catch (error) {
    if (!(error instanceof ApiStatusError)) throw error
    const { code, message = '', details } = error.status
    const causes = (details?.causes ?? []).map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`)
    return { spec: next.spec, errors: code === 422 ? causes : [`${String(code)} ${message}`] }
  }
}

const ONE = [{ port: 80 }]
const HELD = { type: 'NodePort', clusterIP: '10.96.9.9', clusterIPs: ['10.96.9.9'] }
const HEADLESS = { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] }

describe('a Service is refused', () => {
  it.each<{ given: string; spec: Spec; want: string }>([
    {
      given: 'an address that is taken',
      spec: { type: 'ClusterIP', clusterIP: '10.96.0.10' },
      want: 'spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    },
    ...['10.95.0.1', '10.96.0.0', '10.111.255.255'].map((clusterIP) => ({
      given: `an address out of the range (${clusterIP})`,
      spec: { type: 'ClusterIP', clusterIP },
      want:
        `spec.clusterIPs: Invalid value: ["${clusterIP}"]: failed to allocate IP ${clusterIP}: ` +
        'the provided network does not match the current range',
    })),
    {
      given: 'a node port that is taken, whatever the protocol',
      spec: { type: 'NodePort', ports: [{ port: 80, protocol: 'UDP', nodePort: 30500 }] },
      want: 'spec.ports[0].nodePort: Invalid value: 30500: provided port is already allocated',
    },
    {
      given: 'a node port out of the range',
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      want:
        'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. ' +
        'The range of valid ports is 30000-32767',
    },
    {
      given: 'one node port for two numbers',
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 31_000 }, { port: 81, nodePort: 31_000 }] },
      want: 'spec.ports[1].nodePort: Invalid value: 31000: provided port is already allocated',
    },
    {
      given: 'an address that is taken, whatever its node ports',
      spec: { type: 'NodePort', clusterIP: '10.96.0.10', ports: [{ port: 80, nodePort: 30500 }] },
      want: 'spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    },
    {
      given: 'a node port that is taken and that it only reserves',
      spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 80, nodePort: 30500 }] },
      want: 'spec.ports[0].nodePort: Invalid value: 30500: provided port is already allocated',
    },
    {
      given: 'a port for health checks that is taken, as if it were the server’s mistake',
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: ONE, healthCheckNodePort: 30500 },
      want:
        '500 Internal error occurred: failed to allocate requested HealthCheck NodePort 30500: ' +
        'provided port is already allocated',
    },
  ])('$given', ({ spec, want }) => {
    expect(allocate(spec).errors).toEqual([want])
  })

  it('that has one node port twice for one protocol after an update', () => {
    const before = { ...HELD, ports: [{ port: 80, protocol: 'TCP', nodePort: 31_000 }] }
    const ports = [...before.ports, { name: 'b', port: 81, protocol: 'TCP', nodePort: 31_000 }]
    expect(allocate({ ...before, ports }, before).errors).toEqual(['500 duplicate nodePort: {TCP 31000}'])
    const both = [...before.ports, { name: 'b', port: 80, protocol: 'UDP', nodePort: 31_000 }]
    expect(allocate({ ...before, ports: both }, before)).toMatchObject({ errors: [], spec: { ports: both } })
  })

  it('that wants one number for a port and for health checks', () => {
    const ports = [{ port: 80, protocol: 'TCP', nodePort: 31_000 }]
    const local = { ...HELD, type: 'LoadBalancer', externalTrafficPolicy: 'Local' }
    const checked = { ...local, healthCheckNodePort: 31_000, ports }
    const why = 'failed to allocate requested HealthCheck NodePort 31000: provided port is already allocated'
    expect(allocate(checked).errors).toEqual([`500 Internal error occurred: ${why}`])
    expect(allocate(checked, { ...HELD, ports }).errors).toEqual([`500 Internal error occurred: ${why}`])
    const other = [{ port: 81, protocol: 'TCP', nodePort: 31_000 }]
    expect(allocate({ ...checked, ports: other }, { ...checked, ports: [] }).errors).toEqual([
      'spec.ports[0].nodePort: Invalid value: 31000: provided port is already allocated',
    ])
  })

  it.each([['IPv4'], ['IPv6']])('that gives up a family (leaving %s) without the policy that says so', (family) => {
    const before = { ...HEADLESS, ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }
    expect(allocate({ ...before, ipFamilies: [family] }, before).errors).toEqual([
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary IP family',
    ])
  })
})

// portallocator/operation.go and ipallocator.go, where they are told that it is a dry run
describe('a dry run', () => {
  it.each<{ given: string; spec: Spec; ports: (number | undefined)[] }>([
    {
      given: 'ports that it made up',
      spec: { type: 'NodePort', ports: [{ port: 1 }, { port: 2 }] },
      ports: [32_769, 32_770],
    },
    {
      given: 'the one after the highest that is said',
      spec: { type: 'NodePort', ports: [{ port: 1, nodePort: 30_100 }, { port: 2 }] },
      ports: [30_100, 30_101],
    },
    { given: 'a port out of the range', spec: { type: 'NodePort', ports: [{ port: 1, nodePort: 7 }] }, ports: [7] },
    {
      given: 'an address that is taken',
      spec: { type: 'ClusterIP', clusterIP: '10.96.0.10', ports: ONE },
      ports: [undefined],
    },
  ])('gives $given', ({ spec, ports }) => {
    const given = allocate(spec, undefined, true)
    expect(given.errors).toEqual([])
    expect(given.spec.ports?.map(({ nodePort }) => nodePort)).toEqual(ports)
  })

  it.each<{ given: string; spec: Spec; want: string }>([
    {
      given: 'a node port that is taken',
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30500 }] },
      want: 'spec.ports[0].nodePort: Invalid value: 30500: provided port is already allocated',
    },
    {
      given: 'an address out of the range',
      spec: { type: 'ClusterIP', clusterIP: '10.95.0.1' },
      want:
        'spec.clusterIPs: Invalid value: ["10.95.0.1"]: failed to allocate IP 10.95.0.1: the provided IP (10.95.0.1) ' +
        'is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    },
  ])('refuses $given', ({ spec, want }) => {
    expect(allocate(spec, undefined, true).errors).toEqual([want])
  })
})

describe('a Service gets', () => {
  it('an address above the static band', () => {
    const { spec } = allocate({ type: 'ClusterIP', ports: ONE })
    expect(spec).toMatchObject({ clusterIPs: [spec.clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' })
    expect(spec.clusterIP).toMatch(/^10\.(9[6-9]|10\d|11[01])\.\d+\.\d+$/)
    expect(reservations.holder(CLUSTER_IP_POOL, spec.clusterIP ?? '', NOW)).toBe('me')
  })

  it('no address when headless or a name elsewhere', () => {
    expect(allocate({ type: 'ClusterIP', clusterIP: 'None' }).spec.clusterIPs).toEqual(['None'])
    expect(allocate({ type: 'ExternalName' }).spec.clusterIPs).toBeUndefined()
  })

  it('as many different node ports as it has ports, all above the static band', () => {
    const ports = Array.from({ length: 300 }, (_, index) => ({ name: `p${String(index)}`, port: index + 1 }))
    const numbers = (allocate({ type: 'NodePort', ports }).spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0)
    expect(new Set(numbers).size).toBe(300)
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(30_086)
  })

  it('one node port for one number in two protocols', () => {
    const ports = [{ name: 'a', port: 53, protocol: 'TCP' }, { name: 'b', port: 53, protocol: 'UDP' }]
    const [one, other] = allocate({ type: 'NodePort', ports }).spec.ports ?? []
    expect(one?.nodePort).toBe(other?.nodePort)
  })

  it('one node port for one number in two protocols, if one of them says it', () => {
    const ports = [{ name: 'a', port: 53, protocol: 'TCP' }, { name: 'b', port: 53, protocol: 'UDP', nodePort: 31_000 }]
    expect(allocate({ type: 'NodePort', ports }).spec.ports).toMatchObject([{ nodePort: 31_000 }, { nodePort: 31_000 }])
  })

  it('nothing for good in a dry run, and no refusal of what it holds', () => {
    const { spec } = allocate({ type: 'NodePort', ports: ONE }, undefined, true)
    expect(reservations.holder(CLUSTER_IP_POOL, spec.clusterIP ?? '', NOW)).toBeUndefined()
    const real = allocate({ type: 'NodePort', ports: ONE }).spec
    expect(allocate(real, real, true)).toEqual({ spec: real, errors: [] })
  })
})

describe('an update', () => {
  it('of what prefers two families leaves the families as they are, whatever its selector', () => {
    const before = { ...HEADLESS, ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack', selector: { a: 'b' } }
    expect(allocate({ ...before, selector: {} }, before).spec.ipFamilies).toEqual(['IPv4'])
  })

  const stored = { type: 'NodePort', clusterIP: '10.96.9.9', clusterIPs: ['10.96.9.9'] }

  it('keeps the address and, by the names of ports, the node ports', () => {
    const before = { ...stored, ports: [{ name: 'web', port: 80, nodePort: 31_000 }] }
    const { spec } = allocate({ type: 'NodePort', ports: [{ name: 'web', port: 8080 }] }, before)
    expect(spec).toMatchObject({ clusterIP: '10.96.9.9', ports: [{ name: 'web', port: 8080, nodePort: 31_000 }] })
  })

  it.each<{ what: string; spec: Spec }>([
    { what: 'the older field', spec: { type: 'NodePort', clusterIPs: ['10.96.9.9'] } },
    { what: 'the list', spec: { type: 'NodePort', clusterIP: '10.96.9.9' } },
    { what: 'both', spec: { type: 'NodePort' } },
  ])('keeps the address when $what is left out', ({ spec }) => {
    const kept = { clusterIP: '10.96.9.9', clusterIPs: ['10.96.9.9'] }
    expect(allocate(spec, stored)).toMatchObject({ errors: [], spec: kept })
  })

  it('asks for no other address: that it is another one is for validation to say', () => {
    const other = { ...stored, clusterIP: '1.2.3.4' }
    expect(allocate(other, stored)).toMatchObject({ errors: [], spec: { clusterIPs: ['1.2.3.4'] } })
  })

  it('keeps no node port that another of its ports asks for', () => {
    const before = { ...stored, ports: [{ name: 'web', port: 80, nodePort: 31_000 }] }
    const ports = [{ name: 'other', port: 1, nodePort: 31_000 }, { name: 'web', port: 80 }]
    const [other, web] = allocate({ type: 'NodePort', ports }, before).spec.ports ?? []
    expect(other?.nodePort).toBe(31_000)
    expect(web?.nodePort).not.toBe(31_000)
  })

  it('gives node ports back when the type no longer needs them', () => {
    const before = { ...stored, ports: [{ port: 80, nodePort: 31_000 }] }
    expect(allocate({ ...before, type: 'ClusterIP' }, before).spec.ports).toEqual([{ port: 80 }])
  })

  it('gives the address back when the type becomes ExternalName', () => {
    const before = { ...stored, type: 'ClusterIP' }
    expect(allocate({ ...before, type: 'ExternalName' }, before).spec.clusterIP).toBeUndefined()
  })

  it('keeps the address where only the list of addresses is said, and the list where only the address is', () => {
    const before = { type: 'ClusterIP', clusterIP: '10.96.9.9', clusterIPs: ['10.96.9.9'], ports: ONE }
    for (const said of [{ clusterIPs: ['10.96.9.9'] }, { clusterIP: '10.96.9.9' }, {}]) {
      expect(allocate({ type: 'ClusterIP', ports: ONE, ...said }, before)).toMatchObject({ errors: [], spec: before })
    }
  })

  it.each<[what: string, spec: Spec]>([
    ['an address', { clusterIP: '1.2.3.4', clusterIPs: ['1.2.3.4'] }],
    ['an address instead of none', { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] }],
    ['a port for health checks', { healthCheckNodePort: 1 }],
  ])('takes nothing in place of %s that may not change: that is for validation to say', (what, said) => {
    const address = what.endsWith('none') ? 'None' : '10.96.9.9'
    const fixed = { clusterIP: address, clusterIPs: [address], healthCheckNodePort: 32_000 }
    const before = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: ONE, ...fixed }
    expect(allocate({ ...before, ...said }, before)).toMatchObject({ errors: [], spec: said })
  })

  it('does not give a port’s number to another one of the same name', () => {
    const before = { type: 'NodePort', clusterIP: '10.96.9.9', ports: [{ port: 80, nodePort: 30_081 }] }
    const { spec } = allocate({ ...before, ports: [{ port: 80, nodePort: 30_081 }, { port: 81 }] }, before)
    expect(spec.ports?.[1]?.nodePort).not.toBe(30_081)
  })

  it('gives back what only a LoadBalancer has', () => {
    const before = { ...stored, type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32_000 }
    const { spec } = allocate({ ...before, type: 'ClusterIP' }, before)
    expect(spec.healthCheckNodePort).toBeUndefined()
  })
})

it('a Service holds its addresses and each number once', () => {
  const spec = {
    clusterIPs: ['10.96.9.9'],
    ports: [{ port: 53, nodePort: 31_000 }, { port: 53, protocol: 'UDP', nodePort: 31_000 }, { port: 1 }],
    healthCheckNodePort: 32_000,
  }
  const service = { apiVersion: 'v1', kind: 'Service', metadata: {}, spec }
  expect(heldAddresses(service)).toEqual({ addresses: ['10.96.9.9'], ports: ['31000', '32000'] })
})
