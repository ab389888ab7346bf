/**
 * The slices that hand-made Endpoints come to: one for each family of addresses of each subset
 * (kubernetes pkg/controller/endpointslicemirroring/{reconciler,reconciler_helpers,utils}.go). Pure.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import { endpoints as endpointsKind } from '../../apis/core/endpoints/endpoints.ts'
import type {
  CoreV1EndpointPort,
  DiscoveryV1EndpointPort,
  V1Endpoint,
  V1EndpointAddress,
  V1Endpoints,
  V1EndpointSlice,
} from '../../apis/generated/types.ts'
import { parseIpv4 } from '../../lib/ip/ipv4-range.ts'
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL, portsKey } from '../endpoint-slice/plan.ts'
import type { SlicePlan } from '../endpoint-slice/plan.ts'
import { controllerReference } from '../pods/ownership.ts'

export const MIRRORING_MANAGER = 'endpointslicemirroring-controller.k8s.io'

/** Addresses of a subset that are mirrored; upstream's --mirroring-max-endpoints-per-subset. */
export const MAX_ENDPOINTS_PER_SUBSET = 1_000

const SKIP_MIRROR_LABEL = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader'

/** Annotations of Endpoints that their slices do not get. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
])

export interface MirrorPlan extends SlicePlan {
  readonly invalidCount: number
  /** Addresses that are not mirrored, invalid ones included. */
  readonly skippedCount: number
}

export function isMirrored({ metadata: { labels, annotations } }: V1Endpoints): boolean {
  return labels?.[SKIP_MIRROR_LABEL] !== 'true' && annotations?.[LEADER_ANNOTATION] === undefined
}

interface Group {
  readonly addressType: string
  readonly ports: DiscoveryV1EndpointPort[]
  readonly endpoints: V1Endpoint[]
}

export function planMirror(subject: V1Endpoints, existing: readonly V1EndpointSlice[]): MirrorPlan {
  const groups = new Map<string, Group>()
  let [invalidCount, skippedCount] = [0, 0]
  for (const { ports = [], addresses = [], notReadyAddresses = [] } of subject.subsets ?? []) {
    const mirroredPorts = ports.map(portOf)
    let mirrored = 0
    const ready = addresses.map((one) => [one, true] as const)
    const all = [...ready, ...notReadyAddresses.map((one) => [one, false] as const)]
    for (const [address, isReady] of all) {
      if (mirrored >= MAX_ENDPOINTS_PER_SUBSET) break
      const addressType = familyOf(address.ip)
      if (addressType === undefined) {
        invalidCount += 1
        continue
      }
      mirrored += 1
      const key = keyOf(addressType, mirroredPorts)
      const group = groups.get(key) ?? { addressType, ports: mirroredPorts, endpoints: [] }
      group.endpoints.push(endpointOf(address, isReady))
      groups.set(key, group)
    }
    skippedCount += all.length - mirrored
  }
  return { ...planGroups(subject, groups, existing), invalidCount, skippedCount }
}

/** One slice a group: the first that is there is kept up to date, any other goes. */
function planGroups(
  subject: V1Endpoints,
  groups: ReadonlyMap<string, Group>,
  existing: readonly V1EndpointSlice[],
): SlicePlan {
  const create: V1EndpointSlice[] = []
  const update: V1EndpointSlice[] = []
  const kept = new Set<V1EndpointSlice>()
  for (const [key, group] of groups) {
    const wanted = sliceOf(subject, group)
    const known = existing.find((slice) => keyOf(slice.addressType, slice.ports ?? []) === key)
    if (known === undefined) {
      if (subject.metadata.deletionTimestamp === undefined) create.push(wanted)
      continue
    }
    kept.add(known)
    const { labels, annotations } = wanted.metadata
    const isRight =
      equalJson(known.endpoints ?? [], group.endpoints) &&
      equalJson(known.metadata.labels ?? {}, labels) &&
      equalJson(known.metadata.annotations ?? {}, annotations ?? {})
    if (isRight) continue
    const { annotations: _before, ...metadata } = known.metadata
    const named = { ...metadata, ...(labels && { labels }), ...(annotations && { annotations }) }
    update.push({ ...known, metadata: named, endpoints: group.endpoints })
  }
  return { create, update, remove: existing.filter((slice) => !kept.has(slice)) }
}

const keyOf = (addressType: string, ports: readonly DiscoveryV1EndpointPort[]): string =>
  `${addressType} ${portsKey(ports)}`

function familyOf(ip: string): 'IPv4' | 'IPv6' | undefined {
  if (parseIpv4(ip) !== undefined) return 'IPv4'
  return ip.includes(':') ? 'IPv6' : undefined
}

function portOf({ name = '', port, protocol = 'TCP', appProtocol }: CoreV1EndpointPort): DiscoveryV1EndpointPort {
  return { name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }
}

function endpointOf({ ip, hostname = '', nodeName, targetRef }: V1EndpointAddress, ready: boolean): V1Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === '' ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  }
}

function sliceOf(subject: V1Endpoints, { addressType, ports, endpoints }: Group): V1EndpointSlice {
  const { name = '', namespace, labels, annotations } = subject.metadata
  const copied = Object.entries(annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key))
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, [SERVICE_NAME_LABEL]: name, [MANAGED_BY_LABEL]: MIRRORING_MANAGER },
      ...(copied.length === 0 ? {} : { annotations: Object.fromEntries(copied) }),
      ownerReferences: [controllerReference(endpointsKind, subject)],
    },
    addressType,
    endpoints,
    ports,
  }
}
