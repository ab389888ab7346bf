/** LimitRanges and ResourceQuotas: given → want, texts of pkg/apis/core/validation/validation.go. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from './given-want.ts'

const ranges = new Subject('v1', 'LimitRange')
const quotas = new Subject('v1', 'ResourceQuota')
const limits = (...items: readonly object[]): object => ({ spec: { limits: items } })
const AT = 'spec.limits[0]'
const gpu = 'a.example/gpu'

const RANGES: readonly Row[] = [
  {
    what: 'a plain one is fine',
    given: limits(
      { type: 'Container', max: { cpu: '2' }, min: { cpu: '100m' }, maxLimitRequestRatio: { cpu: '20' } },
      { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } },
    ),
    want: [],
  },
  {
    what: 'types are known, or somebody’s own, once each',
    given: limits({ type: 'Any' }, { type: 'a.example/any' }, { type: 'a.example/any' }),
    want: [
      `${AT}.type: Invalid value: "Any": must be a standard limit type or fully qualified`,
      'spec.limits[2].type: Duplicate value: "a.example/any"',
    ],
  },
  {
    what: 'a pod has no defaults, and containers’ resources only',
    given: limits({ type: 'Pod', max: { storage: '1' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } }),
    want: [
      `${AT}.max[storage]: Invalid value: "storage": must be a standard resource for containers`,
      `${AT}.default: Forbidden: may not be specified when \`type\` is 'Pod'`,
      `${AT}.defaultRequest: Forbidden: may not be specified when \`type\` is 'Pod'`,
    ],
  },
  {
    what: 'a claim is bounded in storage',
    given: limits({ type: 'PersistentVolumeClaim', max: { cpu: '1' } }),
    want: [
      `${AT}.limits: Required value: either minimum or maximum storage value is required, but neither was provided`,
    ],
  },
  {
    what: 'bounds agree',
    given: limits({
      type: 'Container',
      max: { cpu: '1' },
      min: { cpu: '2' },
      default: { cpu: '1500m' },
      defaultRequest: { cpu: '1800m' },
      maxLimitRequestRatio: { cpu: '0.7' },
    }),
    want: [
      `${AT}.min[cpu]: Invalid value: "2": min value 2 is greater than max value 1`,
      `${AT}.defaultRequest[cpu]: Invalid value: "1800m": min value 2 is greater than default request value 1800m`,
      `${AT}.defaultRequest[cpu]: Invalid value: "1800m": default request value 1800m is greater than max value 1`,
      `${AT}.defaultRequest[cpu]: Invalid value: "1800m": default request value 1800m is greater than default limit value 1500m`,
      `${AT}.default[cpu]: Invalid value: "2": min value 2 is greater than default value 1500m`,
      `${AT}.default[cpu]: Invalid value: "1": default value 1500m is greater than max value 1`,
      `${AT}.maxLimitRequestRatio[cpu]: Invalid value: "700m": ratio 700m is less than 1`,
      `${AT}.maxLimitRequestRatio[cpu]: Invalid value: "700m": ratio 700m is greater than max/min = 0.500000`,
    ],
  },
  {
    what: 'devices are not promised twice',
    given: limits({ type: 'Container', default: { [gpu]: '2' }, defaultRequest: { [gpu]: '1' } }),
    want: [
      `${AT}.defaultRequest[${gpu}]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in ${gpu}`,
    ],
  },
]

const quota = (hard: object, more: object = {}): object => ({ spec: { hard, ...more } })
const selecting = (...matchExpressions: readonly object[]): object =>
  quota({ 'requests.storage': '1Gi' }, { scopeSelector: { matchExpressions } })
const EXPRESSIONS = 'spec.scopeSelector.matchExpressions'
const OF_STORAGE = (scope: string, operator: string): string =>
  `${EXPRESSIONS}: Invalid value: {"MatchExpressions":[{"ScopeName":"${scope}","Operator":"${operator}","Values":null}]}: unsupported scope applied to resource`

const QUOTAS: readonly Row[] = [
  {
    what: 'a plain one is fine',
    given: quota(
      { cpu: '1', pods: '10', 'count/jobs.batch': '2', [`requests.${gpu}`]: '1' },
      { scopes: ['Terminating'] },
    ),
    want: [],
  },
  {
    what: 'amounts are of something that is counted, and whole where it is',
    given: quota({ storage: '1', pods: '1.5', cpu: '-1', bandwidth: '1' }),
    want: [
      'spec.hard[bandwidth]: Invalid value: "bandwidth": must be a standard resource type or fully qualified',
      'spec.hard[bandwidth]: Invalid value: "bandwidth": must be a standard resource for quota',
      'spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0',
      'spec.hard[pods]: Invalid value: "1500m": must be an integer',
      'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota',
    ],
  },
  {
    what: 'scopes are known, fit what is counted, and do not contradict',
    given: quota({ cpu: '1' }, { scopes: ['Any', 'BestEffort', 'NotBestEffort'] }),
    want: ['unsupported scope', 'unsupported scope applied to resource', 'conflicting scopes'].map((why) =>
      `spec.scopes: Invalid value: ["Any","BestEffort","NotBestEffort"]: ${why}`),
  },
  {
    what: 'a selector has known operators',
    given: selecting({ scopeName: 'Any', operator: 'Is' }),
    want: [
      `${EXPRESSIONS}.scopeName: Invalid value: "Any": unsupported scope`,
      `${EXPRESSIONS}.operator: Invalid value: "Is": not a valid selector operator`,
    ],
  },
  {
    what: 'a scope that is there or not has no values',
    given: selecting({ scopeName: 'Terminating', operator: 'In' }),
    want: [
      OF_STORAGE('Terminating', 'In'),
      `${EXPRESSIONS}.operator: Invalid value: "In": must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity`,
      `${EXPRESSIONS}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
    ],
  },
  {
    what: 'what is there has no values either',
    given: selecting({ scopeName: 'VolumeAttributesClass', operator: 'Exists', values: ['a'] }),
    want: [
      `${EXPRESSIONS}.values: Invalid value: ["a"]: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`,
    ],
  },
]

const UPDATES: readonly UpdateRow[] = [
  {
    what: 'scopes stay, in any order',
    from: quota({ cpu: '1' }, { scopes: ['NotBestEffort', 'Terminating'] }),
    to: quota({ cpu: '2' }, { scopes: ['Terminating', 'NotBestEffort'] }),
    want: [],
  },
  {
    what: 'scopes are not taken away',
    from: quota({ cpu: '1' }, { scopes: ['Terminating'] }),
    to: quota({ cpu: '1' }),
    want: ['spec.scopes: Invalid value: null: field is immutable'],
  },
]

describe('validation of LimitRanges and ResourceQuotas', () => {
  it.each(RANGES)('LimitRange: $what', ({ given, want }) => {
    expect(ranges.onCreate(given)).toEqual(want)
    expect(ranges.onUpdate(given, given)).toEqual(want)
  })

  it('a LimitRange without a name gets one', () => {
    expect(ranges.created({ metadata: {} })).toMatchObject({ metadata: { name: 'u-2' } })
  })

  it.each(QUOTAS)('ResourceQuota: $what', ({ given, want }) => {
    expect(quotas.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('ResourceQuota: on update, $what', ({ from, to, want }) => {
    expect(quotas.onUpdate(from, to)).toEqual(want)
  })

  it('ResourceQuota: what is used is counted as well', () => {
    expect(quotas.onStatus({}, { status: { hard: { pods: '-1' }, used: { any: '1' } } })).toEqual([
      'status.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
      'status.used[any]: Invalid value: "any": must be a standard resource type or fully qualified',
      'status.used[any]: Invalid value: "any": must be a standard resource for quota',
    ])
  })

  it('ResourceQuota: warns of requests beyond the limits', () => {
    expect(quotas.warnings(quota({ cpu: '2', 'limits.cpu': '1', 'requests.storage': '1' }))).toEqual([
      'ResourceQuota cpu (2) should be less than limits.cpu (1)',
    ])
  })
})
