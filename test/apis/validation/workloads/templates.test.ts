/**
 * ReplicationControllers, PodTemplates and ControllerRevisions: given → want, texts of
 * pkg/apis/core/validation/validation.go and pkg/apis/apps/validation/validation.go.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const controllers = new Subject('v1', 'ReplicationController')
const templates = new Subject('v1', 'PodTemplate')
const revisions = new Subject('apps/v1', 'ControllerRevision')
const labels = { app: 'web' }
const podSpec = { containers: [{ name: 'web', image: 'web:1' }] }
const template = { metadata: { labels }, spec: podSpec }
const plain = { selector: labels, template }

const CONTROLLERS: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: plain }, want: [] },
  { what: 'the selector is taken from the template', given: { spec: { template } }, want: [] },
  {
    what: 'a selector and a template are required',
    given: { spec: {} },
    want: ['spec.selector: Required value', 'spec.template: Required value'],
  },
  {
    what: 'the selector matches its template, and counts are not negative',
    given: { spec: { ...plain, selector: { app: 'other' }, replicas: -1, minReadySeconds: -2 } },
    want: [
      'spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0',
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
  },
  {
    what: 'a selector that no label can meet is met by none',
    given: { spec: { ...plain, selector: { ...labels, 'a/b/c': '-' } } },
    want: ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
  },
  {
    what: 'pods are kept running for ever',
    given: {
      spec: {
        ...plain,
        template: { ...template, spec: { ...podSpec, restartPolicy: 'Never', activeDeadlineSeconds: 1 } },
      },
    },
    want: [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported',
    ],
  },
]

const REVISIONS: readonly Row[] = [
  { what: 'an object is data', given: { data: { spec: {} }, revision: 1 }, want: [] },
  { what: 'data is required', given: { revision: 1 }, want: ['data: Required value: data is mandatory'] },
  {
    what: 'null is no data, and revisions are counted from zero',
    given: { data: null, revision: -1 },
    want: [
      'revision: Invalid value: -1: must be greater than or equal to 0',
      'data: Required value: data is mandatory',
    ],
  },
]

describe('validation of templates and what is made of them', () => {
  it.each(CONTROLLERS)('ReplicationController: $what', ({ given, want }) => {
    expect(controllers.onCreate(given)).toEqual(want)
  })

  it('ReplicationController: counts of a status fit together', () => {
    const status = { replicas: 1, fullyLabeledReplicas: 2, readyReplicas: -1, availableReplicas: 1 }
    expect(controllers.onStatus({ spec: plain }, { spec: plain, status })).toEqual([
      'status.readyReplicas: Invalid value: -1: must be greater than or equal to 0',
      'status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas',
    ])
  })

  it('ReplicationController: an update is warned of what was there before', () => {
    const old = { ...podSpec, nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }
    const before = { ...plain, template: { ...template, spec: old } }
    const want = [
      'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ]
    expect(controllers.warnings({ spec: before })).toEqual(want)
    expect(controllers.warnings({ spec: before }, { spec: before })).toEqual([])
    expect(controllers.warnings({ spec: plain }, { spec: before })).toEqual(want)
    expect(controllers.warnings({ spec: before }, { spec: plain })).toEqual([])
  })

  it('PodTemplate: the pod is judged as a pod', () => {
    const empty = { template: { spec: { containers: [] } } }
    expect(templates.onCreate({ template })).toEqual([])
    expect(templates.onCreate(empty)).toEqual(['template.spec.containers: Required value'])
    expect(templates.onUpdate({ template }, empty)).toEqual(['template.spec.containers: Required value'])
  })

  it('PodTemplate: warns at its own path', () => {
    const old = { ...podSpec, nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }
    expect(templates.warnings({ template: { spec: old } })).toEqual([
      'template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ])
  })

  it.each(REVISIONS)('ControllerRevision: $what', ({ given, want }) => {
    expect(revisions.onCreate(given)).toEqual(want)
  })

  it('ControllerRevision: the data stays', () => {
    const from = { data: { a: 1 }, revision: 1 }
    expect(revisions.onUpdate(from, { data: { a: 2 }, revision: -2 })).toEqual([
      'revision: Invalid value: -2: must be greater than or equal to 0',
      'data: Invalid value: {"a":2}: field is immutable',
    ])
  })
})
