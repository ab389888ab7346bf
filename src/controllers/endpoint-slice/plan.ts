/**
 * The slices that a Service's pods come to, given the slices that are there: as few writes as will do
 * (k8s.io/endpointslice reconciler.go, utils.go). Pure.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import type {
  DiscoveryV1EndpointPort,
  V1Endpoint,
  V1EndpointHints,
  V1EndpointSlice,
  V1Pod,
  V1Service,
} from '../../apis/generated/types.ts'
import { service as serviceKind } from '../../apis/core/service/service.ts'
import { controllerReference } from '../pods/ownership.ts'
import { isPodReady } from '../pods/readiness.ts'
import { HEADLESS_LABEL, addressesOf, hasAddress, hostnameIn, isHeadless, targetPortOf } from '../pods/serving.ts'

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name'
export const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by'
export const MANAGER = 'endpointslice-controller.k8s.io'

/** Endpoints of one slice; upstream's --max-endpoints-per-slice. */
export const MAX_ENDPOINTS_PER_SLICE = 100

const CLOSE_DISTRIBUTIONS: ReadonlySet<string> = new Set(['PreferClose', 'PreferSameZone', 'PreferSameNode'])

export interface SlicePlan {
  readonly create: readonly V1EndpointSlice[]
  readonly update: readonly V1EndpointSlice[]
  readonly remove: readonly V1EndpointSlice[]
}

type ZoneOf = (nodeName: string) => string | undefined

interface PortGroup {
  readonly ports: DiscoveryV1EndpointPort[]
  readonly endpoints: Map<string, V1Endpoint>
}

export function planSlices(
  service: V1Service,
  pods: readonly V1Pod[],
  existing: readonly V1EndpointSlice[],
  zoneOf: ZoneOf,
): SlicePlan {
  const families = service.spec?.ipFamilies ?? ['IPv4']
  const plans = families.map((family) => {
    const slices = existing.filter(({ addressType }) => addressType === family)
    return planFamily(service, family, pods, slices, zoneOf)
  })
  const foreign = existing.filter(({ addressType }) => !families.includes(addressType))
  return {
    create: plans.flatMap(({ create }) => create),
    update: plans.flatMap(({ update }) => update),
    remove: [...plans.flatMap(({ remove }) => remove), ...foreign],
  }
}

function planFamily(
  service: V1Service,
  family: string,
  pods: readonly V1Pod[],
  existing: readonly V1EndpointSlice[],
  zoneOf: ZoneOf,
): SlicePlan {
  const groups = groupByPorts(service, family, pods, zoneOf)
  const create: V1EndpointSlice[] = []
  const update: V1EndpointSlice[] = []
  const remove: V1EndpointSlice[] = []
  const byPorts = Map.groupBy(existing, ({ ports }) => portsKey(ports ?? []))
  for (const [key, slices] of byPorts) if (!groups.has(key)) remove.push(...slices)
  for (const [key, group] of groups)
    planGroup(service, family, group, byPorts.get(key) ?? [], { create, update, remove })
  if (create.length > 0 || remove.length < existing.length) return { create, update, remove }
  // Nothing would be left: one slice stays, empty, so that clients learn that there is nothing.
  const placeholder = newSlice(service, family, [], [])
  const kept = remove.find((slice) => (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0)
  if (kept === undefined) return { create: [placeholder], update, remove }
  const others = remove.filter((slice) => slice !== kept)
  return { create, update: hasLabels(kept, placeholder) ? [] : [relabelled(kept, placeholder)], remove: others }
}

/** Endpoints by the ports they serve: pods whose named ports differ come into different slices. */
function groupByPorts(
  service: V1Service,
  family: string,
  pods: readonly V1Pod[],
  zoneOf: ZoneOf,
): Map<string, PortGroup> {
  const groups = new Map<string, PortGroup>()
  for (const pod of pods) {
    const addresses = hasAddress(pod) ? addressesOf(pod, family === 'IPv6') : []
    if (addresses.length === 0) continue
    const ports = portsOf(service, pod)
    const key = portsKey(ports)
    const group = groups.get(key) ?? { ports, endpoints: new Map<string, V1Endpoint>() }
    group.endpoints.set(pod.metadata.uid ?? '', endpointOf(service, pod, addresses, zoneOf))
    groups.set(key, group)
  }
  return groups
}

function planGroup(
  service: V1Service,
  family: string,
  { ports, endpoints }: PortGroup,
  existing: readonly V1EndpointSlice[],
  plan: { create: V1EndpointSlice[]; update: V1EndpointSlice[]; remove: V1EndpointSlice[] },
): void {
  const missing = new Map(endpoints)
  const model = newSlice(service, family, ports, [])
  const kept = existing.map((slice) => {
    const next = (slice.endpoints ?? []).flatMap((endpoint) => {
      const uid = endpoint.targetRef?.uid ?? ''
      const wanted = missing.get(uid)
      missing.delete(uid)
      return wanted === undefined ? [] : [wanted]
    })
    const isChanged = !equalJson(next, slice.endpoints ?? []) || !hasLabels(slice, model)
    return { slice, next, isChanged }
  })
  // Slices that are written anyway take new endpoints first, the fullest one first; then any that have room.
  const order = [...kept].sort(
    (one, other) => Number(other.isChanged) - Number(one.isChanged) || other.next.length - one.next.length,
  )
  const waiting = [...missing.values()]
  for (const entry of order) {
    const room = MAX_ENDPOINTS_PER_SLICE - entry.next.length
    if (room <= 0 || waiting.length === 0) continue
    if (!entry.isChanged && waiting.length > room) continue
    entry.next.push(...waiting.splice(0, room))
    entry.isChanged = true
  }
  for (let start = 0; start < waiting.length; start += MAX_ENDPOINTS_PER_SLICE) {
    plan.create.push(newSlice(service, family, ports, waiting.slice(start, start + MAX_ENDPOINTS_PER_SLICE)))
  }
  for (const { slice, next, isChanged } of kept) {
    if (next.length === 0) plan.remove.push(slice)
    else if (isChanged) plan.update.push({ ...relabelled(slice, model), endpoints: next })
  }
}

function endpointOf(service: V1Service, pod: V1Pod, addresses: string[], zoneOf: ZoneOf): V1Endpoint {
  const { name = '', namespace, uid } = pod.metadata
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating)
  const hostname = hostnameIn(pod, service)
  const nodeName = pod.spec?.nodeName ?? ''
  const zone = nodeName === '' ? undefined : zoneOf(nodeName)
  const hints = ready ? hintsOf(service, nodeName, zone) : undefined
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === '' ? {} : { nodeName }),
    targetRef: {
      kind: 'Pod',
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
    ...(zone === undefined ? {} : { zone }),
    ...(hints === undefined ? {} : { hints }),
  }
}

