/**
 * What may change of a Job: given → want, texts and paths of pkg/apis/batch/validation/validation.go,
 * ValidateJobSpecUpdate.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type UpdateRow } from '../given-want.ts'

const labels = {
  'batch.kubernetes.io/controller-uid': 'u-1',
  'batch.kubernetes.io/job-name': 'x',
  'controller-uid': 'u-1',
  'job-name': 'x',
}
const web = { name: 'web', image: 'web:1' }
const withSpec = (more: object, pod: object = {}): object => ({
  spec: {
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } },
    template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [web], ...pod } },
    ...more,
  },
})

const ROWS: readonly UpdateRow[] = [
  {
    what: 'parallelism may change',
    from: withSpec({ parallelism: 1 }),
    to: withSpec({ parallelism: 2 }),
    want: [],
  },
  {
    what: 'completions stay',
    from: withSpec({ completions: 1 }),
    to: withSpec({ completions: 2 }),
    want: [
      'spec.completions: Invalid value: 2: field is immutable',
    ],
  },
  {
    what: 'by index, completions change with parallelism',
    from: withSpec({ completionMode: 'Indexed', completions: 2, parallelism: 2 }),
    to: withSpec({ completionMode: 'Indexed', completions: 3, parallelism: 3 }),
    want: [],
  },
  {
    what: 'by index, completions do not change alone',
    from: withSpec({ completionMode: 'Indexed', completions: 2, parallelism: 2 }),
    to: withSpec({ completionMode: 'Indexed', completions: 3, parallelism: 2 }),
    want: [
      'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
    ],
  },
  {
    what: 'policies and who manages it stay',
    from: withSpec({ managedBy: 'a.b/c' }),
    to: withSpec({
      managedBy: 'a.b/d',
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
      podReplacementPolicy: 'Failed',
    }),
    want: [
      'spec.podFailurePolicy: Invalid value: {"Rules":[{"Action":"Ignore","OnExitCodes":null,"OnPodConditions":[{"Type":"DisruptionTarget","Status":"True"}]}]}: field is immutable',
      'spec.managedBy: Invalid value: "a.b/d": field is immutable',
    ],
  },
  {
    what: 'while it waits, where and with what its pods run may change',
    from: withSpec({ suspend: true }),
    to: withSpec(
      { suspend: true },
      {
        nodeSelector: { a: 'b' },
        tolerations: [{ key: 'a', operator: 'Exists' }],
        schedulingGates: [{ name: 'a' }],
        containers: [{ ...web, resources: { requests: { cpu: '1' } } }],
      },
    ),
    want: [],
  },
  {
    what: 'the spec is judged twice',
    from: withSpec({}),
    to: withSpec({ backoffLimit: -1 }),
    want: Array.from({ length: 2 }, () => 'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0'),
  },
  {
    what: 'a selector is not taken away',
    from: withSpec({}),
    to: withSpec({ selector: undefined }),
    want: [
      ...Array.from({ length: 2 }, () => [
        'spec.selector: Required value',
        `spec.template.metadata.labels: Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
      ]).flat(),
      'spec.selector: Invalid value: null: field is immutable',
    ],
  },
  {
    what: 'an empty list in a template that stays is printed as it was given',
    from: withSpec({}),
    to: withSpec({}, { containers: [{ ...web, image: 'web:2', args: [] }], volumes: [] }),
    want: [expect.stringMatching(/^spec\.template: .*"Spec":\{"Volumes":\[\],"InitContainers":null,.*"Args":\[\]/)],
  },
]

describe('validation of updates of Jobs', () => {
  const subject = new Subject('batch/v1', 'Job')

  it.each(ROWS)('$what', ({ from, to, want }) => {
    expect(subject.onUpdate(from, to)).toEqual(want)
  })
})
