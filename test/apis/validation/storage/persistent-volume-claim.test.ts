/** PersistentVolumeClaims: given → want, texts of pkg/apis/core/validation/validation.go. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const claims = new Subject('v1', 'PersistentVolumeClaim')
const asking = (storage: string): object => ({ resources: { requests: { storage } } })
const plain = { accessModes: ['ReadWriteOnce'], ...asking('1Gi') }
const bound = { phase: 'Bound', capacity: { storage: '1Gi' } }
const CLASS = 'volume.beta.kubernetes.io/storage-class'
const annotated = (name: string): object => ({
  metadata: { name: 'x', namespace: 'default', annotations: { [CLASS]: name } },
})

const CREATES: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: plain }, want: [] },
  {
    what: 'modes and a size are required',
    given: { spec: {} },
    want: [
      'spec.accessModes: Required value: at least 1 access mode is required',
      'spec.resources[storage]: Required value',
    ],
  },
  {
    what: 'what it asks for is known',
    given: {
      spec: {
        ...plain,
        ...asking('0'),
        volumeMode: 'Any',
        selector: { matchExpressions: [{ key: 'a', operator: 'Is' }] },
      },
    },
    want: [
      'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
      'spec.volumeMode: Unsupported value: "Any": supported values: "Block", "Filesystem"',
    ],
  },
  {
    what: 'the newer source is of some group',
    given: { spec: { ...plain, dataSourceRef: { kind: 'Thing', name: '' } } },
    want: ['dataSource', 'dataSourceRef'].flatMap((field) => [
      `spec.${field}.name: Required value`,
      `spec.${field}: Invalid value: "Thing": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
    ]),
  },
  {
    what: 'a source in another namespace is none (CrossNamespaceVolumeDataSource is off)',
    given: { spec: { ...plain, dataSourceRef: { kind: '', name: '', namespace: 'a' } } },
    want: [],
  },
]

const size = (storage: string, more: object = {}): object => ({ spec: { ...plain, ...asking(storage) }, ...more })
const UPDATES: readonly UpdateRow[] = [
  {
    what: 'what it asks for stays',
    from: { spec: plain },
    to: { spec: { ...plain, accessModes: ['ReadOnlyMany'] } },
    want: [
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n' +
        '@@ -1,6 +1,6 @@\n {\n  "AccessModes": [\n-  "ReadWriteOnce"\n+  "ReadOnlyMany"\n  ],\n  "Selector": null,\n  "Resources": {\n',
    ],
  },
  { what: 'its volume is named once', from: { spec: plain }, to: { spec: { ...plain, volumeName: 'a' } }, want: [] },
  { what: 'a class may be said once', from: { spec: plain }, to: { spec: { ...plain, storageClassName: 'a' } }, want: [] },
  {
    what: 'a class may move from its annotation',
    from: { ...annotated('a'), spec: plain },
    to: { spec: { ...plain, storageClassName: 'a' } },
    want: [],
  },
  {
    what: 'the annotation stays otherwise',
    from: { ...annotated('a'), spec: plain },
    to: { ...annotated('b'), spec: plain },
    want: [`metadata.annotations.${CLASS}: Invalid value: "b": field is immutable`],
  },
  {
    what: 'the mode stays',
    from: { spec: plain },
    to: { spec: { ...plain, volumeMode: 'Block' } },
    want: [
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n' +
        '@@ -11,7 +11,7 @@\n  },\n  "VolumeName": "",\n  "StorageClassName": null,\n- "VolumeMode": "Filesystem",\n+ "VolumeMode": "Block",\n  "DataSource": null,\n  "DataSourceRef": null,\n  "VolumeAttributesClassName": null\n',
      'volumeMode: Invalid value: "Block": field is immutable',
    ],
  },
  {
    what: 'a source that is there is not moved to another namespace',
    from: { spec: { ...plain, dataSourceRef: { apiGroup: 'a.example', kind: 'Thing', name: 'a' } } },
    to: { spec: { ...plain, dataSourceRef: { apiGroup: 'a.example', kind: 'Thing', name: 'a', namespace: 'A' } } },
    want: [
      expect.stringMatching(/^spec.dataSourceRef.namespace: Invalid value: "A": a lowercase RFC 1123 label must/),
      expect.stringMatching(/^spec: Forbidden: spec is immutable .*\n[^]*\+ {2}"Namespace": "A"\n/),
    ],
  },
  {
    what: 'a selector is printed in its own order',
    from: { spec: plain },
    to: {
      spec: {
        ...plain,
        selector: { matchExpressions: [{ operator: 'Exists', key: 'a' }], matchLabels: { b: '', a: '' } },
      },
    },
    want: [
      expect.stringContaining(
        '+ "Selector": {\n+  "matchLabels": {\n+   "a": "",\n+   "b": ""\n+  },\n+  "matchExpressions": [\n+   {\n' +
          '+    "key": "a",\n+    "operator": "Exists"\n',
      ),
    ],
  },
]

describe('validation of PersistentVolumeClaims', () => {
  it.each(CREATES)('$what', ({ given, want }) => {
    expect(claims.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('on update, $what', ({ from, to, want }) => {
    expect(claims.onUpdate(from, to)).toEqual(want)
  })

  it('a bound claim may grow, and shrink to what there is', () => {
    const growing = claims.stored(size('3Gi', { status: bound }))
    expect(claims.onUpdateOf(growing, size('5Gi'))).toEqual([])
    expect(claims.onUpdateOf(growing, size('2Gi'))).toEqual([])
    expect(claims.onUpdateOf(growing, size('1Gi'))).toEqual([
      'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    ])
  })

  it('a bound claim that asks for none is printed as if it had kept what it asked for', () => {
    const held = claims.stored(size('3Gi', { status: bound }))
    expect(claims.onUpdateOf(held, { spec: { ...plain, resources: { requests: {} } } })).toEqual([
      'spec.resources[storage]: Required value',
      'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    ])
  })

  it('attributes of a bound claim may change, and not go once they hold', () => {
    const withClass = (name: string): object => ({ ...plain, volumeAttributesClassName: name })
    const status = { ...bound, currentVolumeAttributesClassName: 'a' }
    const held = claims.stored({ spec: withClass('a'), status })
    const at = 'spec.volumeAttributesClassName: Forbidden: update to'
    const why = 'is forbidden when status.currentVolumeAttributesClassName is not nil'
    expect(claims.onUpdateOf(held, { spec: withClass('b') })).toEqual([])
    expect(claims.onUpdateOf(held, { spec: plain })).toEqual([`${at} nil ${why}`])
    expect(claims.onUpdateOf(held, { spec: withClass('') })).toEqual([`${at} empty string ${why}`])
  })

  it('the older source takes claims and snapshots, and each follows the other', () => {
    const made = (spec: object): object => claims.created({ spec: { ...plain, ...spec } })
    const claim = { apiGroup: null, kind: 'PersistentVolumeClaim', name: 'a' }
    const other = { apiGroup: 'a.example', kind: 'Thing', name: 'a' }
    expect(made({ dataSource: claim })).toMatchObject({ spec: { dataSource: claim, dataSourceRef: claim } })
    expect(made({ dataSourceRef: other })).toMatchObject({ spec: { dataSource: other, dataSourceRef: other } })
    expect(made({ dataSource: other })).not.toHaveProperty('spec.dataSource')
  })

  it('amounts and states of a status are such', () => {
    const status = {
      capacity: { storage: '-1' },
      allocatedResourceStatuses: { storage: 'Any', cpu: 'NodeResizePending' },
      allocatedResources: { storage: '-2', cpu: '1' },
    }
    expect(claims.onStatus({ spec: {} }, { spec: {}, status })).toEqual([
      'Spec.accessModes: Required value',
      'status.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
      'status.allocatedResourceStatuses: Unsupported value: "cpu": supported values: "storage"',
      'status.allocatedResourceStatuses: Unsupported value: "storage": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"',
      'status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
      'status.allocatedResources[storage]: Invalid value: -2: must be a valid resource quantity',
    ])
  })

  it('warns of the annotation and of broken bytes', () => {
    expect(claims.warnings({ ...annotated('a'), spec: { ...plain, ...asking('1500m') } })).toEqual([
      `metadata.annotations[${CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead`,
      'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
    ])
  })
})