/** Whom an endpoint is best for, as the Service's trafficDistribution wants it (k8s.io/endpointslice trafficdist). */
function hintsOf({ spec }: V1Service, nodeName: string, zone: string | undefined): V1EndpointHints | undefined {
  const distribution = spec?.trafficDistribution ?? ''
  if (!CLOSE_DISTRIBUTIONS.has(distribution)) return undefined
  const forNodes = distribution === 'PreferSameNode' && nodeName !== '' ? [{ name: nodeName }] : undefined
  const forZones = zone === undefined ? undefined : [{ name: zone }]
  if (forNodes === undefined && forZones === undefined) return undefined
  return { ...(forZones && { forZones }), ...(forNodes && { forNodes }) }
}

function portsOf({ spec }: V1Service, pod: V1Pod): DiscoveryV1EndpointPort[] {
  return (spec?.ports ?? []).flatMap((servicePort) => {
    const port = targetPortOf(pod, servicePort)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
}

export function portsKey(ports: readonly DiscoveryV1EndpointPort[]): string {
  const keys = ports.map(({ name, port, protocol, appProtocol }) =>
    JSON.stringify([name, port, protocol, appProtocol]),
  )
  return keys.sort().join()
}

function newSlice(
  service: V1Service,
  addressType: string,
  ports: DiscoveryV1EndpointPort[],
  endpoints: V1Endpoint[],
): V1EndpointSlice {
  const { name = '', namespace } = service.metadata
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: labelsFor(service),
      ownerReferences: [controllerReference(serviceKind, service)],
    },
    addressType,
    endpoints,
    ports,
  }
}

/** The Service's own labels, and those by which slices are found. */
function labelsFor(service: V1Service): Record<string, string> {
  const { [HEADLESS_LABEL]: _headless, ...labels } = service.metadata.labels ?? {}
  return {
    ...labels,
    ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}),
    [SERVICE_NAME_LABEL]: service.metadata.name ?? '',
    [MANAGED_BY_LABEL]: MANAGER,
  }
}

function hasLabels(slice: V1EndpointSlice, model: V1EndpointSlice): boolean {
  return equalJson(slice.metadata.labels, model.metadata.labels)
}

function relabelled(slice: V1EndpointSlice, { metadata: { labels } }: V1EndpointSlice): V1EndpointSlice {
  return { ...slice, metadata: { ...slice.metadata, ...(labels === undefined ? {} : { labels }) } }
}
