/** PersistentVolumes: given → want, texts of pkg/apis/core/validation/validation.go and pkg/volume/validation. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const volumes = new Subject('v1', 'PersistentVolume')
const csi = { driver: 'a.example', volumeHandle: 'h' }
const plain = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], csi }
const terms = [{ matchExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', operator: 'In', values: ['a'] }] }]
const affinity = { required: { nodeSelectorTerms: terms } }
const { csi: _csi, ...bare } = plain
const withSource = (source: object): object => ({ spec: { ...bare, ...source } })
const MODES = 'supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"'
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

const CREATES: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: plain }, want: [] },
  {
    what: 'modes, a capacity and a source are required',
    given: { spec: {} },
    want: [
      'spec.accessModes: Required value',
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: null: supported values: "storage"',
      'spec: Required value: must specify a volume type',
    ],
  },
  {
    what: 'modes are known ones, and one pod alone is alone',
    given: { spec: { ...plain, accessModes: ['Any', 'ReadWriteOncePod', 'ReadWriteOnce'] } },
    want: [
      `spec.accessModes: Unsupported value: "Any": ${MODES}`,
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
    ],
  },
  {
    what: 'a capacity of nothing is printed as it was given',
    given: { spec: { ...plain, capacity: {} } },
    want: ['spec.capacity: Required value', 'spec.capacity: Unsupported value: {}: supported values: "storage"'],
  },
  {
    what: 'the capacity is one of storage, and something',
    given: { spec: { ...plain, capacity: { cpu: '-1', storage: '0' } } },
    want: [
      'spec.capacity: Unsupported value: {"cpu":"-1","storage":"0"}: supported values: "storage"',
      'spec.capacity[cpu]: Invalid value: -1: must be a valid resource quantity',
      'spec.capacity[cpu]: Invalid value: "-1": must be greater than zero',
      'spec.capacity[storage]: Invalid value: "0": must be greater than zero',
    ],
  },
  {
    what: 'policy, modes and classes are known ones',
    given: {
      spec: {
        ...plain,
        persistentVolumeReclaimPolicy: 'Any',
        storageClassName: 'A',
        volumeMode: 'Any',
        volumeAttributesClassName: '',
      },
    },
    want: [
      'spec.persistentVolumeReclaimPolicy: Unsupported value: "Any": supported values: "Delete", "Recycle", "Retain"',
      `spec.storageClassName: Invalid value: "A": ${SUBDOMAIN}`,
      'spec.volumeMode: Unsupported value: "Any": supported values: "Block", "Filesystem"',
      'spec.volumeAttributesClassName: Required value: an empty string is disallowed',
    ],
  },
  {
    what: 'attributes are of CSI',
    given: withSource({ hostPath: { path: '/a' }, volumeAttributesClassName: 'a' }),
    want: ['spec.csi: Required value: has to be specified when using volumeAttributesClassName'],
  },
  {
    what: 'affinity says to what',
    given: { spec: { ...plain, nodeAffinity: {} } },
    want: ['spec.nodeAffinity.required: Required value: must specify required node constraints'],
  },
  {
    what: 'affinity has terms',
    given: { spec: { ...plain, nodeAffinity: { required: { nodeSelectorTerms: [] } } } },
    want: [
      'spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
  },
  {
    what: 'it is one volume',
    given: withSource({ hostPath: { path: '/a' }, cephfs: { monitors: [] }, csi }),
    want: ['cephFS', 'csi'].map((name) => `spec.${name}: Forbidden: may not specify more than 1 volume type`),
  },
  {
    what: 'a local volume is somewhere',
    given: withSource({ local: { path: '../a' } }),
    want: [
      `spec.local.path: Invalid value: "../a": must not contain '..'`,
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
    ],
  },
  {
    what: 'a root is not wiped',
    given: withSource({ hostPath: { path: '//a/..' }, persistentVolumeReclaimPolicy: 'Recycle' }),
    want: [
      `spec.hostPath.path: Invalid value: "//a/..": must not contain '..'`,
      `spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'`,
    ],
  },
  {
    what: 'CSI has a driver, a handle, and secrets of somewhere',
    given: withSource({
      csi: { driver: 'A_b', volumeHandle: '', nodePublishSecretRef: {}, nodeExpandSecretRef: { name: 'A', namespace: 'B' } },
    }),
    want: [
      `spec.csi.driver: Invalid value: "A_b": ${SUBDOMAIN}`,
      'spec.csi.volumeHandle: Required value',
      'spec.csi.nodePublishSecretRef.name: Required value',
      'spec.csi.nodePublishSecretRef.namespace: Required value',
      `spec.csi.nodeExpandSecretRef.name: Invalid value: "A": ${SUBDOMAIN}`,
      `spec.csi.nodeExpandSecretRef.namespace: Invalid value: "B": ${LABEL}`,
    ],
  },
  {
    what: 'NFS has a server and a path',
    given: withSource({ nfs: { server: '', path: 'a' } }),
    want: ['spec.nfs.server: Required value', 'spec.nfs.path: Invalid value: "a": must be an absolute path'],
  },
  {
    what: 'iSCSI has a portal and names',
    given: withSource({
      iscsi: { targetPortal: 'p'.repeat(64), iqn: 'x', lun: 256, chapAuthSession: true, initiatorName: 'iqn' },
    }),
    want: [
      `spec.iscsi.targetportal: Invalid value: "${'p'.repeat(64)}": Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.`,
      'spec.iscsi.iqn: Invalid value: "x": must be valid format',
      'spec.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive',
      'spec.iscsi.secretRef: Required value',
      'spec.iscsi.initiatorname: Invalid value: "iqn": must be valid format',
    ],
  },
  {
    what: 'an iSCSI secret has a name',
    given: withSource({
      iscsi: { targetPortal: 'p', iqn: 'iqn.2001-04.com.example:a', lun: 0, secretRef: {} },
    }),
    want: ['spec.iscsi.secretRef.name: Required value'],
  },
  {
    what: 'older sources name namespaces',
    given: withSource({ glusterfs: { endpoints: '', path: '', endpointsNamespace: '' } }),
    want: [
      'spec.glusterfs.endpoints: Required value',
      'spec.glusterfs.path: Required value',
      'spec.glusterfs.endpointsNamespace: Invalid value: "": if the endpointnamespace is set, it must be a valid namespace name',
    ],
  },
  {
    what: 'cinder names its volume',
    given: withSource({ cinder: { volumeID: '', secretRef: {} } }),
    want: [
      'spec.cinder.volumeID: Required value',
      'spec.cinder.secretRef.name: Required value',
      'spec.cinder.secretRef.namespace: Required value',
    ],
  },
  {
    what: 'azure file names its share',
    given: withSource({ azureFile: { secretName: '', shareName: '', secretNamespace: '' } }),
    want: ['secretName', 'shareName', 'secretNamespace'].map((name) => `spec.azureFile.${name}: Required value`),
  },
  {
    what: 'storageOS names its volume',
    given: withSource({ storageos: { volumeName: 'A', volumeNamespace: 'B', secretRef: {} } }),
    want: [
      `spec.storageos.volumeName: Invalid value: "A": ${LABEL}`,
      `spec.storageos.volumeNamespace: Invalid value: "B": ${LABEL}`,
      'spec.storageos.secretRef.name: Required value',
      'spec.storageos.secretRef.namespace: Required value',
    ],
  },
  {
    what: 'a disk of GCE is called otherwise in paths',
    given: withSource({ gcePersistentDisk: { pdName: '' } }),
    want: ['spec.persistentDisk.pdName: Required value'],
  },
  {
    what: 'options for mounting in an annotation are of some sorts only',
    given: {
      metadata: { name: 'x', annotations: { 'volume.beta.kubernetes.io/mount-options': 'ro' } },
      spec: plain,
    },
    want: [
      'metadata.annotations.volume.beta.kubernetes.io/mount-options: Forbidden: may not specify mount options for this volume type',
    ],
  },
]

const renewed = {
  required: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['a'] }] }],
  },
}
const other = { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'b', operator: 'Exists' }] }] } }
const unnamed = { key: '', operator: 'Exists' }
const UPDATES: readonly UpdateRow[] = [
  {
    what: 'what is around the source may change',
    from: { spec: plain },
    to: { spec: { ...plain, accessModes: ['ReadOnlyMany'], nodeAffinity: affinity, mountOptions: ['ro'] } },
    want: [],
  },
  {
    what: 'the source stays',
    from: withSource({ hostPath: { path: '/a', type: '' } }),
    to: withSource({ hostPath: { path: '/b', type: '' } }),
    want: [
      'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n' +
        '@@ -2,7 +2,7 @@\n  "GCEPersistentDisk": null,\n  "AWSElasticBlockStore": null,\n  "HostPath": {\n' +
        '-  "Path": "/a",\n+  "Path": "/b",\n   "Type": ""\n  },\n  "Glusterfs": null,\n',
    ],
  },
  {
    what: 'a secret for growing may be added',
    from: { spec: plain },
    to: { spec: { ...plain, csi: { ...csi, controllerExpandSecretRef: { name: 'a', namespace: 'b' } } } },
    want: [],
  },
  {
    what: 'the mode stays, and attributes are not taken away',
    from: { spec: { ...plain, volumeAttributesClassName: 'a' } },
    to: { spec: { ...plain, volumeMode: 'Block' } },
    want: [
      'volumeMode: Invalid value: "Block": field is immutable',
      'spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden',
    ],
  },
  {
    what: 'a key of a label may be exchanged for its newer name',
    from: { spec: { ...plain, nodeAffinity: affinity } },
    to: { spec: { ...plain, nodeAffinity: renewed } },
    want: [],
  },
  {
    what: 'a key that has no newer name may become an empty one',
    from: { spec: { ...plain, nodeAffinity: other } },
    to: { spec: { ...plain, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [unnamed] }] } } } },
    // The term itself is judged, twice as everything.
    want: Array.from({ length: 4 }, () => expect.stringMatching(/^spec.nodeAffinity.required.*key: Invalid value: ""/)),
  },
  {
    what: 'affinity stays otherwise',
    from: { spec: { ...plain, nodeAffinity: affinity } },
    to: { spec: { ...plain, nodeAffinity: other } },
    want: [
      'nodeAffinity: Invalid value: {"Required":{"NodeSelectorTerms":[{"MatchExpressions":[{"Key":"b","Operator":"Exists","Values":null}],"MatchFields":null}]}}: field is immutable, except for updating from beta label to GA',
    ],
  },
  {
    what: 'what is wrong is told of twice',
    from: { spec: plain },
    to: { spec: { ...plain, accessModes: [] } },
    want: ['spec.accessModes: Required value', 'spec.accessModes: Required value'],
  },
]

describe('validation of PersistentVolumes', () => {
  it.each(CREATES)('$what', ({ given, want }) => {
    expect(volumes.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('on update, $what', ({ from, to, want }) => {
    expect(volumes.onUpdate(from, to)).toEqual(want)
  })

  it('a new one is pending, since when it is made', () => {
    const { status } = volumes.created({ spec: plain, status: { phase: 'Bound' } }) as { status?: object }
    expect(status).toEqual({ phase: 'Pending', lastPhaseTransitionTime: '1970-01-01T00:00:00Z' })
  })

  it('says since when it is in another phase', () => {
    const before = { phase: 'Pending', lastPhaseTransitionTime: '2020-01-01T00:00:00Z' }
    const statusOf = (status: object): unknown =>
      (volumes.statusUpdated({ spec: plain, status: before }, { spec: plain, status }) as { status?: object }).status
    expect(statusOf({ phase: 'Bound' })).toMatchObject({ lastPhaseTransitionTime: '1970-01-01T00:00:00Z' })
    expect(statusOf({ phase: 'Pending', message: 'm' })).toEqual({ ...before, message: 'm' })
    const own = { phase: 'Bound', lastPhaseTransitionTime: '2021-01-01T00:00:00Z' }
    expect(statusOf(own)).toEqual(own)
  })

  it('warns of what is old', () => {
    const metadata = { name: 'x', annotations: { 'volume.beta.kubernetes.io/storage-class': 'a' } }
    const spec = {
      ...bare,
      persistentVolumeReclaimPolicy: 'Recycle',
      nodeAffinity: affinity,
      glusterfs: { endpoints: 'a', path: 'b' },
    }
    expect(volumes.warnings({ metadata, spec })).toEqual([
      'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead',
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      'spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
      'spec.glusterfs: deprecated in v1.25, non-functional in v1.26+',
    ])
  })
})
