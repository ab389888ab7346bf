import { describe, expect, it } from 'vitest'
import type { V1Affinity, V1NodeSelectorRequirement, V1Node, V1Pod } from '../../src/apis/generated/types.ts'
import type { Plugin } from '../../src/scheduler/framework.ts'
import { balancedAllocation } from '../../src/scheduler/plugins/balanced-allocation.ts'
import { defaultSpreading } from '../../src/scheduler/plugins/default-spreading.ts'
import { nodeAffinity } from '../../src/scheduler/plugins/node-affinity.ts'
import { nodeName } from '../../src/scheduler/plugins/node-name.ts'
import { nodePorts } from '../../src/scheduler/plugins/node-ports.ts'
import { nodeResourcesFit } from '../../src/scheduler/plugins/node-resources-fit.ts'
import { nodeUnschedulable } from '../../src/scheduler/plugins/node-unschedulable.ts'
import { schedulingGates } from '../../src/scheduler/plugins/scheduling-gates.ts'
import { taintToleration } from '../../src/scheduler/plugins/taint-toleration.ts'
import { aNode, aPod, aSnapshot, refusals, scoresOf } from './builders.ts'

interface Row {
  readonly given: string
  readonly pod: V1Pod
  readonly node: V1Node
  readonly others?: readonly V1Pod[]
  /** Reasons; a `!` in front: no pod that left would change it. */
  readonly want: readonly string[]
}

function filterTable(plugin: Plugin, rows: readonly Row[]): void {
  describe(`${plugin.name} filters`, () => {
    it.each(rows)('$given', ({ pod, node, others, want }) => {
      const said = refusals(plugin, pod, aSnapshot([node], others))
      expect(said.map(({ reason, isUnresolvable }) => `${isUnresolvable ? '!' : ''}${reason}`)).toEqual(want)
    })
  })
}

const on = (name: string, sketch: Parameters<typeof aPod>[0]): V1Pod => aPod({ ...sketch, name, nodeName: 'node' })

filterTable(nodeUnschedulable, [
  { given: 'takes a node that is open', pod: aPod(), node: aNode(), want: [] },
  {
    given: 'refuses a cordoned node',
    pod: aPod(),
    node: aNode({ unschedulable: true }),
    want: ['!node(s) were unschedulable'],
  },
  {
    given: 'takes a cordoned node that the pod tolerates',
    pod: aPod({ spec: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] } }),
    node: aNode({ unschedulable: true }),
    want: [],
  },
])

filterTable(nodeName, [
  { given: 'takes the node that is named', pod: aPod({ nodeName: 'node' }), node: aNode(), want: [] },
  {
    given: 'refuses another',
    pod: aPod({ nodeName: 'other' }),
    node: aNode(),
    want: ["!node(s) didn't match the requested node name"],
  },
])

const TAINTED = aNode({ taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] })
const UNTOLERATED = ['!node(s) had untolerated taint(s)']
const tolerating = (...tolerations: NonNullable<NonNullable<V1Pod['spec']>['tolerations']>): V1Pod =>
  aPod({ spec: { tolerations } })

filterTable(taintToleration, [
  { given: 'refuses NoSchedule', pod: aPod(), node: TAINTED, want: UNTOLERATED },
  {
    given: 'refuses NoExecute',
    pod: aPod(),
    node: aNode({ taints: [{ key: 'a', effect: 'NoExecute' }] }),
    want: UNTOLERATED,
  },
  {
    given: 'lets PreferNoSchedule be',
    pod: aPod(),
    node: aNode({ taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }),
    want: [],
  },
  { given: 'knows the equal value', pod: tolerating({ key: 'gpu', value: 'yes' }), node: TAINTED, want: [] },
  { given: 'knows another value', pod: tolerating({ key: 'gpu', value: 'no' }), node: TAINTED, want: UNTOLERATED },
  { given: 'knows Exists', pod: tolerating({ key: 'gpu', operator: 'Exists' }), node: TAINTED, want: [] },
  { given: 'knows Exists of everything', pod: tolerating({ operator: 'Exists' }), node: TAINTED, want: [] },
  {
    given: 'knows another effect',
    pod: tolerating({ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }),
    node: TAINTED,
    want: UNTOLERATED,
  },
])

