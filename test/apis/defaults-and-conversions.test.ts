/**
 * Where a default depends on other fields, or two fields say one thing: given → want, by decoding as the server does
 * it. Upstream: pkg/apis/core/v1/{defaults,conversion}.go, pkg/apis/{apps,storage}/v1/defaults.go,
 * pkg/apis/core/helper/qos/qos.go, pkg/features/kube_features.go.
 */
import { describe, expect, it } from 'vitest'
import { qosClassOf } from '../../src/apis/core/pod/qos-class.ts'
import { Subject } from './validation/given-want.ts'

interface Row {
  readonly what: string
  readonly of: readonly [string, string]
  readonly given: object
  /** The parts that are looked at, whole. */
  readonly want: Readonly<Record<string, unknown>>
}

const web = { name: 'web', image: 'web:1' }
const withSpec = (more: object): object => ({ spec: { containers: [web], ...more } })
const pod: Row['of'] = ['v1', 'Pod']

const POD_ROWS: readonly Row[] = [
  {
    what: 'the older name of the service account is heard',
    of: pod,
    given: withSpec({ serviceAccount: 'old' }),
    want: { 'spec.serviceAccountName': 'old', 'spec.serviceAccount': 'old' },
  },
  {
    what: 'of two names of the service account the newer counts',
    of: ['apps/v1', 'Deployment'],
    given: { spec: { template: withSpec({ serviceAccount: 'old', serviceAccountName: 'new' }) } },
    want: { 'spec.template.spec.serviceAccountName': 'new', 'spec.template.spec.serviceAccount': 'new' },
  },
  {
    what: 'a grace period below zero is a second',
    of: pod,
    given: withSpec({ terminationGracePeriodSeconds: -5 }),
    want: { 'spec.terminationGracePeriodSeconds': 1 },
  },
  {
    what: 'a template keeps its grace period',
    of: ['apps/v1', 'ReplicaSet'],
    given: { spec: { template: withSpec({ terminationGracePeriodSeconds: -5 }) } },
    want: { 'spec.template.spec.terminationGracePeriodSeconds': -5 },
  },
  {
    what: 'annotations of the betas of init containers go',
    of: pod,
    given: { metadata: { name: 'x', annotations: { 'pod.beta.kubernetes.io/init-containers': '[]', a: 'b' } } },
    want: { 'metadata.annotations': { a: 'b' } },
  },
  {
    what: 'one address becomes the list',
    of: pod,
    given: { status: { podIP: '10.0.0.1' } },
    want: { 'status.podIPs': [{ ip: '10.0.0.1' }] },
  },
  {
    what: 'the first of the list becomes the one address',
    of: pod,
    given: { status: { podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] } },
    want: { 'status.podIP': '10.0.0.1', 'status.podIPs': [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
  },
  {
    what: 'where they differ, the one address counts',
    of: pod,
    given: { status: { podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] } },
    want: { 'status.podIPs': [{ ip: '10.0.0.2' }] },
  },
  {
    what: 'a host port of zero is not said',
    of: pod,
    given: { spec: { hostNetwork: true, containers: [{ ...web, ports: [{ containerPort: 80, hostPort: 0 }] }] } },
    want: { 'spec.containers.0.ports': [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] },
  },
  {
    what: 'a signal to stop by is dropped: its feature is off',
    of: pod,
    given: {
      spec: { containers: [{ ...web, lifecycle: { preStop: { sleep: { seconds: 1 } }, stopSignal: 'SIGHUP' } }] },
    },
    want: { 'spec.containers.0.lifecycle': { preStop: { sleep: { seconds: 1 } } } },
  },
  {
    what: 'a lifecycle that says nothing but a signal to stop by goes with it, in templates as well',
    of: ['v1', 'PodTemplate'],
    given: {
      template: { spec: { containers: [{ ...web, lifecycle: { stopSignal: 'SIGHUP' } }, { ...web, lifecycle: {} }] } },
    },
    want: { 'template.spec.containers.0.lifecycle': undefined, 'template.spec.containers.1.lifecycle': {} },
  },
]

const definitionOf = (storedVersions: readonly string[] | null): Pick<Row, 'of' | 'given'> => ({
  of: ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  given: {
    spec: { versions: [{ name: 'v1', storage: false }, { name: 'v2', storage: true }] },
    status: { storedVersions },
  },
})

const DEFINITION_ROWS: readonly Row[] = [
  {
    what: 'a definition whose status says nothing of stored versions means the one that is stored',
    ...definitionOf(null),
    want: { 'status.storedVersions': ['v2'] },
  },
  { what: 'one that says some means them', ...definitionOf(['v1']), want: { 'status.storedVersions': ['v1'] } },
]

const asking = (resources: object, more: object = {}): object => ({
  spec: { containers: [{ ...web, resources }], ...more },
})

