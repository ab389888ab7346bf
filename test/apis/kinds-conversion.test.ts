/** Kinds with two versions: nothing is lost on the way to the stored form and back. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/apimachinery/meta.ts'
import { eventFromStored, eventToStored } from '../../src/apis/events/conversion.ts'
import { hpaFromStored, hpaToStored } from '../../src/apis/autoscaling/conversion.ts'
import type {
  EventsV1Event,
  V1HorizontalPodAutoscaler,
  V2HorizontalPodAutoscaler,
} from '../../src/apis/generated/types.ts'

const event: EventsV1Event = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'n' },
  eventTime: '2026-01-01T00:00:00.000000Z',
  regarding: { kind: 'Pod', name: 'p' },
  note: 'hello',
  reason: 'Because',
  action: 'Doing',
  type: 'Normal',
  reportingController: 'me',
  reportingInstance: 'me-1',
  deprecatedSource: { component: 'old' },
  deprecatedCount: 2,
  deprecatedFirstTimestamp: '2026-01-01T00:00:00Z',
  deprecatedLastTimestamp: '2026-01-01T00:00:01Z',
}

describe('events', () => {
  it('are stored under the names of core/v1', () => {
    expect(eventToStored(event)).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'n' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      involvedObject: { kind: 'Pod', name: 'p' },
      message: 'hello',
      reason: 'Because',
      action: 'Doing',
      type: 'Normal',
      reportingComponent: 'me',
      reportingInstance: 'me-1',
      source: { component: 'old' },
      count: 2,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:01Z',
    })
  })

  it('come back as they were', () => {
    expect(eventFromStored(eventToStored(event))).toEqual(event)
  })

  it('without a reporter have the empty fields that core/v1 always prints, and lose them on the way back', () => {
    const { reportingController: _controller, reportingInstance: _instance, ...anonymous } = event
    expect(eventToStored(anonymous)).toMatchObject({ reportingComponent: '', reportingInstance: '' })
    expect(eventFromStored(eventToStored(anonymous))).toEqual(anonymous)
  })
})

const target = {
  scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
  minReplicas: 1,
  maxReplicas: 5,
}
const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }

function v2(
  spec: object,
  status: object = { currentMetrics: null, desiredReplicas: 0, currentReplicas: 0 },
): KubeObject {
  const subject: unknown = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec,
    status,
  }
  return subject as V2HorizontalPodAutoscaler
}

describe('autoscalers', () => {
  it('of the first version have one CPU target, which is a metric of the stored one', () => {
    const first: V1HorizontalPodAutoscaler = {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h' },
      spec: { ...target, targetCPUUtilizationPercentage: 50 },
      status: { currentReplicas: 0, desiredReplicas: 0 },
    }
    expect(hpaToStored(first)).toEqual(v2({ ...target, metrics: [cpu] }))
    expect(hpaFromStored(hpaToStored(first))).toEqual(first)
  })

  it.each<[string, object]>([
    [
      'an average per pod',
      { type: 'Pods', pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '10' } } },
    ],
    [
      'an average of a resource',
      { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
    ],
    [
      'a container',
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 9 } },
      },
    ],
    [
      'another object',
      {
        type: 'Object',
        object: {
          describedObject: { kind: 'Service', name: 's' },
          metric: { name: 'hits', selector: { matchLabels: { a: 'b' } } },
          target: { type: 'Value', value: '5' },
        },
      },
    ],
    [
      'an average over another object',
      {
        type: 'Object',
        object: {
          describedObject: { kind: 'Service', name: 's' },
          metric: { name: 'hits' },
          target: { type: 'AverageValue', averageValue: '5' },
        },
      },
    ],
    [
      'something outside',
      {
        type: 'External',
        external: {
          metric: { name: 'queue', selector: { matchLabels: { q: '1' } } },
          target: { type: 'AverageValue', averageValue: '30' },
        },
      },
    ],
  ])('keep %s when they are read and written in the first version', (_what, metric) => {
    const stored = v2({ ...target, metrics: [metric, cpu], behavior: { scaleDown: { selectPolicy: 'Min' } } })
    const first = hpaFromStored(stored)
    expect(first.spec).toEqual({ ...target, targetCPUUtilizationPercentage: 50 })
    expect(Object.keys(first.metadata.annotations ?? {})).toEqual([
      'autoscaling.alpha.kubernetes.io/metrics',
      'autoscaling.alpha.kubernetes.io/behavior',
    ])
    expect(first.metadata.annotations?.['autoscaling.alpha.kubernetes.io/behavior']).toBe(
      '{"ScaleUp":null,"ScaleDown":{"StabilizationWindowSeconds":null,"SelectPolicy":"Min","Policies":null,"Tolerance":null}}',
    )
    expect(hpaToStored(first)).toEqual(stored)
  })

  it('of the first version without any metric look at CPU', () => {
    const first = { metadata: { name: 'h' }, spec: target } as unknown as V1HorizontalPodAutoscaler
    const share = { ...cpu.resource.target, averageUtilization: 80 }
    const want = [{ ...cpu, resource: { ...cpu.resource, target: share } }]
    expect(hpaToStored(first).spec?.metrics).toEqual(want)
  })

  it.each(['[1]', '[null]', '{', '"a"', '[{"type":1}]', '{"ScaleUp":{"Policies":1}}'])(
    'of the first version pass over an annotation that cannot be read: %s',
    (text) => {
      const annotations = Object.fromEntries(
        ['metrics', 'current-metrics', 'behavior', 'conditions'].map((name) => [
          `autoscaling.alpha.kubernetes.io/${name}`,
          text,
        ]),
      )
      const spec = { ...target, targetCPUUtilizationPercentage: 50 }
      const first = { metadata: { name: 'h', annotations }, spec } as unknown as V1HorizontalPodAutoscaler
      expect(hpaToStored(first)).toEqual(v2({ ...target, metrics: [cpu] }))
    },
  )

  it('keep what is reached of CPU, also as an amount', () => {
    const currentMetrics = [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40, averageValue: '200m' } } },
    ]
    const stored = v2({ ...target, metrics: [cpu] }, { currentMetrics, desiredReplicas: 1, currentReplicas: 1 })
    const first = hpaFromStored(stored)
    expect(first.status?.currentCPUUtilizationPercentage).toBe(40)
    expect(hpaToStored(first)).toEqual(stored)
  })

  it('print an amount of CPU that nobody has reported as none', () => {
    const currentMetrics = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40 } } }]
    const stored = v2({ ...target, metrics: [cpu] }, { currentMetrics, desiredReplicas: 1, currentReplicas: 1 })
    expect(hpaFromStored(stored).metadata.annotations?.['autoscaling.alpha.kubernetes.io/current-metrics']).toBe(
      '[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":40,"currentAverageValue":"0"}}]',
    )
  })

  it('say how many replicas there are before how many there should be', () => {
    const shown = hpaFromStored(v2(target, { desiredReplicas: 3 })).status
    expect(JSON.stringify(shown)).toBe('{"currentReplicas":0,"desiredReplicas":3}')
  })
})
