/**
 * Volumes, source by source: given → want, texts and paths of
 * pkg/apis/core/validation/validation.go.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const withVolumes = (...sources: readonly object[]): object => ({
  spec: {
    containers: [{ name: 'web', image: 'web:1' }],
    volumes: sources.map((source, index) => ({ name: `v${String(index)}`, ...source })),
  },
})

const ROWS: readonly Row[] = [
  {
    what: 'names are labels, once each, and sources are one',
    given: withVolumes(
      { name: 'A' },
      { name: 'b' },
      { name: 'b' },
      { emptyDir: {}, hostPath: { path: '/x' } },
    ),
    want: [
      `spec.volumes[0].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      'spec.volumes[2].name: Duplicate value: "b"',
      'spec.volumes[3].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
  },
  {
    what: 'a source that comes too late says nothing of the name of its claim',
    given: withVolumes({ name: 'A', emptyDir: {}, ephemeral: {} }),
    want: [
      'spec.volumes[0].ephemeral: Forbidden: may not specify more than 1 volume type',
      `spec.volumes[0].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
    ],
  },
  {
    what: 'an emptyDir is not of negative size, and a path of the host does not climb',
    given: withVolumes(
      { emptyDir: { sizeLimit: '-1' } },
      { hostPath: { path: '/a/../b', type: 'X' } },
      { hostPath: { path: '' } },
    ),
    want: [
      'spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity',
      `spec.volumes[1].hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
      'spec.volumes[1].hostPath.type: Unsupported value: "X": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      'spec.volumes[2].hostPath.path: Required value',
    ],
  },
  {
    what: 'secrets and maps have names, modes and paths within',
    given: withVolumes(
      { secret: { defaultMode: 512 } },
      { configMap: { defaultMode: -1, items: [{ key: '', path: '/a' }, { key: 'k', path: '..b', mode: 512 }] } },
    ),
    want: [
      'spec.volumes[0].secret.secretName: Required value',
      'spec.volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
      'spec.volumes[1].configMap.name: Required value',
      'spec.volumes[1].configMap.defaultMode: Invalid value: -1: must be a number between 0 and 0777 (octal), both inclusive',
      'spec.volumes[1].configMap.items[0].key: Required value',
      'spec.volumes[1].configMap.items[0].path: Invalid value: "/a": must be a relative path',
      `spec.volumes[1].configMap.items[1].path: Invalid value: "..b": must not start with '..'`,
      'spec.volumes[1].configMap.items[1].mode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
    ],
  },
  {
    what: 'a projection has one source each, and a path once',
    given: withVolumes({
      projected: {
        sources: [
          {},
          { secret: { name: 's', items: [{ key: 'k', path: 'a' }] }, configMap: { name: 'c' } },
          { configMap: { name: 'c', items: [{ key: 'k', path: 'a' }] } },
          { serviceAccountToken: { path: '', expirationSeconds: 1 } },
          { downwardAPI: { items: [{ path: 'b', fieldRef: { fieldPath: 'spec.nodeName' } }] } },
        ],
      },
    }),
    want: [
      'spec.volumes[0].projected.sources[1]: Forbidden: may not specify more than 1 volume type per source',
      'spec.volumes[0].projected: Invalid value: "c": conflicting duplicate paths',
      'spec.volumes[0].projected.sources[3].serviceAccountToken.expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
      'spec.volumes[0].projected.path: Required value',
      'spec.volumes[0].projected.sources[4].downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"',
      'spec.volumes[0].projected.sources[3].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
    ],
  },
  {
    what: 'fields of the pod are one of two sorts',
    given: withVolumes({
      downwardAPI: {
        items: [
          { path: 'a' },
          { path: 'b', fieldRef: { fieldPath: 'metadata.name' }, resourceFieldRef: { resource: 'limits.cpu' } },
          { path: 'c', resourceFieldRef: { resource: 'limits.cpu' }, mode: 512 },
        ],
      },
    }),
    want: [
      'spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
      'spec.volumes[0].downwardAPI: Invalid value: "resource": fieldRef and resourceFieldRef can not be specified simultaneously',
      'spec.volumes[0].downwardAPI.resourceFieldRef.containerName: Required value',
      'spec.volumes[0].downwardAPI.mode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
    ],
  },
  {
    what: 'a claim has a name, an ephemeral one a template, an image a reference',
    given: withVolumes(
      { persistentVolumeClaim: { claimName: '' } },
      { ephemeral: {} },
      { image: { reference: '' } },
      { image: { reference: ' a', pullPolicy: 'X' } },
    ),
    want: [
      'spec.volumes[0].persistentVolumeClaim.claimName: Required value',
      'spec.volumes[1].ephemeral.volumeClaimTemplate: Required value',
      'spec.volumes[2].image.reference: Required value',
      'spec.volumes[3].image.pullPolicy: Unsupported value: "X": supported values: "Always", "IfNotPresent", "Never"',
    ],
  },
  {
    what: 'a claim template has modes, a size and no foreign metadata',
    given: withVolumes({
      ephemeral: {
        volumeClaimTemplate: {
          metadata: { name: 'x' },
          spec: { accessModes: ['X'], resources: { requests: { storage: '0' } }, volumeMode: 'Y' },
        },
      },
    }),
    want: [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Unsupported value: "X": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Invalid value: "0": must be greater than zero',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.volumeMode: Unsupported value: "Y": supported values: "Block", "Filesystem"',
    ],
  },
  {
    what: 'sources of the network say where',
    given: withVolumes(
      { nfs: { server: '', path: 'a' } },
      { iscsi: { targetPortal: '', iqn: 'x', lun: 256 } },
      { cephfs: {} },
      { rbd: { image: '' } },
      { csi: { driver: 'a_b' } },
      { fc: { lun: 256 } },
    ),
    want: [
      'spec.volumes[0].nfs.server: Required value',
      'spec.volumes[0].nfs.path: Invalid value: "a": must be an absolute path',
      'spec.volumes[1].iscsi.targetPortal: Required value',
      'spec.volumes[1].iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa',
      'spec.volumes[1].iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive',
      'spec.volumes[2].cephfs.monitors: Required value',
      'spec.volumes[3].rbd.monitors: Required value',
      'spec.volumes[3].rbd.image: Required value',
      `spec.volumes[4].csi.driver: Invalid value: "a_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'spec.volumes[5].fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both',
    ],
  },
  {
    what: 'sources of clouds say what',
    given: withVolumes(
      { awsElasticBlockStore: { volumeID: '', partition: 256 } },
      { gcePersistentDisk: { pdName: '', partition: 256 } },
      { azureDisk: { diskName: '', diskURI: 'x', kind: 'Managed' } },
      { gitRepo: { repository: '' } },
      { glusterfs: { endpoints: '', path: '' } },
    ),
    want: [
      'spec.volumes[0].awsElasticBlockStore.volumeID: Required value',
      'spec.volumes[0].awsElasticBlockStore.partition: Invalid value: 256: must be between 1 and 255, inclusive',
      'spec.volumes[1].persistentDisk.pdName: Required value',
      'spec.volumes[1].persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive',
      'spec.volumes[2].azureDisk.diskName: Required value',
      'spec.volumes[2].azureDisk.diskURI: Unsupported value: "x": supported values: "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"',
      'spec.volumes[3].gitRepo.repository: Required value',
      'spec.volumes[4].glusterfs.endpoints: Required value',
      'spec.volumes[4].glusterfs.path: Required value',
    ],
  },
]

describe('validation of volumes', () => {
  const subject = new Subject('v1', 'Pod')

  it.each(ROWS)('$what', ({ given, want }) => {
    expect(subject.onCreate(given)).toEqual(want)
  })
})
