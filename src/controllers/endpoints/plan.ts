/**
 * The core/v1 Endpoints that a Service's pods come to: addresses grouped by the ports they serve
 * (kubernetes pkg/controller/endpoint/endpoints_controller.go, pkg/api/v1/endpoints/util.go RepackSubsets). Pure.
 */
import { ascending, byKey } from '../../lib/order.ts'
import type {
  CoreV1EndpointPort,
  V1EndpointAddress,
  V1EndpointSubset,
  V1Pod,
  V1Service,
} from '../../apis/generated/types.ts'
import { isPodReady } from '../pods/readiness.ts'
import { addressesOf, hasAddress, hostnameIn, isHeadless, targetPortOf } from '../pods/serving.ts'

/** Addresses of one Endpoints object; upstream's maxCapacity. Ready ones are kept first. */
export const MAX_ADDRESSES = 1_000

interface Row {
  readonly address: V1EndpointAddress
  readonly isReady: boolean
  readonly ports: CoreV1EndpointPort[]
}

export interface SubsetsPlan {
  readonly subsets: V1EndpointSubset[]
  /** There are more addresses than fit. */
  readonly isTruncated: boolean
}

export function planSubsets(service: V1Service, pods: readonly V1Pod[]): SubsetsPlan {
  const includesAll = service.spec?.publishNotReadyAddresses === true
  const rows: Row[] = []
  for (const pod of pods) {
    const isGoing = pod.metadata.deletionTimestamp !== undefined
    const [ip] = hasAddress(pod) && (includesAll || !isGoing) ? addressesOf(pod, isIPv6Only(service)) : []
    const ports = portsOf(service, pod)
    const isListed = ports.length > 0 || ((service.spec?.ports ?? []).length === 0 && isHeadless(service))
    if (ip !== undefined && isListed)
      rows.push({ address: addressOf(service, pod, ip), isReady: includesAll || isPodReady(pod), ports })
  }
  rows.sort(
    (one, other) => Number(other.isReady) - Number(one.isReady) || ascending(one.address.ip, other.address.ip),
  )
  return { subsets: subsetsOf(rows.slice(0, MAX_ADDRESSES)), isTruncated: rows.length > MAX_ADDRESSES }
}

function subsetsOf(rows: readonly Row[]): V1EndpointSubset[] {
  const groups = Map.groupBy(rows, ({ ports }) => JSON.stringify(ports))
  return [...groups]
    .sort(byKey)
    .map(([, group]) => {
      const ready = group.filter(({ isReady }) => isReady).map(({ address }) => address)
      const notReady = group.filter(({ isReady }) => !isReady).map(({ address }) => address)
      const ports = group[0]?.ports ?? []
      return {
        ...(ready.length === 0 ? {} : { addresses: ready }),
        ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
        ...(ports.length === 0 ? {} : { ports }),
      }
    })
}

function isIPv6Only({ spec }: V1Service): boolean {
  return spec?.ipFamilies?.[0] === 'IPv6'
}

function addressOf(service: V1Service, pod: V1Pod, ip: string): V1EndpointAddress {
  const { name = '', namespace, uid } = pod.metadata
  const { nodeName } = pod.spec ?? {}
  const hostname = hostnameIn(pod, service)
  return {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: {
      kind: 'Pod',
      ...(namespace === undefined ? {} : { namespace }),
      name,
      ...(uid === undefined ? {} : { uid }),
    },
  }
}

function portsOf({ spec }: V1Service, pod: V1Pod): CoreV1EndpointPort[] {
  const ports = (spec?.ports ?? []).flatMap((servicePort) => {
    const port = targetPortOf(pod, servicePort)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [
      { ...(name === '' ? {} : { name }), port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) },
    ]
  })
  return ports.sort((one, other) => ascending(JSON.stringify(one), JSON.stringify(other)))
}
