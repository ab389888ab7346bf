/**
 * What may change of a Service: given → want, texts and paths of pkg/apis/core/validation/validation.go,
 * ValidateServiceUpdate.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type UpdateRow } from '../given-want.ts'

const ports = [{ port: 80 }]
const withSpec = (more: object): object => ({
  spec: { ports, clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ipFamilies: ['IPv4'], ...more },
})

const ROWS: readonly UpdateRow[] = [
  {
    what: 'the address stays',
    from: withSpec({}),
    to: withSpec({ clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.8'] }),
    want: [
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set',
    ],
  },
  {
    what: 'the first family stays',
    from: withSpec({ ipFamilyPolicy: 'SingleStack' }),
    to: withSpec({ ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] }),
    want: [
      'spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set',
      'spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ],
  },
  {
    what: 'an external name takes the place of an address',
    from: withSpec({}),
    to: withSpec({ type: 'ExternalName', externalName: 'example.com' }),
    want: [],
  },
  {
    what: 'the class stays while it is a LoadBalancer',
    from: withSpec({ type: 'LoadBalancer', loadBalancerClass: 'a/b' }),
    to: withSpec({ type: 'LoadBalancer', loadBalancerClass: 'a/c' }),
    want: [
      'spec.loadBalancerClass: Invalid value: "a/c": may not change once set',
    ],
  },
  {
    what: 'the class is judged twice',
    from: withSpec({}),
    to: withSpec({ loadBalancerClass: 'a/c' }),
    want: Array.from({ length: 2 }, () =>
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"),
  },
  {
    what: 'the port for checks of health stays',
    from: withSpec({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 }),
    to: withSpec({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_002 }),
    want: [
      'spec.healthCheckNodePort: Forbidden: field is immutable',
    ],
  },
]

describe('validation of updates of Services', () => {
  const subject = new Subject('v1', 'Service')

  it.each(ROWS)('$what', ({ from, to, want }) => {
    expect(subject.onUpdate(from, to)).toEqual(want)
  })
})
