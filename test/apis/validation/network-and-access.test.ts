/** Services, EndpointSlices, Events, Nodes, Leases, RBAC: given → want, texts of upstream validation.go. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from './given-want.ts'

const RBAC = 'rbac.authorization.k8s.io/v1'
const group = 'rbac.authorization.k8s.io'
interface Of {
  readonly of: readonly [string, string]
}
const service = ['v1', 'Service'] as const
const port = { port: 80 }
const evicting = { key: 'b', effect: 'NoExecute' }

const ROWS: readonly (Row & Of)[] = [
  { of: service, what: 'one port needs no name', given: { spec: { ports: [port] } }, want: [] },
  { of: service, what: 'ports are required', given: { spec: {} }, want: ['spec.ports: Required value'] },
  { of: service, what: 'a headless one needs no ports', given: { spec: { clusterIP: 'None' } }, want: [] },
  {
    of: service,
    what: 'several ports have names, each its own number',
    given: { spec: { ports: [{ port: 80, name: 'a' }, { port: 80 }, { port: 81, name: 'a' }] } },
    want: [
      'spec.ports[1].name: Required value',
      'spec.ports[2].name: Duplicate value: "a"',
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  },
  {
    of: service,
    what: 'types and affinities are of their lists',
    given: { spec: { type: 'Some', sessionAffinity: 'Any', ports: [port] } },
    want: [
      'spec.sessionAffinity: Unsupported value: "Any": supported values: "ClientIP", "None"',
      'spec.type: Unsupported value: "Some": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  },
  {
    of: service,
    what: 'an external name is required of its type',
    given: { spec: { type: 'ExternalName' } },
    want: ['spec.externalName: Required value'],
  },
  {
    of: service,
    what: 'a ClusterIP one has no ports of nodes',
    given: { spec: { ports: [{ port: 80, nodePort: 30000 }] } },
    want: ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  },
  {
    of: ['v1', 'Event'],
    what: 'an event is where what it is about is',
    given: { involvedObject: { kind: 'Pod', name: 'a', namespace: 'other' } },
    want: ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
  },
  {
    of: ['discovery.k8s.io/v1', 'EndpointSlice'],
    what: 'addresses are of a type, at least one to an endpoint, and ports have one name each',
    given: { addressType: 'Post', endpoints: [{ addresses: [] }], ports: [{ port: 1 }, { port: 2 }] },
    want: [
      'addressType: Unsupported value: "Post": supported values: "FQDN", "IPv4", "IPv6"',
      'ports[1].name: Duplicate value: ""',
      'endpoints[0].addresses: Required value: must contain at least 1 address',
    ],
  },
  {
    of: ['v1', 'Node'],
    what: 'taints have a known effect, once each',
    given: { spec: { taints: [{ key: 'a', effect: 'Now' }, evicting, evicting] } },
    want: [
      'metadata.taints[0].effect: Unsupported value: "Now": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      'metadata.taints[2]: Duplicate value: {"Key":"b","Value":"","Effect":"NoExecute","TimeAdded":null}: taints must be unique by key and effect pair',
    ],
  },
  {
    of: ['v1', 'Node'],
    what: 'what is no range is told once more where there are two',
    given: { spec: { podCIDRs: ['10.1.0.0/24', 'fd00::1'] } },
    want: [
      'spec.podCIDRs[1]: Invalid value: "fd00::1": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.podCIDRs: Internal error: invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[1]: <nil> (invalid CIDR address: fd00::1)',
      'spec.podCIDRs: Invalid value: ["10.1.0.0/24","fd00::1"]: may specify no more than one CIDR for each IP family',
    ],
  },
  {
    of: ['v1', 'Node'],
    what: 'swap is some, if it is said',
    given: { status: { nodeInfo: { swap: { capacity: 0 } } } },
    want: ['metadata.nodeSwapStatus.capacity: Invalid value: 0: must be greater than zero'],
  },
  {
    of: ['coordination.k8s.io/v1', 'Lease'],
    what: 'durations are positive',
    given: { spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } },
    want: [
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
      'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    ],
  },
  {
    of: [RBAC, 'Role'],
    what: 'rules say what and how, inside the namespace',
    given: { rules: [{ verbs: [] }, { verbs: ['get'], nonResourceURLs: ['/x'] }] },
    want: [
      'rules[0].verbs: Required value: verbs must contain at least one value',
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
      'rules[0].resources: Required value: resource rules must supply at least one resource',
      'rules[1].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
    ],
  },
  {
    of: [RBAC, 'ClusterRole'],
    what: 'paths are fine',
    given: { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] },
    want: [],
  },
  {
    of: [RBAC, 'ClusterRoleBinding'],
    what: 'the role is a ClusterRole, the subjects are known',
    given: {
      roleRef: { apiGroup: group, kind: 'Role', name: '' },
      subjects: [{ kind: 'ServiceAccount', name: 'a' }, { kind: 'Robot', name: 'b' }],
    },
    want: [
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
      'roleRef.name: Required value',
      'subjects[0].namespace: Required value',
      'subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    ],
  },
]

const bound = (name: string): object => ({ roleRef: { apiGroup: group, kind: 'ClusterRole', name } })
const UPDATES: readonly (UpdateRow & Of)[] = [
  ...(['RoleBinding', 'ClusterRoleBinding'] as const).map((kind) => ({
    of: [RBAC, kind] as const,
    what: 'the role stays',
    from: bound('a'),
    to: bound('b'),
    want: [`roleRef: Invalid value: {"APIGroup":"${group}","Kind":"ClusterRole","Name":"b"}: cannot change roleRef`],
  })),
  {
    of: service,
    what: 'an address stays',
    from: { spec: { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ports: [port] } },
    to: { spec: { clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.2'], ports: [port] } },
    want: ['spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set'],
  },
  {
    of: ['v1', 'Node'],
    what: 'ranges of pods stay',
    from: { spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] } },
    to: { spec: { podCIDR: '10.2.0.0/24', podCIDRs: ['10.2.0.0/24'] } },
    want: ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
  },
  {
    of: ['v1', 'Node'],
    what: 'each range is told of, and taints before and after',
    from: { spec: { podCIDRs: ['10.1.0.0/24', 'fd00:1::/64'] } },
    to: { spec: { podCIDRs: ['10.2.0.0/24', 'fd00:2::/64'], taints: [{ key: 'a', effect: '' }] } },
    want: [
      'metadata.taints[0].effect: Required value',
      ...Array.from({ length: 2 }, () =>
        'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'),
      'metadata.taints[0].effect: Required value',
    ],
  },
]

it('a Node forgets configuration through the API, of its status as well', () => {
  const config = { assigned: { configMap: { name: 'n', namespace: 'n', kubeletConfigKey: 'k' } } }
  expect(new Subject('v1', 'Node').statusUpdated({}, { status: { phase: 'Running', config } })).toMatchObject({
    status: { phase: 'Running' },
  })
  expect(new Subject('v1', 'Node').statusUpdated({}, { status: { config } })).not.toHaveProperty('status.config')
})

describe('validation of Services, Nodes, Leases and RBAC', () => {
  it.each(ROWS)('$of.1: $what', ({ of, given, want }) => {
    expect(new Subject(...of).onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('$of.1: on update, $what', ({ of, from, to, want }) => {
    expect(new Subject(...of).onUpdate(from, to)).toEqual(want)
  })
})
