/**
 * HorizontalPodAutoscalers and PodDisruptionBudgets: given → want, texts of
 * pkg/apis/{autoscaling,policy}/validation/validation.go.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const scalers = new Subject('autoscaling/v2', 'HorizontalPodAutoscaler')
const scalersV1 = new Subject('autoscaling/v1', 'HorizontalPodAutoscaler')
const budgets = new Subject('policy/v1', 'PodDisruptionBudget')
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const plain = { scaleTargetRef, maxReplicas: 3 }
const withMetric = (...metrics: object[]): object => ({ spec: { ...plain, metrics } })
const utilization = { type: 'Utilization', averageUtilization: 80 }
const cpu = { type: 'Resource', resource: { name: 'cpu', target: utilization } }
const TYPES =
  'supported values: "ContainerResource", "External", "Object", "Pods", "Resource"'
const METRIC = 'spec.metrics[0]'

const CREATES: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: plain }, want: [] },
  {
    what: 'what it scales, and how far, is required',
    given: { spec: {} },
    want: [
      'spec.maxReplicas: Required value: must be set and greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
      'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
    ],
  },
  {
    what: 'nothing is scaled to zero',
    given: { spec: { ...plain, minReplicas: 0 } },
    want: [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  },
  {
    what: 'the most is not less than the least',
    given: { spec: { ...plain, minReplicas: 4, maxReplicas: -1 } },
    want: [
      'spec.maxReplicas: Invalid value: -1: must be greater than or equal to 1',
      'spec.maxReplicas: Invalid value: -1: must be greater than or equal to `minReplicas`',
    ],
  },
  {
    what: 'a controller of the core group needs no group',
    given: { spec: { ...plain, scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'a' } } },
    want: [],
  },
  {
    what: 'a target has a version',
    given: { spec: { ...plain, scaleTargetRef: { apiVersion: 'a/b/c', kind: 'a/b', name: '..' } } },
    want: [
      `spec.scaleTargetRef.kind: Invalid value: "a/b": may not contain '/'`,
      `spec.scaleTargetRef.name: Invalid value: "..": may not be '..'`,
      'spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
    ],
  },
  {
    what: 'a metric has a type',
    given: withMetric({}),
    want: [
      `${METRIC}.type: Required value: must specify a metric source type`,
      `${METRIC}.type: Unsupported value: "": ${TYPES}`,
      `${METRIC}.type: Unsupported value: "": ${TYPES}`,
    ],
  },
  {
    what: 'a metric has the source of its type',
    given: withMetric({ type: 'Pods', resource: cpu.resource }),
    want: [`${METRIC}.pods: Required value: must populate information for the given metric source`],
  },
  {
    what: 'a metric has one source',
    given: withMetric({ ...cpu, pods: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '1' } } }),
    want: [`${METRIC}.pods: Forbidden: must populate the given metric source only`],
  },
  {
    what: 'a resource has a name, and one target',
    given: withMetric({ type: 'Resource', resource: { target: { ...utilization, averageValue: '-1' } } }),
    want: [
      `${METRIC}.resource.name: Required value: must specify a resource name`,
      `${METRIC}.resource.target.averageValue: Invalid value: "-1": must be positive`,
      `${METRIC}.resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization`,
    ],
  },
  {
    what: 'a target has a type and a number',
    given: withMetric({ type: 'Resource', resource: { name: 'cpu', target: { type: '', averageUtilization: 0 } } }),
    want: [
      `${METRIC}.resource.target.type: Required value: must specify a metric target type`,
      `${METRIC}.resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue`,
      `${METRIC}.resource.target.averageUtilization: Invalid value: 0: must be greater than 0`,
    ],
  },
  {
    what: 'a resource of a container says which',
    given: withMetric({
      type: 'ContainerResource',
      containerResource: { name: 'storage', container: '', target: { type: 'Utilization' } },
    }),
    want: [
      `${METRIC}.containerResource.name: Invalid value: "storage": must be a standard resource for containers`,
      `${METRIC}.containerResource.container: Required value: must specify a container`,
      `${METRIC}.containerResource.target.averageUtilization: Required value: must set either a target raw value or a target utilization`,
    ],
  },
  {
    what: 'a metric of pods has a name and a value',
    given: withMetric({ type: 'Pods', pods: { metric: { name: '' }, target: { type: 'AverageValue' } } }),
    want: [
      `${METRIC}.pods.metric.name: Required value: must specify a metric name`,
      `${METRIC}.pods.target.averageValue: Required value: must specify a positive target averageValue`,
    ],
  },
  {
    what: 'a metric of an object says of which',
    given: withMetric({
      type: 'Object',
      object: { describedObject: { kind: 'Service', name: '' }, metric: { name: 'a/b' }, target: { type: 'Value' } },
    }),
    want: [
      `${METRIC}.object.describedObject.name: Required value`,
      `${METRIC}.object.metric.name: Invalid value: "a/b": may not contain '/'`,
      `${METRIC}.object.target.averageValue: Required value: must set either a target value or averageValue`,
    ],
  },
  {
    what: 'a metric from outside has one value',
    given: withMetric({
      type: 'External',
      external: { metric: { name: 'a' }, target: { type: 'Value', value: '1', averageValue: '1' } },
    }),
    want: [
      `${METRIC}.external.target.value: Forbidden: may not set both a target value for metric and a per-pod target`,
    ],
  },
  {
    what: 'a metric from outside has a value',
    given: withMetric({ type: 'External', external: { metric: { name: 'a' }, target: { type: 'Value' } } }),
    want: [
      `${METRIC}.external.target.averageValue: Required value: must set either a target value for metric or a per-pod target`,
    ],
  },
  {
    what: 'a list of no policies is not one that is left out',
    given: { spec: { ...plain, behavior: { scaleUp: { policies: [] }, scaleDown: {} } } },
    want: ['spec.behavior.scaleUp.policies: Required value: must specify at least one Policy'],
  },
  {
    what: 'rules of behavior have limits',
    given: {
      spec: {
        ...plain,
        behavior: {
          scaleUp: { stabilizationWindowSeconds: -1, selectPolicy: 'Any', tolerance: '-0.1' },
          scaleDown: {
            stabilizationWindowSeconds: 3601,
            policies: [{ type: 'Any', value: 0, periodSeconds: 0 }, { type: 'Pods', value: 1, periodSeconds: 1801 }],
          },
        },
      },
    },
    want: [
      'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero',
      'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Any": supported values: "Disabled", "Max", "Min"',
      'spec.behavior.scaleUp.tolerance: Invalid value: "-100m": must be greater than or equal to 0',
      'spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
      'spec.behavior.scaleDown.policies[0].type: Unsupported value: "Any": supported values: "Percent", "Pods"',
      'spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than zero',
      'spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 0: must be greater than zero',
      'spec.behavior.scaleDown.policies[1].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
    ],
  },
]

const coreTarget = { ...plain, scaleTargetRef: { apiVersion: 'v1', kind: 'Thing', name: 'a' } }
const UPDATES: readonly UpdateRow[] = [
  {
    what: 'a target that stays is not asked for its group',
    from: { spec: coreTarget },
    to: { spec: coreTarget },
    want: [],
  },
  {
    what: 'a new target is',
    from: { spec: plain },
    to: { spec: coreTarget },
    want: ['spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group'],
  },
]

const V1_ROWS: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: { ...plain, targetCPUUtilizationPercentage: 50 } }, want: [] },
  {
    what: 'its one target is judged where it is stored',
    given: { spec: { ...plain, maxReplicas: 0, targetCPUUtilizationPercentage: 0 } },
    want: [
      'spec.maxReplicas: Required value: must be set and greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      `${METRIC}.resource.target.averageUtilization: Invalid value: 0: must be greater than 0`,
    ],
  },
]

const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'
const V1_RULES: Row = {
  what: 'rules in its annotation have no defaults',
  given: {
    metadata: { name: 'x', namespace: 'default', annotations: { [BEHAVIOR]: '{"ScaleUp":{"SelectPolicy":"Max"}}' } },
    spec: plain,
  },
  want: ['spec.behavior.scaleUp.policies: Required value: must specify at least one Policy'],
}

const BUDGETS: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: { minAvailable: 1, selector: {} } }, want: [] },
  {
    what: 'one of the two is said',
    given: { spec: { minAvailable: 1, maxUnavailable: '101%' } },
    want: [
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"101%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
      'spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ],
  },
  {
    what: 'a number is not negative, and the policy is a known one',
    given: {
      spec: {
        minAvailable: -1,
        selector: { matchExpressions: [{ key: 'a', operator: 'Is' }] },
        unhealthyPodEvictionPolicy: 'Any',
      },
    },
    want: [
      'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0',
      'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Any": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  },
]

describe('validation of HorizontalPodAutoscalers', () => {
  it.each(CREATES)('$what', ({ given, want }) => {
    expect(scalers.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('on update, $what', ({ from, to, want }) => {
    expect(scalers.onUpdate(from, to)).toEqual(want)
  })

  it.each([...V1_ROWS, V1_RULES])('in the first version, $what', ({ given, want }) => {
    expect(scalersV1.onCreate(given)).toEqual(want)
  })

  it.each([scalers, scalersV1])('counts of a status are not negative', (subject) => {
    const status = { currentReplicas: -1, desiredReplicas: -2 }
    expect(subject.onStatus({ spec: plain }, { spec: plain, status })).toEqual([
      'status.currentReplicas: Invalid value: -1: must be greater than or equal to 0',
      'status.desiredReplicas: Invalid value: -2: must be greater than or equal to 0',
    ])
  })
})

describe('validation of PodDisruptionBudgets', () => {
  it.each(BUDGETS)('$what', ({ given, want }) => {
    expect(budgets.onCreate(given)).toEqual(want)
    expect(budgets.onUpdate({ spec: {} }, given)).toEqual(want)
  })

  it('conditions of a status are whole, and counts are not negative', () => {
    const lastTransitionTime = '2026-01-01T00:00:00Z'
    const ready = { type: 'Ready', status: 'True', reason: 'Fine', message: '', lastTransitionTime }
    const conditions = [ready, { ...ready, status: 'Yes', reason: '-', observedGeneration: -1 }, { type: '' }]
    const status = { conditions, disruptionsAllowed: -1, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }
    expect(budgets.onStatus({ spec: {} }, { spec: {}, status })).toEqual([
      'status.conditions[1].type: Duplicate value: "Ready"',
      'status.conditions[1].status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"',
      'status.conditions[1].observedGeneration: Invalid value: -1: must be greater than or equal to zero',
      `status.conditions[1].reason: Invalid value: "-": a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')`,
      'status.conditions[2].type: Invalid value: "": name part must be non-empty',
      `status.conditions[2].type: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'status.conditions[2].status: Unsupported value: "": supported values: "False", "True", "Unknown"',
      'status.conditions[2].lastTransitionTime: Required value',
      'status.conditions[2].reason: Required value',
      'status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0',
    ])
  })
})