const WHOLE_ROWS: readonly Row[] = [
  {
    what: 'a pod asks as a whole for what its containers ask, and else for its limits',
    of: pod,
    given: asking({ requests: { cpu: '250m' } }, { resources: { limits: { cpu: '1', memory: '1Gi' } } }),
    want: {
      'spec.resources': { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '250m', memory: '1Gi' } },
    },
  },
  {
    what: 'sidecars count beside, init containers before',
    of: pod,
    given: asking(
      { requests: { cpu: '100m' } },
      {
        resources: { limits: { cpu: '2' } },
        initContainers: [
          { ...web, name: 'side', restartPolicy: 'Always', resources: { requests: { cpu: '50m' } } },
          { ...web, name: 'first', resources: { requests: { cpu: '300m' } } },
        ],
      },
    ),
    want: { 'spec.resources': { limits: { cpu: '2' }, requests: { cpu: '350m' } } },
  },
  {
    what: 'huge pages of the containers are a limit of the whole, and so asked for',
    of: pod,
    given: asking({ limits: { 'hugepages-2Mi': '4Mi' } }, { resources: { limits: { cpu: '1' } } }),
    want: {
      'spec.resources': {
        limits: { 'hugepages-2Mi': '4Mi', cpu: '1' },
        requests: { 'hugepages-2Mi': '4Mi', cpu: '1' },
      },
    },
  },
  {
    what: 'a pod that says nothing as a whole is left so',
    of: pod,
    given: asking({ requests: { cpu: '250m' } }),
    want: { 'spec.resources': undefined },
  },
]

const OTHER_ROWS: readonly Row[] = [
  {
    what: 'a range of pods becomes the list',
    of: ['v1', 'Node'],
    given: { spec: { podCIDR: '10.1.0.0/24' } },
    want: { 'spec.podCIDRs': ['10.1.0.0/24'] },
  },
  {
    what: 'the first of the list becomes the one range',
    of: ['v1', 'Node'],
    given: { spec: { podCIDRs: ['10.1.0.0/24'] } },
    want: { 'spec.podCIDR': '10.1.0.0/24' },
  },
  {
    what: 'a target port of zero or no name is the port',
    of: ['v1', 'Service'],
    given: { spec: { ports: [{ port: 80, targetPort: 0 }, { port: 81, targetPort: '' }] } },
    want: {
      'spec.ports': [
        { port: 80, targetPort: 80, protocol: 'TCP' },
        { port: 81, targetPort: 81, protocol: 'TCP' },
      ],
    },
  },
  {
    what: 'a Service without an address of the cluster has no policy for it',
    of: ['v1', 'Service'],
    given: { spec: { type: 'ExternalName', externalName: 'example.com' } },
    want: { 'spec.internalTrafficPolicy': undefined, 'spec.externalTrafficPolicy': undefined },
  },
  {
    what: 'a StatefulSet that says the type of its updates rolls only if it says how',
    of: ['apps/v1', 'StatefulSet'],
    given: { spec: { updateStrategy: { type: 'RollingUpdate' } } },
    want: { 'spec.updateStrategy': { type: 'RollingUpdate' } },
  },
  {
    what: 'a StatefulSet updated by hand has no partition',
    of: ['apps/v1', 'StatefulSet'],
    given: { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: {} } } },
    want: { 'spec.updateStrategy': { type: 'OnDelete', rollingUpdate: {} } },
  },
  {
    what: 'a StatefulSet’s maxUnavailable is dropped: its feature is off',
    of: ['apps/v1', 'StatefulSet'],
    given: { spec: { updateStrategy: { rollingUpdate: { partition: 2, maxUnavailable: 3 } } } },
    want: { 'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
  },
  {
    what: 'a CSIDriver says all of its switches',
    of: ['storage.k8s.io/v1', 'CSIDriver'],
    given: { spec: {} },
    want: {
      spec: {
        attachRequired: true,
        podInfoOnMount: false,
        storageCapacity: false,
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
        volumeLifecycleModes: ['Persistent'],
        requiresRepublish: false,
        seLinuxMount: false,
      },
    },
  },
]

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((part, name) => (part as Readonly<Record<string, unknown>> | undefined)?.[name], value)
}

describe('defaults that depend on other fields', () => {
  it.each([...POD_ROWS, ...DEFINITION_ROWS, ...WHOLE_ROWS, ...OTHER_ROWS])('$of.1: $what', ({ of, given, want }) => {
    const decoded = new Subject(...of).decoded(given)
    for (const [path, value] of Object.entries(want)) expect([path, at(decoded, path)]).toEqual([path, value])
  })
})

describe('the quality of service of a pod', () => {
  it.each([
    ['nothing asked', {}, 'BestEffort'],
    ['a limit of each', { limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
    ['a request below the limit', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0.5' } }, 'Burstable'],
    ['a request of zero', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0' } }, 'Burstable'],
    ['a limit of one of the two', { limits: { cpu: '1' } }, 'Burstable'],
    ['something else only', { limits: { 'example.com/gpu': '1' } }, 'BestEffort'],
  ])('with %s', (_, resources, want) => {
    const of = (more: object): string => qosClassOf(new Subject('v1', 'Pod').decoded(more))
    expect(of(asking(resources))).toBe(want)
    expect(of(asking({}, { resources }))).toBe(want)
  })
})
