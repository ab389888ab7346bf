/**
 * Reports on pods: given → want, texts and paths of pkg/apis/core/validation/validation.go, ValidatePodStatusUpdate.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type UpdateRow } from '../given-want.ts'

const withStatus = (status: object, spec: object = {}): object => ({
  spec: { nodeName: 'n', restartPolicy: 'Never', containers: [{ name: 'web', image: 'web:1' }], ...spec },
  status,
})
const terminated = { name: 'web', state: { terminated: { exitCode: 1 } } }
const running = { name: 'web', state: { running: {} } }

const ROWS: readonly UpdateRow[] = [
  {
    what: 'a container may end',
    from: withStatus({ containerStatuses: [running] }),
    to: withStatus({ containerStatuses: [terminated] }),
    want: [],
  },
  {
    what: 'a container that ended stays so where nothing is restarted',
    from: withStatus({ containerStatuses: [terminated] }),
    to: withStatus({ containerStatuses: [running] }),
    want: [
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ],
  },
  {
    what: 'with restarts it may run again',
    from: withStatus({ containerStatuses: [terminated] }, { restartPolicy: 'Always' }),
    to: withStatus({ containerStatuses: [running] }, { restartPolicy: 'Always' }),
    want: [],
  },
  {
    what: 'addresses are addresses, one a family',
    from: withStatus({}),
    to: withStatus({
      podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }],
      hostIPs: [{ ip: 'x' }],
    }),
    want: [
      'status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.2"}]: may specify no more than one IP for each IP family',
      'status.hostIPs[0].ip: Invalid value: "x": must be equal to `hostIP`',
      'status.hostIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  },
  {
    what: 'a node is not taken away',
    from: withStatus({ nominatedNodeName: 'a' }),
    to: withStatus({ nominatedNodeName: 'B_' }),
    want: [
      `status.nominatedNodeName: Invalid value: "B_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node',
    ],
  },
  {
    what: 'conditions have types',
    from: withStatus({}),
    to: withStatus({ conditions: [{ type: 'a b', status: 'True' }], observedGeneration: -1 }),
    want: [
      `status.conditions[0].Type: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'status.observedGeneration: Invalid value: -1: must be a non-negative integer',
    ],
  },
  {
    what: 'the class of service stays',
    from: withStatus({ qosClass: 'BestEffort' }),
    to: withStatus({ qosClass: 'Burstable' }),
    want: [
      'status.qosClass: Invalid value: "Burstable": field is immutable',
    ],
  },
]

describe('validation of what a kubelet reports', () => {
  const subject = new Subject('v1', 'Pod')

  it.each(ROWS)('$what', ({ from, to, want }) => {
    expect(subject.onStatus(from, to)).toEqual(want)
  })
})
