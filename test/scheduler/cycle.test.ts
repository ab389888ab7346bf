import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { V1Node, V1Pod } from '../../src/apis/generated/types.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { scheduleOne, totalScores } from '../../src/scheduler/cycle.ts'
import type { CycleResult } from '../../src/scheduler/cycle.ts'
import type { CycleState } from '../../src/scheduler/framework.ts'
import { DEFAULT_PROFILE } from '../../src/scheduler/profile.ts'
import type { Snapshot } from '../../src/scheduler/snapshot.ts'
import { podOnNode } from '../../src/scheduler/snapshot.ts'
import { aNode, aPod, aSnapshot } from './builders.ts'

const decide = (pod: V1Pod, snapshot: Snapshot): CycleResult =>
  scheduleOne(DEFAULT_PROFILE, pod, snapshot, seededRandom(1))

function messageOf(pod: V1Pod, nodes: readonly V1Node[]): string {
  const result = decide(pod, aSnapshot(nodes))
  return result.isScheduled ? `scheduled on ${result.node.name}` : result.message
}

const ZONE = 'topology.kubernetes.io/zone'
const TAINT = { key: 'a', effect: 'NoSchedule' }
const byName = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n0'] }] }],
    },
  },
}
const many = (count: number, sketch: Parameters<typeof aNode>[0], from = 0): V1Node[] =>
  Array.from({ length: count }, (_, index) => aNode({ ...sketch, name: `n${String(from + index)}` }))

describe('a pod that fits nowhere is told', () => {
  const NONE = 'no new claims to deallocate, preemption:'
  it.each([
    { given: 'no nodes', pod: aPod(), nodes: [], want: 'no nodes available to schedule pods' },
    {
      given: 'nodes of which each has its own reason',
      pod: aPod({ cpu: '2' }),
      nodes: [...many(1, { cpu: '1' }), ...many(2, { taints: [TAINT] }, 1), ...many(1, { pods: '0' }, 3)],
      want:
        '0/4 nodes are available: 1 Insufficient cpu, 1 Too many pods, 2 node(s) had untolerated taint(s). ' +
        `${NONE} 0/4 nodes are available: 1 No preemption victims found for incoming pod, ` +
        '3 Preemption is not helpful for scheduling.',
    },
    {
      given: 'counts sorted as text',
      pod: aPod(),
      nodes: [...many(10, { unschedulable: true }), ...many(2, { pods: '0' }, 10)],
      want:
        '0/12 nodes are available: 10 node(s) were unschedulable, 2 Too many pods. ' +
        `${NONE} 0/12 nodes are available: 10 Preemption is not helpful for scheduling, ` +
        '2 No preemption victims found for incoming pod.',
    },
    {
      given: 'a node by name that is full',
      pod: aPod({ cpu: '2', spec: { affinity: byName } }),
      nodes: many(3, { cpu: '1' }),
      want:
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. " +
        `${NONE} 0/3 nodes are available: 3 Preemption is not helpful for scheduling.`,
    },
    {
      given: 'a pod that never preempts',
      pod: aPod({ spec: { preemptionPolicy: 'Never' } }),
      nodes: many(1, { pods: '0' }),
      want: `0/1 nodes are available: 1 Too many pods. ${NONE} not eligible due to preemptionPolicy=Never.`,
    },
  ])('$given', ({ pod, nodes, want }) => {
    expect(messageOf(pod, nodes)).toBe(want)
  })
})

const node = fc.record({
  cpu: fc.constantFrom('1', '2', '4'),
  memory: fc.constantFrom('1Gi', '4Gi'),
  pods: fc.constantFrom('2', '110'),
  zone: fc.constantFrom('a', 'b'),
  unschedulable: fc.boolean(),
  isTainted: fc.boolean(),
  isAvoided: fc.boolean(),
})
const pod = fc.record({
  cpu: fc.constantFrom('100m', '1', '3'),
  memory: fc.constantFrom('64Mi', '2Gi'),
  hostPort: fc.constantFrom(undefined, 80, 81),
  zone: fc.constantFrom(undefined, 'a', 'c'),
  isTolerant: fc.boolean(),
  preferred: fc.constantFrom(undefined, 'a', 'b'),
  owner: fc.constantFrom(undefined, 'one', 'two'),
})

