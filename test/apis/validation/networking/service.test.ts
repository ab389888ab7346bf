/**
 * Services by type, with their ports, addresses and policies: given → want, texts and paths of
 * pkg/apis/core/validation/validation.go, ValidateService.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const ports = [{ port: 80 }]
const withSpec = (more: object): object => ({ spec: { ports, ...more } })

const ROWS: readonly Row[] = [
  {
    what: 'ports are wanted, but for those without an address',
    given: withSpec({ ports: [] }),
    want: [
      'spec.ports: Required value',
    ],
  },
  {
    what: 'without an address none are wanted',
    given: withSpec({ ports: [], clusterIP: 'None' }),
    want: [],
  },
  {
    what: 'several ports have names, each its own',
    given: withSpec({ ports: [{ port: 80 }, { port: 81, name: 'a' }, { port: 82, name: 'a' }] }),
    want: [
      'spec.ports[0].name: Required value',
      'spec.ports[2].name: Duplicate value: "a"',
    ],
  },
  {
    what: 'a port and protocol stand once',
    given: withSpec({ ports: [{ port: 80, name: 'a' }, { port: 80, name: 'b' }] }),
    want: [
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  },
  {
    what: 'ports are in range, protocols known, names labels',
    given: withSpec({ ports: [{ port: 0, name: 'A', protocol: 'X', targetPort: 'B', appProtocol: 'a b' }] }),
    want: [
      `spec.ports[0].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
      'spec.ports[0].targetPort: Invalid value: "B": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.ports[0].targetPort: Invalid value: "B": must contain at least one letter (a-z)',
      `spec.ports[0].appProtocol: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  },
  {
    what: 'types are known',
    given: withSpec({ type: 'X' }),
    want: [
      'spec.type: Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  },
  {
    what: 'an external name is a name, and has no address',
    given: withSpec({ type: 'ExternalName', externalName: '-', clusterIP: '10.96.0.9' }),
    want: [
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
      `spec.externalName: Invalid value: "-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
  },
  {
    what: 'an external name is there',
    given: withSpec({ type: 'ExternalName' }),
    want: [
      'spec.externalName: Required value',
    ],
  },
  {
    what: 'a LoadBalancer has an address in the cluster',
    given: withSpec({ type: 'LoadBalancer', clusterIP: 'None' }),
    want: [
      `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for LoadBalancer services`,
    ],
  },
  {
    what: 'node ports are of types that have some, once a protocol',
    given: withSpec({ ports: [{ port: 80, nodePort: 30_000 }] }),
    want: [
      `spec.ports[0].nodePort: Forbidden: may not be used when \`type\` is 'ClusterIP'`,
    ],
  },
  {
    what: 'a node port serves a protocol once',
    given: withSpec({
      type: 'NodePort',
      ports: [{ port: 80, nodePort: 30_000, name: 'a' }, { port: 81, nodePort: 30_000, name: 'b' }],
    }),
    want: [
      'spec.ports[1].nodePort: Duplicate value: 30000',
    ],
  },
  {
    what: 'addresses are addresses, the first of the list the one',
    given: withSpec({ clusterIP: 'x', clusterIPs: ['y'] }),
    want: [
      'spec.clusterIPs: Invalid value: ["y"]: first value must match `clusterIP`',
      'spec.clusterIPs[0]: Invalid value: "y": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  },
  {
    what: 'addresses are of the families that are said',
    given: withSpec({ clusterIP: '10.96.0.9', ipFamilies: ['IPv6'] }),
    want: [
      'spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ],
  },
  {
    what: 'families are known, once each, two at most',
    given: withSpec({ ipFamilies: ['IPv4', 'IPv4', 'X'], ipFamilyPolicy: 'Y' }),
    want: [
      'spec.ipFamilies[1]: Duplicate value: "IPv4"',
      'spec.ipFamilies[2]: Unsupported value: "X": supported values: "IPv4", "IPv6"',
      'spec.ipFamilyPolicy: Unsupported value: "Y": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
    ],
  },
  {
    what: 'external addresses lead somewhere',
    given: withSpec({ externalIPs: ['127.0.0.1', '0.0.0.0', 'x'] }),
    want: [
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'spec.externalIPs[1]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
      'spec.externalIPs[2]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  },
  {
    what: 'affinity is known and lasts a day at most',
    given: withSpec({
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_401 } },
    }),
    want: [
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
    ],
  },
  {
    what: 'affinity is of two kinds',
    given: withSpec({ sessionAffinity: 'X' }),
    want: [
      'spec.sessionAffinity: Unsupported value: "X": supported values: "ClientIP", "None"',
    ],
  },
  {
    what: 'policies of traffic are of closed lists, and of types that have traffic',
    given: withSpec({
      externalTrafficPolicy: 'Local',
      internalTrafficPolicy: 'X',
      trafficDistribution: 'Y',
    }),
    want: [
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
      'spec.internalTrafficPolicy: Unsupported value: "X": supported values: "Cluster", "Local"',
      'spec.trafficDistribution: Unsupported value: "Y": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
    ],
  },
  {
    what: 'what only a LoadBalancer has',
    given: withSpec({
      loadBalancerSourceRanges: ['10.0.0.0/8'],
      loadBalancerClass: 'a/b',
      allocateLoadBalancerNodePorts: true,
      healthCheckNodePort: 30_000,
    }),
    want: [
      `spec.LoadBalancerSourceRanges: Forbidden: may only be used when \`type\` is 'LoadBalancer'`,
      `spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when \`type\` is 'LoadBalancer'`,
      `spec.loadBalancerClass: Forbidden: may only be used when \`type\` is 'LoadBalancer'`,
      `spec.healthCheckNodePort: Invalid value: 30000: may only be set when \`type\` is 'LoadBalancer' and \`externalTrafficPolicy\` is 'Local'`,
    ],
  },
  {
    what: 'ranges of sources are ranges',
    given: withSpec({ type: 'LoadBalancer', loadBalancerSourceRanges: ['x'], loadBalancerClass: 'a b' }),
    want: [
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      `spec.loadBalancerClass: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  },
]

describe('validation of Services', () => {
  const subject = new Subject('v1', 'Service')

  it.each(ROWS)('$what', ({ given, want }) => {
    expect(subject.onCreate(given)).toEqual(want)
  })
})
