/**
 * What the control plane says about nodes: pod CIDRs, the state of nodes that are ready by assertion, taints by
 * condition (kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/nodeipam). Pure.
 */
import { ownValue } from '../../lib/own-value.ts'
import type { V1Node, V1NodeCondition, V1NodeStatus, V1NodeSystemInfo, V1Taint } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'

/** Which runtime a node's pods have, for nodes that are part of the platform. */
export const RUNTIME_LABEL = 'workernetes.dev/runtime'

/** 10.244.0.0/16 in /24s: 256 nodes of a logical cluster. */
export const MAX_NODE_CIDRS = 256

export const podCidr = (index: number): string => `10.244.${String(index)}.0/24`

/** Which node gets which CIDR, lowest free one first; undefined when there are no more. */
export function planCidrs(nodes: readonly V1Node[]): { readonly node: V1Node; readonly cidr: string | undefined }[] {
  const taken = new Set(nodes.flatMap(({ spec }) => [spec?.podCIDR, ...(spec?.podCIDRs ?? [])]))
  let index = 0
  return nodes
    .filter(({ spec, metadata }) => (spec?.podCIDR ?? '') === '' && metadata.deletionTimestamp === undefined)
    .map((node) => {
      while (index < MAX_NODE_CIDRS && taken.has(podCidr(index))) index += 1
      const cidr = index < MAX_NODE_CIDRS ? podCidr(index) : undefined
      index += 1
      return { node, cidr }
    })
}

/** What a node of each runtime offers unless its status says otherwise. */
const CAPACITY: Readonly<Record<string, Record<string, string>>> = {
  simulated: { cpu: '32', memory: '128Gi', 'ephemeral-storage': '256Gi', pods: '110' },
  isolates: { cpu: '1k', memory: '128Gi', 'ephemeral-storage': '0', pods: '1k' },
  containers: { cpu: '100', memory: '400Gi', 'ephemeral-storage': '2Ti', pods: '250' },
}

export function isAsserted({ metadata }: V1Node): boolean {
  return ownValue(CAPACITY, metadata.labels?.[RUNTIME_LABEL] ?? '') !== undefined
}

/** The status of a node that is ready because the platform says so. It has no heartbeat, so that rest is rest. */
export function assertedStatus(node: V1Node, version: string, nowMs: number): V1NodeStatus {
  const { metadata, spec, status = {} } = node
  const offered = ownValue(CAPACITY, metadata.labels?.[RUNTIME_LABEL] ?? '') ?? {}
  const capacity = { ...offered, ...status.capacity }
  const said = (type: string, is: string, reason: string, message: string): V1NodeCondition => {
    const before = status.conditions?.find((condition) => condition.type === type)
    const now = formatTime(nowMs)
    if (before?.status === is && before.reason === reason) return before
    return {
      type,
      status: is,
      reason,
      message,
      lastHeartbeatTime: now,
      lastTransitionTime: before?.status === is ? (before.lastTransitionTime ?? now) : now,
    }
  }
  const asserted = [
    said('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    said('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    said('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    said('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ]
  const types = new Set(asserted.map(({ type }) => type))
  const others = (status.conditions ?? []).filter(({ type }) => !types.has(type))
  return {
    ...status,
    capacity,
    allocatable: { ...capacity, ...status.allocatable },
    conditions: [...others, ...asserted],
    addresses: addressesOf(metadata.name ?? '', spec?.podCIDR),
    nodeInfo: nodeInfo(node, version),
  }
}

/** What `kubectl get nodes` shows of it; whatever the node says of itself stands. */
function nodeInfo({ metadata: { labels = {} }, status }: V1Node, version: string): V1NodeSystemInfo {
  const build = version.split('+').at(-1) ?? version
  const info: V1NodeSystemInfo = {
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: 'workerd',
    osImage: 'Workernetes',
    containerRuntimeVersion: `${labels[RUNTIME_LABEL] ?? ''}://${build}`,
    kubeletVersion: version,
    kubeProxyVersion: '',
    operatingSystem: labels['kubernetes.io/os'] ?? 'linux',
    architecture: labels['kubernetes.io/arch'] ?? 'amd64',
  }
  // An object that was stored has every field, empty when nobody set it.
  const said = Object.entries(status?.nodeInfo ?? {}).filter(([, value]) => value !== '')
  return { ...info, ...Object.fromEntries(said) }
}

/** A node without a machine answers, if at all, at the first address of its pods' range. */
function addressesOf(name: string, cidr: string | undefined): { type: string; address: string }[] {
  const internal = cidr?.replace(/\.0\/\d+$/, '.1')
  return [
    ...(internal === undefined ? [] : [{ type: 'InternalIP', address: internal }]),
    { type: 'Hostname', address: name },
  ]
}

const NOT_READY = 'node.kubernetes.io/not-ready'
const UNREACHABLE = 'node.kubernetes.io/unreachable'

/** Condition → status → taint, NoSchedule (nodeConditionToTaintKeyStatusMap). */
const CONDITION_TAINTS: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
]

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

/** The taints a node is to have: those of its conditions as they are now, and everybody else's as they were. */
export function planTaints({ spec, status }: V1Node, nowMs: number): V1Taint[] {
  const before = spec?.taints ?? []
  const wanted: V1Taint[] = []
  // A node that has not said anything yet counts as not ready (its taint comes with its registration).
  const conditions = status?.conditions ?? []
  const isSaid = conditions.some(({ type }) => type === 'Ready')
  for (const [type, is, key] of CONDITION_TAINTS) {
    const condition = conditions.find((one) => one.type === type)
    if (condition?.status !== is && !(type === 'Ready' && is === 'False' && !isSaid)) continue
    wanted.push({ key, effect: 'NoSchedule' })
    if (type === 'Ready' && isSaid) wanted.push({ key, effect: 'NoExecute' })
  }
  if (spec?.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' })
  const isOurs = ({ key, effect }: V1Taint): boolean =>
    (effect === 'NoSchedule' && (key === UNSCHEDULABLE || CONDITION_TAINTS.some(([, , one]) => one === key))) ||
    (effect === 'NoExecute' && (key === NOT_READY || key === UNREACHABLE))
  const kept = before.filter((taint) => !isOurs(taint) || wanted.some((one) => isSame(one, taint)))
  const added = wanted.filter((taint) => !before.some((one) => isSame(one, taint)))
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded: formatTime(nowMs) }))]
}

function isSame(one: V1Taint, other: V1Taint): boolean {
  return one.key === other.key && one.effect === other.effect
}
