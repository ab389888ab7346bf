/** Nodes: addresses for their pods, taints by condition, and what becomes of pods on a node that is down. */
import { describe, expect, it } from 'vitest'
import { event } from '../../../src/apis/core/event/event.ts'
import { node } from '../../../src/apis/core/node/node.ts'
import { pod } from '../../../src/apis/core/pod/pod.ts'
import type { V1Node, V1Pod, V1Taint, V1Toleration } from '../../../src/apis/generated/types.ts'
import { formatTime } from '../../../src/apimachinery/meta.ts'
import { evictionTimeMs } from '../../../src/controllers/node/eviction.ts'
import { nodeController, podCidrController } from '../../../src/controllers/node/node.ts'
import { podGarbageCollector } from '../../../src/controllers/node/orphaned-pods.ts'
import { taintEvictionController } from '../../../src/controllers/node/taint-eviction.ts'
import { planCidrs, planTaints } from '../../../src/controllers/node/plan.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'
import { aPod, anUnboundPod, containers } from '../builders.ts'

/** Events about nodes are in `default`. */
const aWorld = (): ControllersWorld =>
  new ControllersWorld([nodeController('v1.36.0'), podCidrController, taintEvictionController], ['default', 'ns'])

function aNode(name: string, runtime?: string, ready?: string): V1Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, ...(runtime === undefined ? {} : { labels: { 'workernetes.dev/runtime': runtime } }) },
    spec: {},
    status: ready === undefined ? {} : { conditions: [{ type: 'Ready', status: ready }] },
  }
}

describe('pod CIDRs', () => {
  it('are given out lowest first, each once', () => {
    const taken: V1Node = { ...aNode('b'), spec: { podCIDR: '10.244.1.0/24' } }
    const plan = planCidrs([aNode('a'), taken, aNode('c')])
    expect(plan.map(({ node: { metadata }, cidr }) => [metadata.name, cidr])).toEqual([
      ['a', '10.244.0.0/24'],
      ['c', '10.244.2.0/24'],
    ])
  })
  it('end with the 256th node', () => {
    const nodes = Array.from({ length: 257 }, (_, index) => aNode(`n${String(index)}`))
    expect(planCidrs(nodes).at(-1)?.cidr).toBeUndefined()
  })
  it('differ for nodes that come at the same time', async () => {
    const world = aWorld()
    for (const name of ['a', 'b', 'c']) await world.api.create(node, aNode(name, 'simulated'))
    await world.settle()
    const { items } = await world.api.list(node)
    expect(items.map(({ spec }) => spec?.podCIDR)).toEqual(['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24'])
  })
})

