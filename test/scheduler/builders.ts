/** Pods and nodes for scheduler tests: whole objects of which a test names only what it is about. */
import type { V1Container, V1Node, V1Pod, V1Taint } from '../../src/apis/generated/types.ts'
import type { CycleState, Plugin, Rejection } from '../../src/scheduler/framework.ts'
import { Snapshot } from '../../src/scheduler/snapshot.ts'

export interface PodSketch {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly cpu?: string
  readonly memory?: string
  readonly hostPort?: number
  readonly hostIP?: string
  readonly priority?: number
  readonly nodeName?: string
  readonly ownerUid?: string
  readonly generation?: number
  readonly spec?: Partial<NonNullable<V1Pod['spec']>>
  readonly status?: V1Pod['status']
}

const aPort = (hostPort: number, hostIP?: string): NonNullable<V1Container['ports']>[number] => ({
  containerPort: 80,
  hostPort,
  ...(hostIP === undefined ? {} : { hostIP }),
})

export function aPod(sketch: PodSketch = {}): V1Pod {
  const { name = 'pod', namespace = 'ns', cpu, memory, hostPort, hostIP, priority, nodeName, ownerUid, status } = sketch
  const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
  const ports = hostPort === undefined ? {} : { ports: [aPort(hostPort, hostIP)] }
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'set', uid: ownerUid ?? '', controller: true }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: sketch.uid ?? name,
      generation: sketch.generation ?? 1,
      ...(ownerUid === undefined ? {} : { ownerReferences: [owner] }),
    },
    spec: {
      containers: [{ name: 'main', image: 'i', resources: { requests }, ...ports }],
      ...(priority === undefined ? {} : { priority }),
      ...(nodeName === undefined ? {} : { nodeName }),
      ...sketch.spec,
    },
    ...(status === undefined ? {} : { status }),
  }
}

export interface NodeSketch {
  readonly name?: string
  readonly cpu?: string
  readonly memory?: string
  readonly pods?: string
  readonly labels?: Record<string, string>
  readonly taints?: V1Taint[]
  readonly unschedulable?: boolean
}

export function aNode(sketch: NodeSketch = {}): V1Node {
  const { name = 'node', cpu = '4', memory = '8Gi', pods = '110', labels = {}, taints, unschedulable } = sketch
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { ...(taints === undefined ? {} : { taints }), ...(unschedulable === undefined ? {} : { unschedulable }) },
    status: { allocatable: { cpu, memory, pods } },
  }
}

export function aSnapshot(nodes: readonly V1Node[], pods: readonly V1Pod[] = []): Snapshot {
  const snapshot = new Snapshot()
  for (const node of nodes) snapshot.setNode(node)
  for (const pod of pods) snapshot.setPod(pod)
  return snapshot
}

/** What one plugin says of a pod and the first node. */
export function refusals(plugin: Plugin, pod: V1Pod, snapshot: Snapshot): readonly Rejection[] {
  const state: CycleState = new Map()
  plugin.preFilter?.(state, pod, snapshot)
  const [node] = snapshot.nodes
  if (node === undefined) throw new Error('the snapshot has no node')
  return plugin.filter?.(state, pod, node) ?? []
}

/** One plugin's normalized score of each node, in the snapshot's order. */
export function scoresOf(plugin: Plugin, pod: V1Pod, snapshot: Snapshot): number[] {
  const state: CycleState = new Map()
  plugin.preFilter?.(state, pod, snapshot)
  plugin.preScore?.(state, pod, snapshot.nodes, snapshot)
  const scores = snapshot.nodes.map((node) => plugin.score?.(state, pod, node) ?? 0)
  plugin.normalize?.(scores)
  return scores
}
