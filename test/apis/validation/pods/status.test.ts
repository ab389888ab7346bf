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
    what: 'what is no address is told once more where there are two',
    from: withStatus({}),
    to: withStatus({ podIPs: [{ ip: '10.0.0.1' }, { ip: 'x' }] }),
    want: [
      'status.podIPs[1]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'status.podIPs: Internal error: failed to check for dual stack with error:invalid IP[1]: x',
      'status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"x"}]: may specify no more than one IP for each IP family',
    ],
  },
  {
    what: 'claims are those of the pod, once each',
    from: withStatus({}, { resourceClaims: [{ name: 'a', resourceClaimName: 'b' }] }),
    to: withStatus({ resourceClaimStatuses: [{ name: 'a' }, { name: 'a', resourceClaimName: 'B_' }, { name: 'z' }] }),
    want: [
      'status.resourceClaimStatuses[1].name: Duplicate value: "a"',
      `status.resourceClaimStatuses[1].resourceClaimName: Invalid value: "B_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'status.resourceClaimStatuses[2].name: Invalid value: "z": must match the name of an entry in `spec.resourceClaims`',
    ],
  },
  {
    what: 'a claim for extended resources maps what containers ask for',
    from: withStatus({}, { containers: [{ name: 'web', resources: { requests: { 'a.io/gpu': '1' } } }] }),
    to: withStatus({
      extendedResourceClaimStatus: {
        requestMappings: [
          { containerName: 'web', resourceName: 'a.io/gpu', requestName: 'r' },
          { containerName: 'web', resourceName: 'a.io/gpu', requestName: 'r' },
          { containerName: 'web', resourceName: 'cpu', requestName: 's' },
          { containerName: 'other', resourceName: 'a.io/gpu', requestName: 't' },
        ],
      },
    }),
    want: [
      'status.extendedResourceClaimStatus.requestMappings[1].containerName: Duplicate value: "web"',
      'status.extendedResourceClaimStatus.requestMappings[1].resourceName: Duplicate value: "a.io/gpu"',
      'status.extendedResourceClaimStatus.requestMappings[1].requestName: Duplicate value: "r"',
      'status.extendedResourceClaimStatus.requestMappings[2].resourceName: Invalid value: "cpu": must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests',
      'status.extendedResourceClaimStatus.requestMappings[3].containerName: Invalid value: "other": must match the name of an entry in spec.initContainers.name or spec.containers.name',
      'status.extendedResourceClaimStatus.resourceClaimName: Required value',
    ],
  },
  {
    what: 'a claim for extended resources maps something',
    from: withStatus({}),
    to: withStatus({ extendedResourceClaimStatus: { requestMappings: [], resourceClaimName: 'c' } }),
    want: ['status.extendedResourceClaimStatus.requestMappings: Required value: at least one request mapping is required'],
  },
  {
    what: 'devices are what the container asks for, each with its health',
    from: withStatus({}, { containers: [{ name: 'web', resources: { claims: [{ name: 'a', request: 'r' }] } }] }),
    to: withStatus({
      containerStatuses: [
        {
          name: 'web',
          allocatedResourcesStatus: [
            {
              name: 'claim:a/r',
              resources: [{ resourceID: 'x', health: 'Healthy' }, { resourceID: 'x', message: '' }],
            },
            { name: 'claim:a' },
            { name: 'a.io/gpu' },
          ],
        },
        { name: 'gone', allocatedResourcesStatus: [{ name: 'a.io/gpu' }] },
      ],
      ephemeralContainerStatuses: [{ name: 'debug', allocatedResourcesStatus: [{ name: 'claim:a' }] }],
    }),
    want: [
      'status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].health: Unsupported value: "": supported values: "Healthy", "Unhealthy", "Unknown"',
      'status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].message: Required value: must be non-empty if specified',
      'status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID: Duplicate value: "x"',
      `status.containerStatuses[0].allocatedResourcesStatus[1].name: Invalid value: "claim:a": must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty`,
      `status.containerStatuses[0].allocatedResourcesStatus[2].name: Invalid value: "a.io/gpu": must match one of the container's resource requests`,
      'status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be specified in container status',
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

  it('a pod with gates is created with a report of them, at the time', () => {
    const gated = { spec: { containers: [{ name: 'web', image: 'web:1' }], schedulingGates: [{ name: 'a.io/g' }] } }
    expect(subject.created(gated)['status']).toMatchObject({
      phase: 'Pending',
      qosClass: 'BestEffort',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          lastProbeTime: null,
          lastTransitionTime: '1970-01-01T00:00:00Z',
          reason: 'SchedulingGated',
        },
      ],
    })
  })

  it('a class of service that is said on creation is kept', () => {
    const said = { qosClass: 'Burstable', phase: 'Running' }
    const { status } = subject.created({ spec: { containers: [] }, status: said })
    expect(status).toEqual({ phase: 'Pending', qosClass: 'Burstable' })
  })

  it.each(ROWS)('$what', ({ from, to, want }) => {
    expect(subject.onStatus(from, to)).toEqual(want)
  })
})