const MISMATCH = ["!node(s) didn't match Pod's node affinity/selector"]
const requiring = (...matchExpressions: V1NodeSelectorRequirement[]): V1Pod => {
  const required = { nodeSelectorTerms: [{ matchExpressions }] }
  return aPod({ spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } } })
}
const named = (...names: string[]): V1Affinity => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: names.map((name) => ({
        matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }],
      })),
    },
  },
})
const LABELED = aNode({ labels: { zone: 'a', cores: '8' } })

filterTable(nodeAffinity, [
  { given: 'matches a selector', pod: aPod({ spec: { nodeSelector: { zone: 'a' } } }), node: LABELED, want: [] },
  { given: 'misses a selector', pod: aPod({ spec: { nodeSelector: { zone: 'b' } } }), node: LABELED, want: MISMATCH },
  { given: 'In', pod: requiring({ key: 'zone', operator: 'In', values: ['b', 'a'] }), node: LABELED, want: [] },
  { given: 'NotIn', pod: requiring({ key: 'zone', operator: 'NotIn', values: ['a'] }), node: LABELED, want: MISMATCH },
  {
    given: 'NotIn of an absent label',
    pod: requiring({ key: 'x', operator: 'NotIn', values: ['a'] }),
    node: LABELED,
    want: [],
  },
  { given: 'Exists', pod: requiring({ key: 'x', operator: 'Exists' }), node: LABELED, want: MISMATCH },
  {
    given: 'Exists of what every object has',
    pod: requiring({ key: 'constructor', operator: 'Exists' }),
    node: LABELED,
    want: MISMATCH,
  },
  { given: 'DoesNotExist', pod: requiring({ key: 'x', operator: 'DoesNotExist' }), node: LABELED, want: [] },
  {
    given: 'Gt as numbers, not text',
    pod: requiring({ key: 'cores', operator: 'Gt', values: ['10'] }),
    node: LABELED,
    want: MISMATCH,
  },
  {
    given: 'Lt as numbers, not text',
    pod: requiring({ key: 'cores', operator: 'Lt', values: ['10'] }),
    node: LABELED,
    want: [],
  },
  {
    given: 'Gt of what is no number',
    pod: requiring({ key: 'zone', operator: 'Gt', values: ['1'] }),
    node: LABELED,
    want: MISMATCH,
  },
  { given: 'an empty term matches nothing', pod: requiring(), node: LABELED, want: MISMATCH },
  { given: 'a field names the node', pod: aPod({ spec: { affinity: named('node') } }), node: LABELED, want: [] },
  {
    given: 'one of several terms is enough',
    pod: aPod({ spec: { affinity: named('x', 'node') } }),
    node: LABELED,
    want: [],
  },
])

const TAKEN = ["node(s) didn't have free ports for the requested pod ports"]

