/** Deployments, ReplicaSets and Jobs: given → want, texts of pkg/apis/{apps,batch}/validation/validation.go. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const container = { name: 'web', image: 'web:1' }
const podSpec = { containers: [container] }
const labels = { app: 'web' }
const template = { metadata: { labels }, spec: podSpec }
const plain = { selector: { matchLabels: labels }, template }
const MISMATCH = 'Invalid value: {"app":"web"}: `selector` does not match template `labels`'

const COMMON: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: plain }, want: [] },
  {
    what: 'a selector is required',
    given: { spec: { template } },
    want: ['spec.selector: Required value', `spec.template.metadata.labels: ${MISMATCH}`],
  },
  {
    what: 'an empty selector would take every pod',
    given: { spec: { selector: {}, template } },
    want: ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
  },
  {
    what: 'the selector matches its template',
    given: { spec: { selector: { matchLabels: { app: 'other' } }, template } },
    want: [`spec.template.metadata.labels: ${MISMATCH}`],
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
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
    ],
  },
  {
    what: 'the pod is judged as a pod',
    given: { spec: { ...plain, replicas: -1, template: { metadata: { labels }, spec: { containers: [] } } } },
    want: [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.template.spec.containers: Required value',
    ],
  },
]

const DEPLOYMENTS: readonly Row[] = [
  {
    what: 'something must be allowed to give way',
    given: {
      spec: { ...plain, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
    },
    want: ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
  },
  {
    what: 'counts of a rolling update are counts or percents, not above the whole',
    given: {
      spec: { ...plain, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: -1, maxUnavailable: '101%' } } },
    },
    want: [
      'spec.strategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0',
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ],
  },
  {
    what: 'recreating rolls nothing',
    given: { spec: { ...plain, strategy: { type: 'Recreate', rollingUpdate: {} } } },
    want: ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
  },
  {
    what: 'the progress deadline is later than readiness',
    given: { spec: { ...plain, minReadySeconds: 600 } },
    want: ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
  },
]

const jobTemplate = { spec: { ...podSpec, restartPolicy: 'Never' } }
const JOBS: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: { template: jobTemplate } }, want: [] },
  {
    what: 'pods of a Job end',
    given: { spec: { template: { spec: podSpec } } },
    want: ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  },
  {
    what: 'counts are not negative',
    given: { spec: { parallelism: -1, completions: -1, backoffLimit: -1, template: jobTemplate } },
    want: ['parallelism', 'completions', 'backoffLimit'].map(
      (name) => `spec.${name}: Invalid value: -1: must be greater than or equal to 0`,
    ),
  },
  {
    what: 'an Indexed Job says how many',
    given: { spec: { completionMode: 'Indexed', parallelism: 1, template: jobTemplate } },
    want: ['spec.completions: Required value: when completion mode is Indexed'],
  },
  {
    what: 'a selector of its own needs manualSelector',
    given: { spec: { selector: { matchLabels: labels }, template: { ...jobTemplate, metadata: { labels } } } },
    want: [
      'spec.selector: Invalid value: {"matchLabels":{"app":"web","batch.kubernetes.io/controller-uid":"u-1"}}: `selector` not auto-generated',
    ],
  },
]

const other = { matchLabels: { app: 'web', tier: 'a' } }
const otherTemplate = { ...template, metadata: { labels: other.matchLabels } }
const UPDATES: readonly (UpdateRow & { readonly of: string })[] = ['Deployment', 'ReplicaSet'].map((of) => ({
  of,
  what: 'the selector stays',
  from: { spec: { ...plain, template: otherTemplate } },
  to: { spec: { selector: other, template: otherTemplate } },
  want: ['spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"a"}}: field is immutable'],
}))

const manual = {
  manualSelector: true,
  selector: { matchLabels: labels },
  completions: 1,
  template: { ...jobTemplate, metadata: { labels } },
}
const JOB_UPDATES: readonly UpdateRow[] = [
  { what: 'parallelism may change', from: { spec: manual }, to: { spec: { ...manual, parallelism: 3 } }, want: [] },
  {
    what: 'completions stay',
    from: { spec: manual },
    to: { spec: { ...manual, completions: 2 } },
    want: ['spec.completions: Invalid value: 2: field is immutable'],
  },
  {
    what: 'completions of Indexed Jobs go with parallelism',
    from: { spec: { ...manual, completionMode: 'Indexed' } },
    to: { spec: { ...manual, completionMode: 'Indexed', completions: 2, parallelism: 1 } },
    want: ['spec.completions: Invalid value: 2: can only be modified in tandem with spec.parallelism'],
  },
]

describe.each(['Deployment', 'ReplicaSet'])('validation of %ss', (kind) => {
  const subject = new Subject('apps/v1', kind)
  it.each(COMMON)('$what', ({ given, want }) => {
    expect(subject.onCreate(given)).toEqual(want)
  })
})

describe('validation of workloads', () => {
  it.each(DEPLOYMENTS)('Deployment: $what', ({ given, want }) => {
    expect(new Subject('apps/v1', 'Deployment').onCreate(given)).toEqual(want)
  })

  it.each(JOBS)('Job: $what', ({ given, want }) => {
    expect(new Subject('batch/v1', 'Job').onCreate(given).toSorted()).toEqual(want.toSorted())
  })

  it.each(UPDATES)('$of: on update, $what', ({ of, from, to, want }) => {
    expect(new Subject('apps/v1', of).onUpdate(from, to)).toEqual(want)
  })

  it.each(JOB_UPDATES)('Job: on update, $what', ({ from, to, want }) => {
    expect(new Subject('batch/v1', 'Job').onUpdate(from, to)).toEqual(want)
  })

  it('a template of a Job is fixed, except for where its pods run while it is suspended', () => {
    const jobs = new Subject('batch/v1', 'Job')
    const moved = {
      ...manual,
      template: { ...manual.template, spec: { ...jobTemplate.spec, nodeSelector: { a: 'b' } } },
    }
    expect(jobs.onUpdate({ spec: manual }, { spec: moved })).toHaveLength(1)
    expect(jobs.onUpdate({ spec: manual }, { spec: moved })[0]).toMatch(
      /^spec\.template: Invalid value: .*: field is immutable$/,
    )
    expect(jobs.onUpdate({ spec: { ...manual, suspend: true } }, { spec: moved })).toEqual([])
  })

  it('parts of a status are not larger than the whole', () => {
    const status = { replicas: 1, readyReplicas: 2, availableReplicas: 1 }
    expect(new Subject('apps/v1', 'Deployment').onStatus({ spec: plain }, { spec: plain, status })).toEqual([
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    ])
  })

  it.each([
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'ReplicaSet'],
    ['batch/v1', 'Job'],
  ])('a new %s %s is of generation 1', (apiVersion, kind) => {
    expect(new Subject(apiVersion, kind).created({ spec: plain }).metadata.generation).toBe(1)
  })
})
