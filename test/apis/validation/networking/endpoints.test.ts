/**
 * Endpoints: given → want, texts and paths of pkg/apis/core/validation/validation.go, ValidateEndpoints.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const withSubset = (more: object): object => ({
  subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }], ...more }],
})

const ROWS: readonly Row[] = [
  {
    what: 'addresses and ports',
    given: withSubset({}),
    want: [],
  },
  {
    what: 'a subset has some address',
    given: withSubset({ addresses: [] }),
    want: [
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
    ],
  },
  {
    what: 'addresses lead to other machines',
    given: withSubset({
      addresses: [{ ip: '127.0.0.1' }, { ip: '0.0.0.0' }, { ip: '169.254.1.1' }, { ip: '224.0.0.1' }, { ip: 'x' }],
    }),
    want: [
      'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'subsets[0].addresses[1].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
      'subsets[0].addresses[2].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'subsets[0].addresses[3].ip: Invalid value: "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
      'subsets[0].addresses[4].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'subsets[0].addresses[4].ip: Invalid value: "x": must be a valid IP address',
    ],
  },
  {
    what: 'names of hosts and nodes are names',
    given: withSubset({ addresses: [{ ip: '10.0.0.1', hostname: 'A', nodeName: 'B_' }] }),
    want: [
      `subsets[0].addresses[0].hostname: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      `subsets[0].addresses[0].nodeName: Invalid value: "B_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
  },
  {
    what: 'several ports have names; all have numbers',
    given: withSubset({ ports: [{ port: 80 }, { port: 0, name: 'A', protocol: 'X', appProtocol: 'a b' }] }),
    want: [
      'subsets[0].ports[0].name: Required value',
      `subsets[0].ports[1].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      'subsets[0].ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'subsets[0].ports[1].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
      `subsets[0].ports[1].appProtocol: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  },
]

describe('validation of Endpoints', () => {
  const subject = new Subject('v1', 'Endpoints')

  it.each(ROWS)('$what', ({ given, want }) => {
    expect(subject.onCreate(given)).toEqual(want)
  })
})
