/**
 * ClusterIPs and node ports of one logical cluster, on top of the cluster scope's reservations. Texts of refusals are
 * upstream's (kubernetes/kubernetes pkg/registry/core/service/{ipallocator,portallocator}).
 */
import { formatIpv4, ipv4Range, isInRange, parseIpv4 } from '../../lib/ip/ipv4-range.ts'
import type { Random } from '../../lib/random.ts'
import type { AddressAllocator } from '../../apis/core/service/allocation.ts'
import { PORT_TAKEN } from '../../apis/core/service/allocation.ts'
import type { Reservations } from '../../store/reservations.ts'

/** kubeadm's default service range; its first address is the API's own Service. */
export const SERVICE_CIDR = '10.96.0.0/12'
export const SERVICE_RANGE = ipv4Range(SERVICE_CIDR)
export const CLUSTER_IP_POOL = 'clusterIP'
export const NODE_PORT_POOL = 'nodePort'

/** kube-apiserver's --service-node-port-range. */
const FIRST_NODE_PORT = 30_000
const LAST_NODE_PORT = 32_767

/** Random tries before the range is walked: enough while it is not nearly full. */
const RANDOM_TRIES = 8

/** The lowest addresses are left to those who ask for one by name (KEP-3070: min(max(16, size/16), 256)). */
const STATIC_BAND = 256

/** Likewise of node ports (KEP-3668: min(max(16, size/32), 128)). */
const STATIC_PORTS = 86

export interface AllocatorOptions {
  readonly reservations: Reservations
  readonly uid: string
  readonly nowMs: number
  readonly random: Random
  /** Reserves nothing. */
  readonly isDryRun: boolean
}

export function serviceAllocator(options: AllocatorOptions): AddressAllocator {
  if (options.isDryRun) return looker(options)
  const { reservations, uid, nowMs } = options
  // What this very request was given.
  const given = new Set<number>()
  const take = (pool: string, value: string): boolean => {
    const holder = reservations.holder(pool, value, nowMs)
    return (holder === undefined || holder === uid) && reservations.reserve(pool, value, uid, nowMs)
  }
  const takeFree: Take = (pool, value) => reservations.holder(pool, value, nowMs) === undefined && take(pool, value)
  return {
    clusterIp(wanted) {
      if (wanted === undefined) return anyAddress(options, takeFree)
      if (!isInPool(CLUSTER_IP_POOL, wanted)) return { error: 'the provided network does not match the current range' }
      return take(CLUSTER_IP_POOL, wanted) ? { address: wanted } : { error: 'provided IP is already allocated' }
    },
    nodePort(wanted) {
      if (wanted === undefined) return anyPort(options, takeFree)
      if (!isInPool(NODE_PORT_POOL, String(wanted))) {
        const range = `${String(FIRST_NODE_PORT)}-${String(LAST_NODE_PORT)}`
        return { error: `provided port is not in the valid range. The range of valid ports is ${range}` }
      }
      if (given.has(wanted) || !take(NODE_PORT_POOL, String(wanted))) return { error: PORT_TAKEN }
      given.add(wanted)
      return { port: wanted }
    },
  }
}

/** A dry run looks at less, and makes up the ports that it was not told (portallocator/operation.go, dryRun). */
function looker(options: AllocatorOptions): AddressAllocator {
  const { reservations, nowMs } = options
  const given = new Set<number>()
  return {
    clusterIp(wanted) {
      if (wanted === undefined) {
        return anyAddress(options, (pool, value) => reservations.holder(pool, value, nowMs) === undefined)
      }
      if (isInPool(CLUSTER_IP_POOL, wanted)) return { address: wanted }
      const why = `the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${SERVICE_CIDR}`
      return { error: why }
    },
    nodePort(wanted) {
      const port = wanted ?? (given.size === 0 ? LAST_NODE_PORT + 1 : Math.max(...given)) + 1
      const isTaken = reservations.holder(NODE_PORT_POOL, String(port), nowMs) !== undefined
      if (wanted !== undefined && (given.has(port) || isTaken)) return { error: PORT_TAKEN }
      given.add(port)
      return { port }
    },
  }
}

/** Whether a value is one that its pool gives out. */
export function isInPool(pool: string, value: string): boolean {
  if (pool === NODE_PORT_POOL) return Number(value) >= FIRST_NODE_PORT && Number(value) <= LAST_NODE_PORT
  const address = parseIpv4(value)
  return address !== undefined && isInRange(SERVICE_RANGE, address) && isUsable(address)
}

/** The network's own address and the broadcast address belong to nobody. */
function isUsable(address: number): boolean {
  return address > SERVICE_RANGE.first && address < SERVICE_RANGE.first + SERVICE_RANGE.size - 1
}

type Take = (pool: string, value: string) => boolean

function anyAddress({ random }: AllocatorOptions, take: Take): { address: string } | { error: string } {
  const usable = SERVICE_RANGE.size - STATIC_BAND - 1
  const start = Math.floor(random.next() * usable)
  for (let step = 0; step < usable; step++) {
    const offset = step < RANDOM_TRIES ? Math.floor(random.next() * usable) : (start + step) % usable
    const address = formatIpv4(SERVICE_RANGE.first + STATIC_BAND + offset)
    if (take(CLUSTER_IP_POOL, address)) return { address }
  }
  return { error: 'range is full' }
}

/** The upper band first; the lower one is for those who ask by number, until nothing else is left (KEP-3668). */
function anyPort({ random }: AllocatorOptions, take: Take): { port: number } | { error: string } {
  const size = LAST_NODE_PORT - FIRST_NODE_PORT + 1
  const upper = size - STATIC_PORTS
  const start = Math.floor(random.next() * upper)
  for (let step = 0; step < size; step++) {
    const offset = step < upper ? STATIC_PORTS + ((start + step) % upper) : step - upper
    if (take(NODE_PORT_POOL, String(FIRST_NODE_PORT + offset))) return { port: FIRST_NODE_PORT + offset }
  }
  return { error: 'range is full' }
}
