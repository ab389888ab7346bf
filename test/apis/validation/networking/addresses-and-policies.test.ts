/**
 * IPAddresses, ServiceCIDRs and NetworkPolicies: given → want, texts of pkg/apis/networking/validation/validation.go.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const addresses = new Subject('networking.k8s.io/v1', 'IPAddress')
const ranges = new Subject('networking.k8s.io/v1', 'ServiceCIDR')
const policies = new Subject('networking.k8s.io/v1', 'NetworkPolicy')
const parentRef = { resource: 'services', name: 'web', namespace: 'default' }

const ADDRESSES: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: { parentRef } }, want: [] },
  { what: 'it belongs to something', given: { spec: {} }, want: ['spec.parentRef: Required value'] },
  {
    what: 'what it belongs to has resource and name',
    given: { spec: { parentRef: { group: 'A', namespace: 'a/b' } } },
    want: [
      `spec.parentRef.group: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'spec.parentRef.resource: Required value',
      'spec.parentRef.name: Required value',
      `spec.parentRef.namespace: Invalid value: "a/b": may not contain '/'`,
    ],
  },
]

const cidrs = (...list: string[]): object => ({ spec: { cidrs: list } })
const RANGES: readonly Row[] = [
  { what: 'one of each family is fine', given: cidrs('10.0.0.0/8', 'fd00::/64'), want: [] },
  { what: 'there is one', given: cidrs(), want: ['spec.cidrs: Required value: at least one CIDR required'] },
  {
    what: 'there are two at most',
    given: cidrs('10.0.0.0/8', 'fd00::/64', '11.0.0.0/8'),
    want: [
      'spec.cidrs: Invalid value: {"CIDRs":["10.0.0.0/8","fd00::/64","11.0.0.0/8"]}: may only hold up to 2 values',
    ],
  },
  {
    what: 'they are of two families',
    given: cidrs('10.0.0.0/8', '11.0.0.0/8'),
    want: [
      'spec.cidrs: Invalid value: ["10.0.0.0/8","11.0.0.0/8"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
  },
  {
    what: 'they are ranges in their one form',
    given: cidrs('10.0.0.1/8', 'FD00::/64'),
    want: [
      'spec.cidrs[0]: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length',
      'spec.cidrs[1]: Invalid value: "FD00::/64": must be in canonical form ("fd00::/64")',
    ],
  },
]
const RANGE_UPDATES: readonly UpdateRow[] = [
  {
    what: 'one of the other family may be added',
    from: cidrs('10.0.0.0/8'),
    to: cidrs('10.0.0.0/8', 'fd00::/64'),
    want: [],
  },
  {
    what: 'what is there stays',
    from: cidrs('10.0.0.0/8'),
    to: cidrs('11.0.0.0/8'),
    want: ['spec.cidrs[0]: Invalid value: "11.0.0.0/8": field is immutable'],
  },
  {
    what: 'none goes',
    from: cidrs('10.0.0.0/8', 'fd00::/64'),
    to: cidrs('10.0.0.0/8'),
    want: ['spec.cidrs: Invalid value: ["10.0.0.0/8"]: field is immutable'],
  },
  {
    what: 'nor do all',
    from: cidrs('10.0.0.0/8'),
    to: {},
    want: ['spec.cidrs: Invalid value: null: field is immutable'],
  },
]

const ingress = (rule: object, more: object = {}): object => ({ spec: { podSelector: {}, ingress: [rule], ...more } })
const withPort = (port: object): object => ingress({ ports: [port] })
const fromPeer = (peer: object): object => ingress({ from: [peer] })
const PORT = 'spec.ingress[0].ports[0]'
const PEER = 'spec.ingress[0].from[0]'
const POLICIES: readonly Row[] = [
  {
    what: 'a plain one is fine',
    given: ingress({ from: [{ podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }),
    want: [],
  },
  {
    what: 'protocols and types are known ones',
    given: ingress({ ports: [{ protocol: 'ICMP' }] }, { policyTypes: ['Any'] }),
    want: [
      `${PORT}.protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"`,
      'spec.policyTypes[0]: Unsupported value: "Any": supported values: "Ingress", "Egress"',
    ],
  },
  {
    what: 'there are two types',
    given: { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress', 'Ingress'] } },
    want: [
      'spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes',
    ],
  },
  {
    what: 'a range of ports has a beginning',
    given: withPort({ endPort: 2 }),
    want: [`${PORT}.endPort: Invalid value: 2: may not be specified when \`port\` is not specified`],
  },
  {
    what: 'a range of ports begins with a number',
    given: withPort({ port: 'web', endPort: 2 }),
    want: [`${PORT}.endPort: Invalid value: 2: may not be specified when \`port\` is non-numeric`],
  },
  {
    what: 'a range of ports ends later',
    given: withPort({ port: 3, endPort: 2 }),
    want: [`${PORT}.endPort: Invalid value: 3: must be greater than or equal to \`port\``],
  },
  {
    what: 'ports are ports',
    given: withPort({ port: 70_000, endPort: 70_001 }),
    want: ['port: Invalid value: 70000', 'endPort: Invalid value: 70001'].map(
      (text) => `${PORT}.${text}: must be between 1 and 65535, inclusive`,
    ),
  },
  { what: 'a peer is somebody', given: fromPeer({}), want: [`${PEER}: Required value: must specify a peer`] },
  {
    what: 'a peer is of one sort',
    given: fromPeer({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
    want: [`${PEER}: Forbidden: may not specify both ipBlock and another peer`],
  },
  {
    what: 'a block is a range',
    given: fromPeer({ ipBlock: { cidr: 'a', except: ['b'] } }),
    want: [
      `${PEER}.ipBlock.cidr: Invalid value: "a": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
    ],
  },
  { what: 'a block is said', given: fromPeer({ ipBlock: {} }), want: [`${PEER}.ipBlock.cidr: Required value`] },
  {
    what: 'exceptions are within the block, and smaller',
    given: {
      spec: {
        podSelector: {},
        egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/9', except: ['11.0.0.0/16', '10.0.0.0/9', '10.128.0.0/10'] } }] }],
      },
    },
    want: ['11.0.0.0/16', '10.0.0.0/9', '10.128.0.0/10'].map(
      (text, index) =>
        `spec.egress[0].to[0].ipBlock.except[${String(index)}]: Invalid value: "${text}": must be a strict subset of \`cidr\``,
    ),
  },
  {
    what: 'selectors are selectors',
    given: {
      spec: {
        podSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] },
        ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }] }],
      },
    },
    want: [
      'spec.podSelector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      `${PEER}.namespaceSelector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
    ],
  },
]

describe('validation of addresses and policies', () => {
  it.each(ADDRESSES)('IPAddress: $what', ({ given, want }) => {
    expect(addresses.onCreate(given)).toEqual(want)
  })

  it('IPAddress: it belongs to one object for good', () => {
    const other = { spec: { parentRef: { ...parentRef, name: 'other' } } }
    expect(addresses.onUpdate({ spec: { parentRef } }, other)).toEqual([
      'spec.parentRef: Invalid value: {"Group":"","Resource":"services","Namespace":"default","Name":"other"}: field is immutable',
    ])
  })

  it.each(RANGES)('ServiceCIDR: $what', ({ given, want }) => {
    expect(ranges.onCreate(given)).toEqual(want)
  })

  it.each(RANGE_UPDATES)('ServiceCIDR: on update, $what', ({ from, to, want }) => {
    expect(ranges.onUpdate(from, to)).toEqual(want)
  })

  it.each(POLICIES)('NetworkPolicy: $what', ({ given, want }) => {
    expect(policies.onCreate(given)).toEqual(want)
  })

  it('NetworkPolicy: a range that is there already may stay, and is warned of', () => {
    const old = fromPeer({ ipBlock: { cidr: '10.0.0.1/8' } })
    expect(policies.onCreate(old)).toHaveLength(1)
    expect(policies.onUpdate(old, old)).toEqual([])
    expect(policies.warnings(old, old)).toEqual([
      `${PEER}.ipBlock.cidr: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)`,
    ])
  })
})