const preferring = (zone: string): NonNullable<NonNullable<V1Pod['spec']>['affinity']> => ({
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 7, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] } },
    ],
  },
})

type PodDraw = typeof pod extends fc.Arbitrary<infer Draw> ? Draw : never

function podOf(one: PodDraw, name: string, nodeName?: string): V1Pod {
  return aPod({
    name,
    cpu: one.cpu,
    memory: one.memory,
    ...(one.hostPort === undefined ? {} : { hostPort: one.hostPort }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(one.owner === undefined ? {} : { ownerUid: one.owner }),
    spec: {
      ...(one.preferred === undefined ? {} : { affinity: preferring(one.preferred) }),
      ...(one.zone === undefined ? {} : { nodeSelector: { zone: one.zone } }),
      tolerations: one.isTolerant ? [{ operator: 'Exists' }] : [],
    },
  })
}

const milli = (text = '0'): number => (text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1_000)
const mebi = (text = '0'): number => Number.parseInt(text) * (text.endsWith('Gi') ? 1_024 : 1)
const ask = (one: V1Pod): Record<string, string> => one.spec?.containers[0]?.resources?.requests ?? {}
const ownerOf = (one: V1Pod): string | undefined => one.metadata.ownerReferences?.[0]?.uid

/** The rules once more, as plainly as can be: every reason why the pod may not go to the node. */
function reasonsAgainst(asked: V1Pod, on: V1Node, there: readonly V1Pod[]): string[] {
  const tolerant = (asked.spec?.tolerations ?? []).length > 0
  const has = on.status?.allocatable ?? {}
  const port = (one: V1Pod): number | undefined => one.spec?.containers[0]?.ports?.[0]?.hostPort
  if (on.spec?.unschedulable === true && !tolerant) return ['node(s) were unschedulable']
  const isTainted = (on.spec?.taints ?? []).some(({ effect }) => effect === 'NoSchedule')
  if (isTainted && !tolerant) return ['node(s) had untolerated taint(s)']
  const zone = asked.spec?.nodeSelector?.['zone']
  if (zone !== undefined && on.metadata.labels?.['zone'] !== zone) {
    return ["node(s) didn't match Pod's node affinity/selector"]
  }
  if (port(asked) !== undefined && there.some((other) => port(other) === port(asked))) {
    return ["node(s) didn't have free ports for the requested pod ports"]
  }
  const all = [...there, asked]
  const cpu = all.reduce((sum, one) => sum + milli(ask(one)['cpu']), 0)
  const memory = all.reduce((sum, one) => sum + mebi(ask(one)['memory']), 0)
  return [
    ...(all.length > Number(has['pods']) ? ['Too many pods'] : []),
    ...(cpu > milli(has['cpu']) ? ['Insufficient cpu'] : []),
    ...(memory > mebi(has['memory']) ? ['Insufficient memory'] : []),
  ]
}

/** What each node is worth to the pod: least allocated, balanced, preferred, not avoided, few of its siblings. */
function worthOf(asked: V1Pod, nodes: readonly V1Node[], others: readonly V1Pod[]): number[] {
  const on = (one: V1Node): readonly V1Pod[] => others.filter(({ spec }) => spec?.nodeName === one.metadata.name)
  const zone = ({ metadata }: V1Node): string | undefined => metadata.labels?.[ZONE]
  const shares = nodes.map((one) => {
    const has = one.status?.allocatable ?? {}
    const all = [...on(one), asked]
    const cpu = all.reduce((sum, other) => sum + milli(ask(other)['cpu']), 0) / milli(has['cpu'])
    const memory = all.reduce((sum, other) => sum + mebi(ask(other)['memory']), 0) / mebi(has['memory'])
    return { cpu, memory }
  })
  const free = (share: number): number => Math.floor(100 * (1 - share) + 1e-9)
  const least = shares.map(({ cpu, memory }) => Math.floor((free(cpu) + free(memory)) / 2))
  const balanced = shares.map(({ cpu, memory }) => Math.floor((1 - Math.abs(cpu - memory) / 2) * 100))
  const scaled = (values: readonly number[]): number[] => {
    const most = Math.max(...values)
    return values.map((value) => (most === 0 ? 0 : Math.floor((value * 100) / most)))
  }
  const isTolerant = (asked.spec?.tolerations ?? []).length > 0
  const avoided = nodes.map(({ spec }) => (isTolerant ? 0 : (spec?.taints ?? []).length))
  const wanted = asked.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.[0]?.preference
  const preferred = nodes.map((one) =>
    wanted?.matchExpressions?.[0]?.values?.[0] === one.metadata.labels?.['zone'] && wanted !== undefined ? 7 : 0,
  )
  const owner = ownerOf(asked)
  const isSibling = (other: V1Pod): boolean => owner !== undefined && ownerOf(other) === owner
  const siblings = nodes.map((one) => {
    const inZone = nodes.filter((other) => zone(other) === zone(one)).flatMap(on)
    return on(one).filter(isSibling).length + (zone(one) === undefined ? 0 : inZone.filter(isSibling).length)
  })
  const [byTaint, byAffinity, bySiblings] = [scaled(avoided), scaled(preferred), scaled(siblings)]
  return nodes.map(
    (_, at) =>
      3 * (100 - (byTaint[at] ?? 0)) +
      2 * (byAffinity[at] ?? 0) +
      (least[at] ?? 0) +
      (balanced[at] ?? 0) +
      2 * (100 - (bySiblings[at] ?? 0)),
  )
}

it('agrees with brute force: the choice is feasible and best, and a refusal names every reason', () => {
  let scheduled = 0
  let refused = 0
  const run = fc.property(
    fc.array(node, { minLength: 1, maxLength: 5 }),
    fc.array(fc.tuple(pod, fc.nat(4)), { maxLength: 6 }),
    pod,
    (nodeSketches, placed, asked) => {
      const nodes = nodeSketches.map(({ zone, isTainted, isAvoided, ...rest }, index) =>
        aNode({
          ...rest,
          name: `n${String(index)}`,
          labels: { zone, [ZONE]: zone },
          taints: [...(isTainted ? [TAINT] : []), ...(isAvoided ? [{ key: 'b', effect: 'PreferNoSchedule' }] : [])],
        }),
      )
      const others = placed.map(([one, at], index) => podOf(one, `o${String(index)}`, `n${String(at % nodes.length)}`))
      const incoming = podOf(asked, 'incoming')
      const snapshot = aSnapshot(nodes, others)
      const reasons = nodes.map((on) =>
        reasonsAgainst(
          incoming,
          on,
          others.filter(({ spec }) => spec?.nodeName === on.metadata.name),
        ),
      )
      const result = decide(incoming, snapshot)
      if (result.isScheduled) {
        scheduled += 1
        const feasible = snapshot.nodes.filter((_, index) => reasons[index]?.length === 0)
        expect(feasible.map(({ name }) => name)).toContain(result.node.name)
        const worth = worthOf(incoming, feasible.map((info) => info.node), others)
        const state: CycleState = new Map(result.state)
        expect(totalScores(DEFAULT_PROFILE, state, incoming, feasible, snapshot)).toEqual(worth)
        expect(worth[feasible.indexOf(result.node)]).toBe(Math.max(...worth))
      } else {
        refused += 1
        expect(reasons.every((why) => why.length > 0)).toBe(true)
        const counts = [...Map.groupBy(reasons.flat(), (why) => why)].map(
          ([why, all]) => `${String(all.length)} ${why}`,
        )
        expect(result.message).toContain(`0/${String(nodes.length)} nodes are available: ${counts.sort().join(', ')}. `)
      }
    },
  )
  fc.assert(run, { numRuns: 500, seed: 42 })
  expect(Math.min(scheduled, refused)).toBeGreaterThan(50)
})

it('decides on 500 pods for 20 nodes well within a second', () => {
  const snapshot = aSnapshot(many(20, { cpu: '64', memory: '256Gi', pods: '1000' }))
  const started = performance.now()
  for (let index = 0; index < 500; index++) {
    const pod = aPod({ name: `p${String(index)}`, cpu: '100m', ownerUid: 'set' })
    const result = decide(pod, snapshot)
    if (result.isScheduled) snapshot.place(podOnNode(pod), result.node.name)
  }
  const tookMs = performance.now() - started
  expect(snapshot.nodes.map(({ pods }) => pods.size)).toEqual(Array.from({ length: 20 }, () => 25))
  expect(tookMs).toBeLessThan(1_000)
})
