/**
 * StorageClasses, VolumeAttributesClasses, VolumeAttachments, CSINodes, CSIDrivers, CSIStorageCapacities and
 * RuntimeClasses: given → want, texts of pkg/apis/{storage,node}/validation/validation.go.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const of = (kind: string): Subject => new Subject('storage.k8s.io/v1', kind)
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const NAME =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const many = Object.fromEntries(Array.from({ length: 513 }, (_, index) => [`p${String(index)}`, '']))
const large = { a: 'x'.repeat(256 * 1024) }
const zones = (...values: string[]): object => ({ key: 'zone', values })
const topology = (...matchLabelExpressions: object[]): object => ({ matchLabelExpressions })

const ROWS: readonly (Row & { readonly kind: string })[] = [
  { kind: 'StorageClass', what: 'a plain one is fine', given: { provisioner: 'a.example/b' }, want: [] },
  {
    kind: 'StorageClass',
    what: 'a provisioner is required, and policies are known ones',
    given: { reclaimPolicy: 'Recycle', volumeBindingMode: 'Any' },
    want: [
      'provisioner: Required value',
      'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
      'volumeBindingMode: Unsupported value: "Any": supported values: "Immediate", "WaitForFirstConsumer"',
    ],
  },
  {
    kind: 'StorageClass',
    what: 'a provisioner has a name, and parameters have keys',
    given: { provisioner: '-A', parameters: { '': 'a' } },
    want: [`provisioner: Invalid value: "-a": ${NAME}`, 'parameters: Invalid value: "": field can not be empty.'],
  },
  {
    kind: 'StorageClass',
    what: 'there are not too many parameters',
    given: { provisioner: 'a', parameters: many },
    want: ['parameters: Too long: may not be more than 512 bytes'],
  },
  {
    kind: 'StorageClass',
    what: 'parameters are not too large',
    given: { provisioner: 'a', parameters: large },
    want: ['parameters: Too long: may not be more than 262144 bytes'],
  },
  {
    kind: 'StorageClass',
    what: 'topologies have values, each once',
    given: {
      provisioner: 'a',
      allowedTopologies: [topology(zones(), zones('a', 'a')), topology(zones('a')), topology(zones('a')), topology()],
    },
    want: [
      'allowedTopologies[0].matchLabelExpressions[0].values: Required value',
      'allowedTopologies[0].matchLabelExpressions[1].values[1]: Duplicate value: "a"',
      'allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"',
      'allowedTopologies[1].matchLabelExpressions: Duplicate value: ""',
      ...[1, 2].map(() => 'allowedTopologies[2].matchLabelExpressions: Duplicate value: ""'),
      ...[1, 2, 3, 4].map(() => 'allowedTopologies[3].matchLabelExpressions: Duplicate value: ""'),
    ],
  },
  {
    kind: 'VolumeAttributesClass',
    what: 'a driver and parameters are required',
    given: {},
    want: ['driverName: Required value', 'parameters: Required value: must contain at least one key/value pair'],
  },
  {
    kind: 'VolumeAttachment',
    what: 'an attacher, a source and a node are required',
    given: { spec: { attacher: '', source: {}, nodeName: '' } },
    want: [
      'spec.attacher: Required value',
      'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
      `spec.nodeName: Invalid value: "": ${SUBDOMAIN}`,
    ],
  },
  {
    kind: 'VolumeAttachment',
    what: 'there is one source',
    given: { spec: { attacher: 'a', source: { inlineVolumeSpec: {}, persistentVolumeName: 'A' }, nodeName: 'n' } },
    want: [
      'spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
      `spec.source.persistentVolumeName: Invalid value: "A": ${SUBDOMAIN}`,
    ],
  },
  {
    kind: 'VolumeAttachment',
    what: 'an inline volume is of CSI, and bound to nothing',
    given: {
      spec: {
        attacher: 'a',
        nodeName: 'n',
        source: {
          inlineVolumeSpec: {
            accessModes: ['ReadWriteOnce'],
            capacity: { storage: '1' },
            claimRef: { name: 'a' },
            hostPath: { path: '/' },
            nodeAffinity: {},
            persistentVolumeReclaimPolicy: 'Delete',
            storageClassName: 'a',
            volumeMode: 'Block',
          },
        },
      },
    },
    want: [
      'claimRef: Forbidden: may not be specified in the context of inline volumes',
      'capacity: Forbidden: may not be specified in the context of inline volumes',
      'csi: Required value: has to be specified in the context of inline volumes',
      'persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the context of inline volumes',
      'nodeAffinity: Forbidden: may not be specified in the context of inline volumes',
      'storageClassName: Forbidden: may not be specified in the context of inline volumes',
      'volumeMode: Forbidden: may not specify volumeMode other than Filesystem in the context of inline volumes',
    ].map((text) => `spec.source.inlineVolumeSpec.${text}`),
  },
  {
    kind: 'CSINode',
    what: 'drivers have names and ids, each once',
    given: {
      spec: {
        drivers: [
          { name: '', nodeID: '', topologyKeys: ['', 'a', 'a'], allocatable: { count: -1 } },
          { name: 'd', nodeID: 'x'.repeat(257) },
          { name: 'd', nodeID: 'n' },
        ],
      },
    },
    want: [
      'spec.drivers[0].name: Required value',
      'spec.drivers[0].nodeID: Required value',
      'spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
      'spec.drivers[0]: Required value',
      'spec.drivers[0]: Invalid value: "": name part must be non-empty',
      `spec.drivers[0]: Invalid value: "": ${NAME}`,
      'spec.drivers[0]: Duplicate value: "a"',
      `spec.drivers[1].nodeID: Invalid value: "${'x'.repeat(257)}": must be 256 characters or less`,
      'spec.drivers[2].name: Duplicate value: "d"',
    ],
  },
  { kind: 'CSIDriver', what: 'a plain one is fine', given: { spec: {} }, want: [] },
  {
    kind: 'CSIDriver',
    what: 'policies and modes are known ones, and times are times',
    given: {
      spec: {
        fsGroupPolicy: 'Any',
        volumeLifecycleModes: ['Any'],
        nodeAllocatableUpdatePeriodSeconds: 9,
        tokenRequests: [
          { audience: 'a', expirationSeconds: 599 },
          { audience: 'b', expirationSeconds: 2 ** 32 + 1 },
          { audience: 'a' },
        ],
      },
    },
    want: [
      'spec.fsGroupPolicy: Unsupported value: "Any": supported values: "File", "None", "ReadWriteOnceWithFSType"',
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
      'spec.tokenRequests[2].audience: Duplicate value: "a"',
      'spec.volumeLifecycleModes: Unsupported value: "Any": supported values: "Persistent", "Ephemeral"',
      'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds',
    ],
  },
  {
    kind: 'CSIDriver',
    what: 'tokens in secrets are asked for',
    given: { spec: { serviceAccountTokenInSecrets: false } },
    want: [
      'spec.serviceAccountTokenInSecrets: Invalid value: false: serviceAccountTokenInSecrets is set but no tokenRequests are specified',
    ],
  },
  {
    kind: 'CSIStorageCapacity',
    what: 'a class has a name, and a capacity is not negative',
    given: {
      storageClassName: 'A',
      capacity: '-1',
      nodeTopology: { matchExpressions: [{ key: 'a', operator: 'Is' }] },
    },
    want: [
      'nodeTopology.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      `storageClassName: Invalid value: "A": ${SUBDOMAIN}`,
      'capacity: Invalid value: "-1": must be greater than or equal to 0',
    ],
  },
]

it('tells of repeated topologies of a StorageClass up to a limit, and not of their square', { timeout: 5_000 }, () => {
  const allowedTopologies = Array.from({ length: 20_000 }, () => ({}))
  expect(of('StorageClass').onCreate({ provisioner: 'a', allowedTopologies })).toHaveLength(10_000)
})

interface Change {
  readonly kind: string
  readonly what: string
  readonly from: object
  readonly to: object
  readonly want: readonly string[]
}

const attachment = { attacher: 'a', source: { persistentVolumeName: 'p' }, nodeName: 'n' }
const driver = { name: 'd', nodeID: 'n' }
const CHANGES: readonly Change[] = [
  {
    kind: 'StorageClass',
    what: 'only topologies and options change',
    from: { provisioner: 'a', parameters: { a: 'b' } },
    to: {
      provisioner: 'b',
      parameters: { c: 'd' },
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'WaitForFirstConsumer',
      mountOptions: ['ro'],
    },
    want: [
      'parameters: Invalid value: {"c":"d"}: field is immutable',
      'provisioner: Invalid value: "b": field is immutable',
      'reclaimPolicy: Invalid value: "Retain": field is immutable',
      'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
    ],
  },
  {
    kind: 'StorageClass',
    what: 'no parameters are none, too',
    from: { provisioner: 'a' },
    to: { provisioner: 'a', parameters: {} },
    want: [],
  },
  {
    kind: 'VolumeAttributesClass',
    what: 'nothing changes',
    from: { driverName: 'a', parameters: { a: 'b' } },
    to: { driverName: 'b', parameters: { a: 'c' } },
    want: [
      'driverName: Forbidden: updates to driverName are forbidden.',
      'parameters: Forbidden: updates to parameters are forbidden.',
    ],
  },
  {
    kind: 'VolumeAttachment',
    what: 'the spec stays',
    from: { spec: attachment },
    to: { spec: { ...attachment, nodeName: 'm' } },
    want: [
      'spec: Invalid value: {"Attacher":"a","Source":{"PersistentVolumeName":"p","InlineVolumeSpec":null},"NodeName":"m"}: field is immutable',
    ],
  },
  {
    kind: 'CSINode',
    what: 'a driver that stays has its id, and other room',
    from: { spec: { drivers: [driver] } },
    to: { spec: { drivers: [{ ...driver, nodeID: 'm', allocatable: { count: 1 } }] } },
    want: [
      'spec.drivers: Invalid value: {"Name":"d","NodeID":"m","TopologyKeys":null,"Allocatable":null}: field is immutable',
    ],
  },
  {
    kind: 'CSINode',
    what: 'drivers come and go, and have room for more',
    from: { spec: { drivers: [driver] } },
    to: { spec: { drivers: [{ ...driver, allocatable: { count: 1 } }, { name: 'e', nodeID: 'n' }] } },
    want: [],
  },
  {
    kind: 'CSIDriver',
    what: 'whether it attaches, and how long volumes live, stays',
    from: { spec: {} },
    to: { spec: { attachRequired: false, volumeLifecycleModes: ['Ephemeral'], podInfoOnMount: true } },
    want: [
      'spec.attachedRequired: Invalid value: false: field is immutable',
      'spec.volumeLifecycleModes: Invalid value: ["Ephemeral"]: field is immutable',
    ],
  },
  {
    kind: 'CSIStorageCapacity',
    what: 'what was asked stays',
    from: { storageClassName: 'a', nodeTopology: { matchLabels: { a: 'b' } } },
    to: {
      storageClassName: 'b',
      nodeTopology: {
        matchExpressions: [{ operator: 'In', values: ['b'], key: 'a' }],
        matchLabels: { b: 'c', a: 'c' },
      },
      capacity: '1',
    },
    want: [
      'nodeTopology: Invalid value: {"matchLabels":{"a":"c","b":"c"},"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]}: field is immutable',
      'storageClassName: Invalid value: "b": field is immutable',
    ],
  },
]

describe('validation of classes and drivers of storage', () => {
  it.each(ROWS)('$kind: $what', ({ kind, given, want }) => {
    expect(of(kind).onCreate(given)).toEqual(want)
  })

  it.each(CHANGES)('$kind: on update, $what', ({ kind, from, to, want }) => {
    expect(of(kind).onUpdate(from, to)).toEqual(want)
  })

  it('VolumeAttachment: errors and what is attached are not too large', () => {
    const status = {
      attached: false,
      attachmentMetadata: large,
      attachError: { message: 'x'.repeat(1025), errorCode: -1 },
    }
    expect(of('VolumeAttachment').onStatus({ spec: attachment }, { spec: attachment, status })).toEqual([
      'status.attachmentMetadata: Too long: may not be more than 262144 bytes',
      'status.attachError.message: Too long: may not be more than 262144 bytes',
      'status.attachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ])
  })

  it('CSIDriver: changes of the spec are counted', () => {
    const drivers = of('CSIDriver')
    expect(drivers.created({ spec: {} }).metadata.generation).toBeUndefined()
    expect(drivers.updated({ spec: {} }, { spec: { requiresRepublish: true } }).metadata.generation).toBe(1)
  })

  it('warns of labels that have newer names, and of tokens', () => {
    const key = 'beta.kubernetes.io/os'
    const why = 'deprecated since v1.14; use "kubernetes.io/os" instead'
    const given = { provisioner: 'a', allowedTopologies: [topology({ key, values: ['a'] })] }
    expect(of('StorageClass').warnings(given)).toEqual([
      `allowedTopologies[0].matchLabelExpressions[0].key: ${why}`,
    ])
    const nodeTopology = { matchLabels: { [key]: 'a' }, matchExpressions: [{ key, operator: 'Exists' }] }
    expect(of('CSIStorageCapacity').warnings({ storageClassName: 'a', nodeTopology })).toEqual([
      `nodeTopology.matchExpressions[0].key: ${key} is ${why}`,
      `nodeTopology.matchLabels.${key}: ${why}`,
    ])
    const tokens = { spec: { tokenRequests: [{ audience: 'a' }] } }
    const secret =
      'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes'
    expect(of('CSIDriver').warnings(tokens)).toEqual([secret])
    expect(of('CSIDriver').warnings(tokens, tokens)).toEqual([])
    expect(of('CSIDriver').warnings(tokens, { spec: {} })).toEqual([secret])
  })
})

describe('validation of RuntimeClasses', () => {
  const classes = new Subject('node.k8s.io/v1', 'RuntimeClass')
  const toleration = { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }
  const ROWS_OF_CLASSES: readonly Row[] = [
    { what: 'a plain one is fine', given: { handler: 'isolate' }, want: [] },
    { what: 'a handler is required', given: { handler: '' }, want: ['handler: Required value'] },
    {
      what: 'overhead is of what containers have',
      given: { handler: 'a', overhead: { podFixed: { storage: '-1' } } },
      want: [
        'overhead.limits[storage]: Invalid value: "storage": must be a standard resource for containers',
        'overhead.limits[storage]: Invalid value: "-1": must be greater than or equal to 0',
      ],
    },
    {
      what: 'scheduling is by labels and tolerations, each once',
      given: {
        handler: 'a',
        scheduling: { nodeSelector: { a: 'b' }, tolerations: [toleration, { ...toleration, tolerationSeconds: 2 }] },
      },
      want: [
        'scheduling.tolerations[1]: Duplicate value: {"Key":"a","Operator":"Exists","Value":"","Effect":"NoExecute","TolerationSeconds":2}',
      ],
    },
  ]

  it.each(ROWS_OF_CLASSES)('$what', ({ given, want }) => {
    expect(classes.onCreate(given)).toEqual(want)
  })

  it('the handler stays', () => {
    expect(classes.onUpdate({ handler: 'a' }, { handler: 'b' })).toEqual([
      'handler: Invalid value: "b": field is immutable',
    ])
  })

  it('warns of labels that have newer names', () => {
    const nodeSelector = { 'beta.kubernetes.io/arch': 'amd64' }
    expect(classes.warnings({ handler: 'a', scheduling: { nodeSelector } })).toEqual([
      'scheduling.nodeSelector: deprecated since v1.14; use "kubernetes.io/arch" instead',
    ])
  })
})
