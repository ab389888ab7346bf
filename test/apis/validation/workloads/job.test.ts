/**
 * Jobs with their modes and policies: given → want, texts and paths of pkg/apis/batch/validation/validation.go,
 * ValidateJob.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'web', image: 'web:1' }] } }
const withSpec = (more: object): object => ({ spec: { template, ...more } })
const indexed = (more: object): object => withSpec({ completionMode: 'Indexed', completions: 5, ...more })
const failing = (...rules: readonly object[]): object => withSpec({ podFailurePolicy: { rules } })
const succeeding = (...rules: readonly object[]): object => indexed({ successPolicy: { rules } })

const ROWS: readonly Row[] = [
  {
    what: 'labels that a Job gives its pods are not given otherwise',
    given: withSpec({
      template: { ...template, metadata: { labels: { 'controller-uid': 'mine', 'job-name': 'x' } } },
    }),
    want: [
      `spec.template.metadata.labels[controller-uid]: Invalid value: {"batch.kubernetes.io/controller-uid":"u-1","batch.kubernetes.io/job-name":"x","controller-uid":"mine","job-name":"x"}: must be 'u-1'`,
    ],
  },
  {
    what: 'a selector of its own is asked for',
    given: withSpec({ selector: { matchLabels: { a: 'b' } } }),
    want: [
      'spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"u-1"}}: `selector` not auto-generated',
      'spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"u-1","batch.kubernetes.io/job-name":"x","controller-uid":"u-1","job-name":"x"}: `selector` does not match template `labels`',
    ],
  },
  {
    what: 'counts are not negative',
    given: withSpec({
      parallelism: -1,
      completions: -1,
      activeDeadlineSeconds: -1,
      backoffLimit: -1,
      ttlSecondsAfterFinished: -1,
    }),
    want: [
      'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
      'spec.completions: Invalid value: -1: must be greater than or equal to 0',
      'spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0',
      'spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0',
    ],
  },
  {
    what: 'pods are not restarted for ever',
    given: withSpec({ template: { spec: { ...template.spec, restartPolicy: 'Always' } } }),
    want: [
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
  },
  {
    what: 'who manages it is a path of a domain, not too long',
    given: withSpec({ managedBy: `a.b/${'c'.repeat(60)}` }),
    want: [
      'spec.managedBy: Too long: may not be more than 63 bytes',
    ],
  },
  {
    what: 'who manages it has a domain',
    given: withSpec({ managedBy: 'me' }),
    want: [
      'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
  },
  {
    what: 'modes are two',
    given: withSpec({ completionMode: 'X' }),
    want: [
      'spec.completionMode: Unsupported value: "X": supported values: "NonIndexed", "Indexed"',
    ],
  },
  {
    what: 'by index, completions are counted',
    given: withSpec({ completionMode: 'Indexed', parallelism: 100_001 }),
    want: [
      'spec.completions: Required value: when completion mode is Indexed',
      'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
    ],
  },
  {
    what: 'limits by index are of Jobs by index',
    given: withSpec({ backoffLimitPerIndex: 1, maxFailedIndexes: 1 }),
    want: [
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
      'spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode',
    ],
  },
  {
    what: 'failed indexes are not more than all, and go with a limit',
    given: indexed({ maxFailedIndexes: 6 }),
    want: [
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
      'spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions',
    ],
  },
  {
    what: 'many completions have lower limits',
    given: indexed({ completions: 100_001, parallelism: 10_001, backoffLimitPerIndex: 1 }),
    want: [
      'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
      'spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
    ],
  },
  {
    what: 'names of pods by index are names of hosts',
    given: { metadata: { name: 'a.b', uid: 'u-1' }, ...indexed({}) },
    want: [
      'metadata.name: Invalid value: "a.b": will not able to create pod with invalid DNS label: a.b-4',
    ],
  },
  {
    what: 'rules of failure have an action and one thing that they are about',
    given: failing(
      { action: '' },
      { action: 'X', onExitCodes: { operator: 'In', values: [1] }, onPodConditions: [{ type: 'a', status: 'True' }] },
      { action: 'FailIndex', onPodConditions: [{ type: 'a b', status: 'Y' }] },
    ),
    want: [
      'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
      'spec.podFailurePolicy.rules[1].action: Unsupported value: "X": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
      'spec.podFailurePolicy.rules[1]: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported',
      'spec.podFailurePolicy.rules[2].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
      `spec.podFailurePolicy.rules[2].onPodConditions[0].type: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'spec.podFailurePolicy.rules[2].onPodConditions[0].status: Unsupported value: "Y": supported values: "False", "True", "Unknown"',
    ],
  },
  {
    what: 'exit codes are in order, once each, of containers that are there',
    given: failing(
      { action: 'FailJob', onExitCodes: { operator: '', containerName: 'other', values: [] } },
      { action: 'FailJob', onExitCodes: { operator: 'In', values: [0, 2, 1, 1] } },
      { action: 'FailJob', onExitCodes: { operator: 'X', values: [1] } },
    ),
    want: [
      'spec.podFailurePolicy.rules[0].onExitCodes.operator: Required value: valid values: ["In" "NotIn"]',
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template',
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []: at least one value is required',
      'spec.podFailurePolicy.rules[1].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
      'spec.podFailurePolicy.rules[1].onExitCodes.values[3]: Duplicate value: 1',
      'spec.podFailurePolicy.rules[1].onExitCodes.values: Invalid value: [0,2,1,1]: must be ordered',
      'spec.podFailurePolicy.rules[2].onExitCodes.operator: Unsupported value: "X": supported values: "In", "NotIn"',
    ],
  },
  {
    what: 'with a policy of failure, failed pods are replaced when they are gone',
    given: withSpec({
      podReplacementPolicy: 'TerminatingOrFailed',
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
    }),
    want: [
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
    ],
  },
  {
    what: 'with a policy of failure, kubelets do not restart',
    given: withSpec({
      template: { spec: { ...template.spec, restartPolicy: 'OnFailure' } },
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
    }),
    want: [
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ],
  },
  {
    what: 'a policy of success is of Jobs by index',
    given: withSpec({ successPolicy: { rules: [{ succeededCount: 1 }] } }),
    want: [
      'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode',
    ],
  },
  {
    what: 'a policy of success has rules, each about something',
    given: succeeding(),
    want: [
      'spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified',
    ],
  },
  {
    what: 'rules of success stay within the indexes',
    given: succeeding(
      {},
      { succeededCount: 6 },
      { succeededIndexes: '1,3-4', succeededCount: 4 },
      { succeededIndexes: '3,1' },
      { succeededIndexes: '1-2-3' },
      { succeededIndexes: 'a' },
      { succeededIndexes: '0-5' },
      { succeededIndexes: '3-2' },
    ),
    want: [
      'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
      'spec.successPolicy.rules[1].succeededCount: Invalid value: 6: must be less than or equal to 5 (the number of specified completions)',
      'spec.successPolicy.rules[2].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of indexes in the specified succeededIndexes field)',
      'spec.successPolicy.rules[3].succeededIndexes: Invalid value: "3,1": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1',
      `spec.successPolicy.rules[4].succeededIndexes: Invalid value: "1-2-3": error parsing succeededIndexes: the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by '-'`,
      'spec.successPolicy.rules[5].succeededIndexes: Invalid value: "a": error parsing succeededIndexes: cannot convert string to integer for index: "a"',
      'spec.successPolicy.rules[6].succeededIndexes: Invalid value: "0-5": error parsing succeededIndexes: too large index: "5"',
      'spec.successPolicy.rules[7].succeededIndexes: Invalid value: "3-2": error parsing succeededIndexes: non-increasing order, previous: 3, current: 2',
    ],
  },
]

describe('validation of Jobs', () => {
  const subject = new Subject('batch/v1', 'Job')

  it.each(ROWS)('$what', ({ given, want }) => {
    expect(subject.onCreate(given)).toEqual(want)
  })
})