describe('a node of the platform', () => {
  it.each(['simulated', 'isolates', 'containers'])('with runtime %s is ready by assertion', async (runtime) => {
    const world = aWorld()
    await world.api.create(node, aNode('n', runtime))
    await world.settle()
    const { status, spec } = await world.api.get(node, { name: 'n' })
    expect(status?.conditions?.map(({ type, status: is }) => [type, is])).toEqual([
      ['MemoryPressure', 'False'],
      ['DiskPressure', 'False'],
      ['PIDPressure', 'False'],
      ['Ready', 'True'],
    ])
    expect(status?.addresses).toEqual([
      { type: 'InternalIP', address: '10.244.0.1' },
      { type: 'Hostname', address: 'n' },
    ])
    expect(Object.keys(status?.allocatable ?? {}).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory', 'pods'])
    expect(spec?.taints).toBeUndefined()
  })
  it('is said once to be registered', async () => {
    const world = aWorld()
    await world.api.create(node, aNode('n', 'simulated'))
    await world.settle()
    await world.api.patch(node, { name: 'n' }, 'merge', { metadata: { labels: { zone: 'a' } } })
    await world.settle()
    const { items } = await world.api.list(event, { namespace: 'default' })
    expect(items.map(({ source, reason, message, count }) => [source?.component, reason, message, count])).toEqual([
      ['node-controller', 'RegisteredNode', 'Node n event: Registered Node n in Controller', 1],
    ])
  })

  it('keeps the capacity it was made with', async () => {
    const world = aWorld()
    await world.api.create(node, { ...aNode('n', 'simulated'), status: { capacity: { cpu: '4' } } })
    await world.settle()
    expect((await world.api.get(node, { name: 'n' })).status?.allocatable).toMatchObject({ cpu: '4', pods: '110' })
  })
  it('says what it runs, as far as it has not said so itself', async () => {
    const world = aWorld()
    const own = { machineID: '', systemUUID: '', bootID: '', kernelVersion: '6.1', kubeProxyVersion: '' }
    const unsaid = { osImage: '', kubeletVersion: '', containerRuntimeVersion: '' }
    const nodeInfo = { ...own, ...unsaid, operatingSystem: '', architecture: '' }
    await world.api.create(node, { ...aNode('n', 'simulated'), status: { nodeInfo } })
    await world.settle()
    expect((await world.api.get(node, { name: 'n' })).status?.nodeInfo).toEqual({
      ...own,
      osImage: 'Workernetes',
      containerRuntimeVersion: 'simulated://v1.36.0',
      kubeletVersion: 'v1.36.0',
      operatingSystem: 'linux',
      architecture: 'amd64',
    })
  })
})

describe('taints', () => {
  const table: readonly [string, V1Node, string[]][] = [
    ['none on a ready node', aNode('n', undefined, 'True'), []],
    ['on a node that is not ready', aNode('n', undefined, 'False'), ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    [
      'on a node that is not heard of',
      aNode('n', undefined, 'Unknown'),
      ['unreachable:NoSchedule', 'unreachable:NoExecute'],
    ],
    ['on a node that has not said anything yet', aNode('n'), ['not-ready:NoSchedule']],
    [
      'on a cordoned node',
      { ...aNode('n', undefined, 'True'), spec: { unschedulable: true } },
      ['unschedulable:NoSchedule'],
    ],
    [
      'of a pressure',
      {
        ...aNode('n'),
        status: {
          conditions: [
            { type: 'Ready', status: 'True' },
            { type: 'DiskPressure', status: 'True' },
          ],
        },
      },
      ['disk-pressure:NoSchedule'],
    ],
    [
      'that are over go, those of others stay',
      {
        ...aNode('n', undefined, 'True'),
        spec: {
          taints: [
            { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
            { key: 'own', effect: 'NoSchedule' },
          ],
        },
      },
      ['own:NoSchedule'],
    ],
  ]
  it.each(table)('%s', (_name, subject, want) => {
    const taints = planTaints(subject, 0).map(
      ({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`,
    )
    expect(taints).toEqual(want)
  })
})

describe('when a pod must go', () => {
  const down: V1Taint = {
    key: 'node.kubernetes.io/not-ready',
    effect: 'NoExecute',
    timeAdded: '1970-01-01T00:00:10Z',
  }
  const table: readonly [string, V1Toleration[], number | undefined][] = [
    ['at once without a toleration', [], 0],
    ['never with one without an end', [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }], undefined],
    [
      'after its seconds',
      [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
      310_000,
    ],
    ['at once with one for another taint', [{ key: 'other', operator: 'Exists' }], 0],
    [
      'after the shortest of several',
      [
        { operator: 'Exists', tolerationSeconds: 300 },
        { operator: 'Exists', tolerationSeconds: 5 },
      ],
      15_000,
    ],
  ]
  it.each(table)('%s', (_name, tolerations, want) => {
    const one: V1Pod = { ...aPod(), spec: { containers: [], tolerations } }
    expect(evictionTimeMs(one, [down])).toBe(want)
  })

  it('is marked not ready first, and then evicted', async () => {
    const world = aWorld()
    world.hasKubelet = false
    const tolerations = [
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ]
    const { status, ...one } = aPod({ name: 'p', isReady: true })
    const made = await world.api.create(pod, { ...one, spec: { containers, nodeName: 'n', tolerations } })
    await world.api.updateStatus(pod, { ...made, ...(status === undefined ? {} : { status }) })
    await world.api.create(node, aNode('n', undefined, 'Unknown'))
    const evictedMs = world.clock.now() + 300_000
    await world.advance(299_000)
    const [held] = world.pods()
    expect([held?.status?.conditions?.[0]?.status, held?.metadata.deletionTimestamp]).toEqual(['False', undefined])
    await world.advance(32_000)
    const [evicted] = world.pods()
    expect(evicted?.metadata.deletionTimestamp).toBeDefined()
    expect(evicted?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      observedGeneration: 1,
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: formatTime(evictedMs),
    })
    const { items } = await world.api.list(event, { namespace: 'ns' })
    expect(items.map(({ type, source, reason, message }) => [type, source?.component, reason, message])).toEqual([
      ['Warning', 'node-controller', 'NodeNotReady', 'Node is not ready'],
      ['Normal', 'taint-eviction-controller', 'TaintManagerEviction', 'Marking for deletion Pod ns/p'],
    ])
  })

  it('is marked Failed and removed when its node has been gone for 40 s, but not when the node came back', async () => {
    const world = new ControllersWorld([podGarbageCollector])
    world.hasKubelet = false
    const one = anUnboundPod('p')
    for (const name of ['gone', 'back']) {
      await world.api.create(node, aNode(name))
      await world.api.create(pod, { ...one, metadata: { ...one.metadata, name }, spec: { containers, nodeName: name } })
      await world.api.delete(node, { name })
    }
    await world.advance(39_000)
    expect(world.pods()).toHaveLength(2)
    await world.api.create(node, aNode('back'))
    await world.advance(1_000)
    expect(world.pods().map(({ metadata }) => metadata.name)).toEqual(['back'])
    const last = world.api.store('ns').changes({ after: 0, limit: 100 }).findLast(({ type }) => type === 'DELETED')
    expect((JSON.parse(last?.text ?? '{}') as V1Pod).status).toMatchObject({
      phase: 'Failed',
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC' }),
      ]) as unknown,
    })
    expect(world.errors).toEqual([])
  })
})
