/** DaemonSets: given → want, texts of pkg/apis/apps/validation/validation.go and pkg/registry/apps/daemonset. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const sets = new Subject('apps/v1', 'DaemonSet')
const labels = { app: 'web' }
const podSpec = { containers: [{ name: 'web', image: 'web:1' }] }
const template = { metadata: { labels }, spec: podSpec }
const plain = { selector: { matchLabels: labels }, template }
const rolling = (rollingUpdate: object): object => ({ spec: { ...plain, updateStrategy: { rollingUpdate } } })
const AT = 'spec.updateStrategy.rollingUpdate'
const COUNTER = 'deprecated.daemonset.template.generation'

const CREATES: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: plain }, want: [] },
  {
    what: 'without a selector it has no pods',
    given: { spec: { template } },
    want: ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
  },
  {
    what: 'an empty selector would take every pod',
    given: { spec: { selector: {}, template } },
    want: ['spec.selector: Invalid value: {}: empty selector is invalid for daemonset'],
  },
  {
    what: 'the selector is one',
    given: { spec: { ...plain, selector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } } },
    want: ['spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator'],
  },
  {
    what: 'pods are kept running for ever, and counts are not negative',
    given: {
      spec: {
        ...plain,
        minReadySeconds: -1,
        revisionHistoryLimit: -2,
        template: { ...template, spec: { ...podSpec, restartPolicy: 'OnFailure', activeDeadlineSeconds: 1 } },
      },
    },
    want: [
      'spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.revisionHistoryLimit: Invalid value: -2: must be greater than or equal to 0',
    ],
  },
  {
    what: 'an update rolls, or waits for deletions',
    given: { spec: { ...plain, updateStrategy: { type: 'Any' } } },
    want: [
      'spec.updateStrategy: Unsupported value: {"Type":"Any","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
    ],
  },
  {
    what: 'one of the two gives way, not both',
    given: rolling({ maxSurge: 1, maxUnavailable: 1 }),
    want: [`${AT}.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero`],
  },
  {
    what: 'something must be allowed to give way',
    given: rolling({ maxSurge: 0, maxUnavailable: '0%' }),
    want: [`${AT}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`],
  },
  {
    what: 'no more than all give way',
    given: rolling({ maxSurge: '101%', maxUnavailable: 0 }),
    want: [`${AT}.maxSurge: Invalid value: "101%": must not be greater than 100%`],
  },
]

const counterOf = (metadata: { readonly annotations?: Readonly<Record<string, string>> }): string | undefined =>
  metadata.annotations?.[COUNTER]

describe('validation of DaemonSets', () => {
  it.each(CREATES)('$what', ({ given, want }) => {
    expect(sets.onCreate(given)).toEqual(want)
  })

  it('the selector stays', () => {
    const both = { app: 'web', tier: 'a' }
    const spec = { ...plain, template: { ...template, metadata: { labels: both } } }
    expect(sets.onUpdate({ spec }, { spec: { ...spec, selector: { matchLabels: both } } })).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"a"}}: field is immutable',
    ])
    const unsorted = { matchExpressions: [{ values: ['web'], operator: 'In', key: 'app' }], matchLabels: labels }
    expect(sets.onUpdate({ spec: plain }, { spec: { ...plain, selector: unsorted } })).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"web"},"matchExpressions":[{"key":"app","operator":"In","values":["web"]}]}: field is immutable',
    ])
  })

  it('counts of a status are not negative, and collisions are not taken back', () => {
    const status = { currentNumberScheduled: -1, numberMisscheduled: 0, desiredNumberScheduled: 1, numberReady: -2 }
    const from = { spec: plain, status: { ...status, collisionCount: 1 } }
    expect(sets.onStatus(from, { spec: plain, status })).toEqual([
      'status.currentNumberScheduled: Invalid value: -1: must be greater than or equal to 0',
      'status.numberReady: Invalid value: -2: must be greater than or equal to 0',
      'status.collisionCount: Invalid value: 0: cannot be decremented',
    ])
    const counted = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }
    expect(sets.onStatus({ spec: plain }, { spec: plain, status: { ...counted, collisionCount: -1 } })).toEqual([
      'status.collisionCount: Invalid value: -1: must be greater than or equal to 0',
    ])
  })

  it('templates are counted in an annotation that only the server sets', () => {
    const changed = { ...plain, template: { ...template, spec: { ...podSpec, hostNetwork: true } } }
    expect(counterOf(sets.created({ spec: plain }).metadata)).toBe('1')
    expect(counterOf(sets.updated({ spec: plain }, { spec: { ...plain, minReadySeconds: 1 } }).metadata)).toBe('1')
    expect(counterOf(sets.updated({ spec: plain }, { spec: changed }).metadata)).toBe('2')
    const annotated = { metadata: { name: 'x', annotations: { [COUNTER]: '7' } }, spec: plain }
    expect(counterOf(sets.created(annotated).metadata)).toBe('7')
    expect(counterOf(sets.updated({ spec: plain }, annotated).metadata)).toBe('1')
  })

  it('warns of a template when it is new', () => {
    const old = { ...podSpec, nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }
    const spec = { ...plain, template: { ...template, spec: old } }
    const want = [
      'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ]
    expect(sets.warnings({ spec })).toEqual(want)
    expect(sets.warnings({ spec: { ...spec, minReadySeconds: 1 } }, { spec })).toEqual([])
    expect(sets.warnings({ spec }, { spec: plain })).toEqual(want)
  })
})
