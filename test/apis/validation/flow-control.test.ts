/** FlowSchemas and PriorityLevelConfigurations: given → want, texts of upstream's pkg/apis/flowcontrol/validation. */
import { describe, expect, it } from 'vitest'
import { mandatoryLevels, mandatorySchemas } from '../../../src/apis/flowcontrol/bootstrap-objects.ts'
import { Subject, type Row } from './given-want.ts'

const V1 = 'flowcontrol.apiserver.k8s.io/v1'
const priorityLevelConfiguration = { name: 'system' }
const subjects = [{ kind: 'User', user: { name: 'ann' } }]
const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'] }]
const withRule = (rule: object) => ({ spec: { priorityLevelConfiguration, rules: [rule] } })

const SCHEMAS: readonly Row[] = [
  { what: 'one rule is enough', given: withRule({ subjects, resourceRules }), want: [] },
  {
    what: 'a level is named, and the precedence is within its limits',
    given: { spec: { priorityLevelConfiguration: { name: '' }, matchingPrecedence: 10_001 } },
    want: [
      'spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000',
      'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
    ],
  },
  {
    what: 'the first place is taken, and flows are told apart in two ways',
    given: { spec: { priorityLevelConfiguration, matchingPrecedence: 1, distinguisherMethod: { type: 'ByHat' } } },
    want: [
      "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
      'spec.distinguisherMethod.type: Unsupported value: {"Type":"ByHat"}: supported values: "ByNamespace", "ByUser"',
    ],
  },
  {
    what: 'a rule is about somebody and something',
    given: withRule({ subjects: [] }),
    want: [
      'spec.rules[0].subjects: Required value: subjects must contain at least one value',
      'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
    ],
  },
  {
    what: 'a subject is of one kind only',
    given: withRule({
      subjects: [
        { kind: 'User', group: { name: 'g' } },
        { kind: 'ServiceAccount', serviceAccount: { name: 'B', namespace: '' } },
        { kind: 'Robot' },
      ],
      resourceRules,
    }),
    want: [
      "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
      "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
      expect.stringMatching(/^spec\.rules\[0\]\.subjects\[1\]\.serviceAccount\.name: Invalid value: "B": a lowercase RFC/),
      'spec.rules[0].subjects[1].serviceAccount.namespace: Required value: must specify namespace for service account',
      'spec.rules[0].subjects[2].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"',
    ],
  },
  {
    what: 'rules about resources say which, and where',
    given: withRule({ subjects, resourceRules: [{ verbs: ['*', 'get'], apiGroups: [], resources: ['*', 'pods'] }] }),
    want: [
      `spec.rules[0].resourceRules[0].verbs: Invalid value: ["*","get"]: if '*' is present, must not specify other verbs`,
      'spec.rules[0].resourceRules[0].apiGroups: Required value: resource rules must supply at least one api group',
      `spec.rules[0].resourceRules[0].resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources`,
      'spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace',
    ],
  },
  {
    what: 'paths begin with a slash, and a star ends them',
    given: withRule({
      subjects,
      nonResourceRules: [{ verbs: ['jump'], nonResourceURLs: ['a', '/a b', '/a//b', '/a*'] }],
    }),
    want: [
      'spec.rules[0].nonResourceRules[0].verbs: Unsupported value: ["jump"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "a": must start with slash',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a b": must not contain white-space',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/a//b": must not contain double slash',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[3]: Invalid value: "/a*": wildcard can only do suffix matching',
    ],
  },
  { what: 'a mandatory one is what it is', given: mandatorySchemas()[0] ?? {}, want: [] },
  {
    what: 'a mandatory one is nothing else',
    given: {
      metadata: { name: 'exempt' },
      spec: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 1 },
    },
    want: [
      `spec: Invalid value: {"PriorityLevelConfiguration":{"Name":"exempt"},"MatchingPrecedence":1,"DistinguisherMethod":null,"Rules":null}: spec of 'exempt' must equal the fixed value`,
    ],
  },
]

const limited = { limitResponse: { type: 'Reject' } }
const queuing = (given: object) => ({
  spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: given } } },
})

const LEVELS: readonly Row[] = [
  { what: 'shares have a default', given: { spec: { type: 'Limited', limited } }, want: [] },
  { what: 'queues have defaults', given: queuing({}), want: [] },
  {
    what: 'only exempt is exempt',
    given: { spec: { type: 'Exempt', limited } },
    want: [
      'spec.type: Invalid value: "Exempt": must be \'Exempt\' if and only if `name` is \'exempt\'',
      'spec.limited: Forbidden: must be nil if the type is not Limited',
    ],
  },
  {
    what: 'a limited one says how',
    given: { spec: { type: 'Limited', exempt: {} } },
    want: [
      'spec.exempt: Forbidden: must be nil if the type is Limited',
      'spec.limited: Required value: must not be empty when type is Limited',
    ],
  },
  {
    what: 'of an unknown type',
    given: { spec: { type: 'Free' } },
    want: ['spec.type: Unsupported value: "Free": supported values: "Exempt", "Limited"'],
  },
  {
    what: 'numbers are within their limits',
    given: {
      spec: {
        type: 'Limited',
        limited: { ...limited, nominalConcurrencyShares: -1, lendablePercent: 101, borrowingLimitPercent: -1 },
      },
    },
    want: [
      'spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer',
      'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
      'spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer',
    ],
  },
  {
    what: 'what is refused does not queue',
    given: { spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject', queuing: {} } } } },
    want: ['spec.limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited'],
  },
  {
    what: 'a hand is dealt out of the queues',
    given: queuing({ queues: 4, handSize: 5, queueLengthLimit: -1 }),
    want: [
      'spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive',
      'spec.limited.limitResponse.queuing.handSize: Invalid value: 5: should not be greater than queues (4)',
    ],
  },
  {
    what: 'dealing takes no more chance than there is',
    given: queuing({ queues: 512, handSize: 8, queueLengthLimit: 1 }),
    want: [
      'spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60',
    ],
  },
  { what: 'a mandatory one is what it is', given: mandatoryLevels()[0] ?? {}, want: [] },
  {
    what: 'a mandatory one is nothing else',
    given: {
      metadata: { name: 'catch-all' },
      spec: { type: 'Limited', limited: { ...limited, nominalConcurrencyShares: 6 } },
    },
    want: [
      `spec: Invalid value: {"Type":"Limited","Limited":{"NominalConcurrencyShares":6,"LimitResponse":{"Type":"Reject","Queuing":null},"LendablePercent":0,"BorrowingLimitPercent":null},"Exempt":null}: spec of 'catch-all' must equal the fixed value`,
    ],
  },
  {
    what: 'the annotation of a former version means nothing',
    given: {
      metadata: { name: 'x', annotations: { 'flowcontrol.k8s.io/preserve-zero-concurrency-shares': '' } },
      spec: { type: 'Limited', limited },
    },
    want: [
      "metadata.annotations: Forbidden: annotation 'flowcontrol.k8s.io/preserve-zero-concurrency-shares' is forbidden",
    ],
  },
]

describe('FlowSchema', () => {
  it.each(SCHEMAS)('$what', ({ given, want }) => {
    expect(new Subject(V1, 'FlowSchema').onCreate(given)).toEqual(want)
  })
})

describe('PriorityLevelConfiguration', () => {
  it.each(LEVELS)('$what', ({ given, want }) => {
    expect(new Subject(V1, 'PriorityLevelConfiguration').onCreate(given)).toEqual(want)
  })
})
