/**
 * What the scheduler knows of the cluster: nodes, and what the pods on them use. Fed change by change; a pod that was
 * just given a node is assumed there until its own change confirms it. Invariant: a node's sums are those of the pods
 * it lists. Knows nothing of where changes come from.
 */
import type { V1Node, V1Pod } from '../apis/generated/types.ts'
import type { ResourceAmounts } from './resources.ts'
import { addAmounts, amountsOf, isSidecar, nonZeroRequests, podRequests } from './resources.ts'

export interface PodOnNode {
  readonly uid: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** Uid of the controller that owns it; '' for none. */
  readonly ownerUid: string
  readonly requests: ResourceAmounts
  readonly nonZero: ResourceAmounts
  readonly hostPorts: readonly HostPort[]
}

export interface HostPort {
  readonly address: string
  readonly protocol: string
  readonly port: number
}

export interface NodeInfo {
  readonly name: string
  readonly node: V1Node
  readonly allocatable: ResourceAmounts
  readonly requested: ResourceAmounts
  readonly nonZeroRequested: ResourceAmounts
  readonly pods: ReadonlyMap<string, PodOnNode>
  /** How many of them each controller owns, by its uid. */
  readonly podsByOwner: ReadonlyMap<string, number>
}

interface MutableNodeInfo extends NodeInfo {
  node: V1Node
  allocatable: ResourceAmounts
  readonly pods: Map<string, PodOnNode>
  readonly podsByOwner: Map<string, number>
}

/** A pod on a node counts until it has ended. */
export function usesNode(pod: V1Pod): boolean {
  const phase = pod.status?.phase
  return (pod.spec?.nodeName ?? '') !== '' && phase !== 'Succeeded' && phase !== 'Failed'
}

export function podOnNode(pod: V1Pod): PodOnNode {
  return {
    uid: pod.metadata.uid ?? '',
    namespace: pod.metadata.namespace ?? '',
    labels: pod.metadata.labels ?? {},
    ownerUid: pod.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid ?? '',
    requests: podRequests(pod),
    nonZero: nonZeroRequests(pod),
    hostPorts: hostPortsOf(pod),
  }
}

/** The ports that the pod takes on its node while it runs; init containers other than sidecars come and go. */
export function hostPortsOf(pod: V1Pod): HostPort[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter(isSidecar)
  return [...(pod.spec?.containers ?? []), ...sidecars].flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, hostIP, protocol, containerPort }) => {
      const port = pod.spec?.hostNetwork === true ? (hostPort ?? containerPort) : (hostPort ?? 0)
      return port > 0 ? [{ address: hostIP || '0.0.0.0', protocol: protocol || 'TCP', port }] : []
    }),
  )
}

export class Snapshot {
  readonly #nodes = new Map<string, MutableNodeInfo>()
  /** Pod uid → the node it is counted on, also for nodes that are not known (yet). */
  readonly #places = new Map<string, { readonly nodeName: string; readonly pod: PodOnNode }>()

  get nodes(): readonly NodeInfo[] {
    return [...this.#nodes.values()].filter(({ node }) => node.metadata.deletionTimestamp === undefined)
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name)
  }

  setNode(node: V1Node): void {
    const name = node.metadata.name ?? ''
    const allocatable = amountsOf(node.status?.allocatable ?? node.status?.capacity)
    const known = this.#nodes.get(name)
    if (known !== undefined) {
      known.node = node
      known.allocatable = allocatable
      return
    }
    const info: MutableNodeInfo = {
      name,
      node,
      allocatable,
      requested: {},
      nonZeroRequested: {},
      pods: new Map(),
      podsByOwner: new Map(),
    }
    this.#nodes.set(name, info)
    for (const place of this.#places.values()) if (place.nodeName === name) count(info, place.pod)
  }

  removeNode(name: string): void {
    this.#nodes.delete(name)
  }

  /** Whether the pod is counted somewhere. */
  has(uid: string): boolean {
    return this.#places.has(uid)
  }

  /** Counts `pod` where its spec says, or no longer when it has ended. */
  setPod(pod: V1Pod): void {
    if (usesNode(pod)) this.place(podOnNode(pod), pod.spec?.nodeName ?? '')
    else this.removePod(pod.metadata.uid ?? '')
  }

  /** Counts a pod on a node: also before it is bound, as an assumption that {@link removePod} takes back. */
  place(pod: PodOnNode, nodeName: string): void {
    this.removePod(pod.uid)
    this.#places.set(pod.uid, { nodeName, pod })
    const info = this.#nodes.get(nodeName)
    if (info !== undefined) count(info, pod)
  }

  removePod(uid: string): void {
    const place = this.#places.get(uid)
    if (place === undefined) return
    this.#places.delete(uid)
    const info = this.#nodes.get(place.nodeName)
    if (info === undefined || !info.pods.delete(uid)) return
    addAmounts(info.requested, place.pod.requests, -1)
    addAmounts(info.nonZeroRequested, place.pod.nonZero, -1)
    countOwner(info, place.pod, -1)
  }
}

function count(info: MutableNodeInfo, pod: PodOnNode): void {
  info.pods.set(pod.uid, pod)
  addAmounts(info.requested, pod.requests)
  addAmounts(info.nonZeroRequested, pod.nonZero)
  countOwner(info, pod, 1)
}

function countOwner({ podsByOwner }: MutableNodeInfo, { ownerUid }: PodOnNode, sign: 1 | -1): void {
  if (ownerUid === '') return
  const count = (podsByOwner.get(ownerUid) ?? 0) + sign
  if (count === 0) podsByOwner.delete(ownerUid)
  else podsByOwner.set(ownerUid, count)
}