filterTable(nodePorts, [
  {
    given: 'takes a free port',
    pod: aPod({ hostPort: 80 }),
    node: aNode(),
    others: [on('a', { hostPort: 81 })],
    want: [],
  },
  {
    given: 'refuses a taken port',
    pod: aPod({ hostPort: 80 }),
    node: aNode(),
    others: [on('a', { hostPort: 80 })],
    want: TAKEN,
  },
  {
    given: 'keeps addresses apart',
    pod: aPod({ hostPort: 80, hostIP: '10.0.0.1' }),
    node: aNode(),
    others: [on('a', { hostPort: 80, hostIP: '10.0.0.2' })],
    want: [],
  },
  {
    given: 'takes the empty address for all addresses',
    pod: aPod({ hostPort: 80, hostIP: '' }),
    node: aNode(),
    others: [on('a', { hostPort: 80, hostIP: '10.0.0.2' })],
    want: TAKEN,
  },
  {
    given: 'forgets the ports of pods that have ended',
    pod: aPod({ hostPort: 80 }),
    node: aNode(),
    others: [on('a', { hostPort: 80, status: { phase: 'Succeeded' } })],
    want: [],
  },
  {
    given: 'leaves out init containers that end',
    pod: aPod({
      spec: { initContainers: [{ name: 'i', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] },
    }),
    node: aNode(),
    others: [on('a', { hostPort: 80 })],
    want: [],
  },
])

filterTable(nodeResourcesFit, [
  { given: 'takes what just fits', pod: aPod({ cpu: '4', memory: '8Gi' }), node: aNode(), want: [] },
  {
    given: 'refuses what others use',
    pod: aPod({ cpu: '3' }),
    node: aNode(),
    others: [on('a', { cpu: '1500m' })],
    want: ['Insufficient cpu'],
  },
  {
    given: 'says when no node of that size would do',
    pod: aPod({ memory: '9Gi' }),
    node: aNode(),
    want: ['!Insufficient memory'],
  },
  {
    given: 'names everything that is short',
    pod: aPod({ cpu: '5', memory: '9Gi' }),
    node: aNode({ pods: '0' }),
    want: ['Too many pods', '!Insufficient cpu', '!Insufficient memory'],
  },
  {
    given: 'a request of nothing fits a node that is over-committed',
    pod: aPod({ cpu: '0' }),
    node: aNode({ cpu: '1' }),
    others: [on('a', { cpu: '2' })],
    want: [],
  },
  {
    given: 'the init step that needs most counts',
    pod: aPod({
      cpu: '1',
      spec: { initContainers: [{ name: 'i', image: 'i', resources: { requests: { cpu: '5' } } }] },
    }),
    node: aNode(),
    want: ['!Insufficient cpu'],
  },
  {
    given: 'sidecars count beside the containers',
    pod: aPod({
      spec: {
        containers: [{ name: 'main', image: 'i', resources: { requests: { cpu: '3' } } }],
        initContainers: [{ name: 's', image: 'i', restartPolicy: 'Always', resources: { requests: { cpu: '2' } } }],
      },
    }),
    node: aNode(),
    want: ['!Insufficient cpu'],
  },
  {
    given: 'overhead counts',
    pod: aPod({ cpu: '4', spec: { overhead: { cpu: '1m' } } }),
    node: aNode(),
    want: ['!Insufficient cpu'],
  },
])

describe('scores', () => {
  const two = (one: Parameters<typeof aNode>[0], other: Parameters<typeof aNode>[0]): V1Node[] => [
    aNode({ ...one, name: 'one' }),
    aNode({ ...other, name: 'other' }),
  ]

  it('prefer the node with more room', () => {
    const snapshot = aSnapshot(two({}, {}), [aPod({ name: 'a', nodeName: 'one', cpu: '2', memory: '4Gi' })])
    expect(scoresOf(nodeResourcesFit, aPod({ cpu: '1', memory: '2Gi' }), snapshot)).toEqual([25, 75])
  })

  it('prefer a balance of CPU and memory', () => {
    const snapshot = aSnapshot(two({}, { memory: '2Gi' }))
    expect(scoresOf(balancedAllocation, aPod({ cpu: '2', memory: '1Gi' }), snapshot)).toEqual([81, 100])
  })

  it('say nothing of the balance for a pod that asks for nothing', () => {
    expect(scoresOf(balancedAllocation, aPod(), aSnapshot(two({}, { memory: '2Gi' })))).toEqual([0, 0])
  })

  it('avoid PreferNoSchedule', () => {
    const snapshot = aSnapshot(two({ taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }, {}))
    expect(scoresOf(taintToleration, aPod(), snapshot)).toEqual([0, 100])
    expect(scoresOf(taintToleration, tolerating({ operator: 'Exists' }), snapshot)).toEqual([100, 100])
  })

  it('weigh preferred terms', () => {
    const preference = (value: string, weight: number): { weight: number; preference: object } => ({
      weight,
      preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: [value] }] },
    })
    const preferredDuringSchedulingIgnoredDuringExecution = [preference('a', 20), preference('b', 80)]
    const pod = aPod({ spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution } } } })
    const snapshot = aSnapshot(two({ labels: { zone: 'a' } }, { labels: { zone: 'b' } }))
    expect(scoresOf(nodeAffinity, pod, snapshot)).toEqual([25, 100])
  })

  it('spread the pods of one controller over nodes and zones', () => {
    const zone = 'topology.kubernetes.io/zone'
    const nodes = ['a', 'a', 'b'].map((at, index) => aNode({ name: `n${String(index)}`, labels: { [zone]: at } }))
    const snapshot = aSnapshot(nodes, [aPod({ name: 'x', nodeName: 'n0', ownerUid: 'set' })])
    expect(scoresOf(defaultSpreading, aPod({ ownerUid: 'set' }), snapshot)).toEqual([0, 50, 100])
    expect(new Set(scoresOf(defaultSpreading, aPod(), snapshot)).size).toBe(1)
  })
})

it('a pod with scheduling gates may not enter the queue', () => {
  const gated = aPod({ spec: { schedulingGates: [{ name: 'a' }] } })
  expect(schedulingGates.preEnqueue?.(gated)).toBe('Scheduling is blocked due to non-empty scheduling gates')
  expect(schedulingGates.preEnqueue?.(aPod())).toBeUndefined()
})
