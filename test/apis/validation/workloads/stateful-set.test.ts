/** StatefulSets: given → want, texts of pkg/apis/apps/validation/validation.go and pkg/registry/apps/statefulset. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const sets = new Subject('apps/v1', 'StatefulSet')
const container = { name: 'web', image: 'web:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }
const labels = { app: 'web' }
const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
}
const template = { metadata: { labels }, spec: { containers: [container] } }
const plain = { selector: { matchLabels: labels }, serviceName: 'web', template, volumeClaimTemplates: [claim] }
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

const CREATES: readonly Row[] = [
  { what: 'a volume of a claim may be mounted', given: { spec: plain }, want: [] },
  {
    what: 'a claim stands before a volume of its name',
    given: {
      spec: {
        ...plain,
        template: { ...template, spec: { ...template.spec, volumes: [{ name: 'data', emptyDir: {} }] } },
      },
    },
    want: [],
  },
  {
    what: 'host names of pods are not looked at',
    given: {
      spec: { ...plain, template: { ...template, spec: { ...template.spec, hostname: 'A_B', subdomain: 'A_B' } } },
    },
    want: [],
  },
  {
    what: 'policies are known ones',
    given: {
      spec: {
        ...plain,
        podManagementPolicy: 'Any',
        updateStrategy: { type: 'Any' },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Any', whenScaled: 'Retain' },
      },
    },
    want: [
      `spec.podManagementPolicy: Invalid value: "Any": must be 'OrderedReady' or 'Parallel'`,
      `spec.updateStrategy: Invalid value: {"Type":"Any","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'`,
      'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Any": supported values: "Retain", "Delete"',
    ],
  },
  {
    what: 'who deletes by hand rolls nothing',
    given: { spec: { ...plain, updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } } },
    want: [
      `spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'`,
    ],
  },
  {
    what: 'counts are not negative',
    given: {
      spec: {
        ...plain,
        replicas: -1,
        minReadySeconds: -2,
        ordinals: { start: -3 },
        updateStrategy: { rollingUpdate: { partition: -4 } },
      },
    },
    want: [
      'spec.updateStrategy.rollingUpdate.partition: Invalid value: -4: must be greater than or equal to 0',
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0',
      'spec.ordinals.start: Invalid value: -3: must be greater than or equal to 0',
    ],
  },
  {
    what: 'claims are judged',
    given: { spec: { ...plain, volumeClaimTemplates: [{ ...claim, spec: { accessModes: [] } }] } },
    want: [
      'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
    ],
  },
  {
    what: 'the service has the name of one',
    given: { spec: { ...plain, serviceName: 'A_B' } },
    want: [`spec.serviceName: Invalid value: "A_B": ${LABEL}`],
  },
  {
    what: 'a selector is required',
    given: { spec: { ...plain, selector: undefined } },
    want: [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
  },
  {
    what: 'an empty selector would take every pod',
    given: { spec: { ...plain, selector: {} } },
    want: ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
  },
  {
    what: 'annotations of the template are told of twice',
    given: { spec: { ...plain, template: { ...template, metadata: { labels: { app: 'web', b: '-' } } } } },
    want: [1, 2].map(
      () =>
        `spec.template.labels: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ),
  },
  {
    what: 'pods are kept running for ever',
    given: {
      spec: {
        ...plain,
        template: { ...template, spec: { ...template.spec, restartPolicy: 'Never', activeDeadlineSeconds: 1 } },
      },
    },
    want: [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported',
    ],
  },
]

const IMMUTABLE =
  "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
const noContainers = { ...template, spec: { containers: [] } }
const UPDATES: readonly UpdateRow[] = [
  {
    what: 'what rolls may change',
    from: { spec: plain },
    to: {
      spec: {
        ...plain,
        replicas: 3,
        minReadySeconds: 1,
        ordinals: { start: 1 },
        revisionHistoryLimit: 1,
        updateStrategy: { type: 'OnDelete' },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
      },
    },
    want: [],
  },
  {
    what: 'the service and the claims stay',
    from: { spec: plain },
    to: { spec: { ...plain, serviceName: 'other' } },
    want: [IMMUTABLE],
  },
  {
    what: 'a service name that was wrong already is let through',
    from: { spec: { ...plain, serviceName: 'A_B' } },
    to: { spec: { ...plain, serviceName: 'A_B', replicas: 2 } },
    want: [],
  },
  {
    what: 'a template that was wrong already is let through',
    from: { spec: { ...plain, template: noContainers } },
    to: { spec: { ...plain, template: noContainers, replicas: 2 } },
    want: [],
  },
  {
    what: 'a template that was right is judged',
    from: { spec: plain },
    to: { spec: { ...plain, template: noContainers } },
    want: ['spec.template.spec.containers: Required value'],
  },
]

describe('validation of StatefulSets', () => {
  it.each(CREATES)('$what', ({ given, want }) => {
    expect(sets.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('on update, $what', ({ from, to, want }) => {
    expect(sets.onUpdate(from, to)).toEqual(want)
  })

  it('counts of a status fit together', () => {
    const status = { replicas: 1, readyReplicas: 2, currentReplicas: 3, updatedReplicas: -1, availableReplicas: 4 }
    const from = { spec: plain, status: { replicas: 1, collisionCount: 2 } }
    expect(sets.onStatus(from, { spec: plain, status })).toEqual([
      'status.updatedReplicas: Invalid value: -1: must be greater than or equal to 0',
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.currentReplicas: Invalid value: 3: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 4: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 4: cannot be greater than status.readyReplicas',
      'status.collisionCount: Invalid value: 0: cannot be decremented',
    ])
  })

  it('warns of claims of no whole bytes, and of endless history', () => {
    const half = { ...claim, spec: { ...claim.spec, resources: { requests: { storage: '1500m' } } } }
    const spec = { ...plain, revisionHistoryLimit: -1, volumeClaimTemplates: [half] }
    const endless =
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'
    const fraction = 'resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer'
    expect(sets.warnings({ spec })).toEqual([`spec.volumeClaimTemplates[0].${fraction}`, endless])
    expect(sets.warnings({ spec }, { spec })).toEqual([`spec.volumeClaimTemplates[0].Spec.${fraction}`, endless])
  })

  it('claims say what they are', () => {
    const { spec } = sets.decoded({ spec: plain }) as { spec?: { volumeClaimTemplates: object[] } }
    expect(spec?.volumeClaimTemplates[0]).toMatchObject({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' })
  })
})
