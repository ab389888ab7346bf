/**
 * What addresses a Service needs: pure rules over an allocator that the cluster scope's object provides. Upstream:
 * kubernetes/kubernetes pkg/registry/core/service/storage/{alloc,storage}.go. Single-stack IPv4; dual-stack policies
 * that do not require a second family get one address. What goes with a change of type is service-type.ts's business.
 */
import type { FieldError } from '../../../apimachinery/field-path.ts'
import { childPath, indexPath, invalid } from '../../../apimachinery/field-path.ts'
import type { KubeObject } from '../../../apimachinery/meta.ts'
import { initFamilies, normalizeClusterIps } from './families.ts'
import { needsHealthCheck } from './service-type.ts'

/** Upstream: pkg/registry/core/service/portallocator, ErrAllocated. */
export const PORT_TAKEN = 'provided port is already allocated'

export interface AddressedPort {
  name?: string
  port: number
  protocol?: string
  nodePort?: number
}

export interface AddressedService extends KubeObject {
  spec: {
    type?: string
    clusterIP?: string
    clusterIPs?: string[]
    selector?: Record<string, string>
    ipFamilies?: string[]
    ipFamilyPolicy?: string
    ports?: AddressedPort[]
    externalTrafficPolicy?: string
    healthCheckNodePort?: number
    allocateLoadBalancerNodePorts?: boolean
    loadBalancerClass?: string
  }
}

/** Reserves for the Service's uid; taking what the same uid holds already is no conflict. */
export interface AddressAllocator {
  /** A free address, or exactly `wanted`; the text of upstream's error otherwise. */
  clusterIp(wanted: string | undefined): { readonly address: string } | { readonly error: string }
  /** One number serves all protocols of one Service, and no other Service. */
  nodePort(wanted: number | undefined): { readonly port: number } | { readonly error: string }
}

/** Fills in the spec's addresses in place; errors name the field. `previous` is the stored Service, on update. */
export function allocateAddresses(
  service: AddressedService,
  previous: AddressedService | undefined,
  allocator: AddressAllocator,
): FieldError[] {
  if (previous !== undefined) keepAllocated(service, previous)
  normalizeClusterIps(service.spec, previous?.spec)
  // As upstream: what one step refuses, the next is not asked about.
  for (const step of [initOwnFamilies, allocateClusterIp, allocateNodePorts, allocateHealthCheckPort]) {
    const errors = step(service, previous, allocator)
    if (errors.length > 0) return errors
  }
  return []
}

type Step = (
  service: AddressedService,
  previous: AddressedService | undefined,
  allocator: AddressAllocator,
) => FieldError[]

const initOwnFamilies: Step = ({ spec }, previous) => initFamilies(spec, previous?.spec)

const isElsewhere = ({ spec }: AddressedService): boolean => spec.type === 'ExternalName'

const hasNodePorts = ({ spec }: AddressedService): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer'

const needsNodePorts = ({ spec }: AddressedService): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)

/** What an update leaves out stays as it was allocated, while the type still has use for it. */
function keepAllocated(service: AddressedService, previous: AddressedService): void {
  const { spec } = service
  const before = previous.spec
  if (!isElsewhere(service) && !isElsewhere(previous)) {
    if ((spec.clusterIP ?? '') === '' && before.clusterIP !== undefined) spec.clusterIP = before.clusterIP
    const hasList = (spec.clusterIPs ?? []).length > 0
    if (!hasList && before.clusterIPs !== undefined) spec.clusterIPs = [...before.clusterIPs]
  }
  if (needsNodePorts(service) && needsNodePorts(previous)) {
    const known = new Map((before.ports ?? []).map(({ name, nodePort }) => [name ?? '', nodePort]))
    const said = numbersOf(spec)
    for (const port of spec.ports ?? []) {
      const kept = known.get(port.name ?? '') ?? 0
      if ((port.nodePort ?? 0) === 0 && kept !== 0 && !said.has(kept)) port.nodePort = kept
    }
  }
  const isChecked = needsHealthCheck(spec) && needsHealthCheck(before)
  if (isChecked && (spec.healthCheckNodePort ?? 0) === 0 && before.healthCheckNodePort !== undefined) {
    spec.healthCheckNodePort = before.healthCheckNodePort
  }
}

function numbersOf({ ports = [] }: AddressedService['spec']): Set<number> {
  return new Set(ports.map(({ nodePort = 0 }) => nodePort).filter((port) => port !== 0))
}

/** An address is given once; that it is not another one later is for validation to say. */
const allocateClusterIp: Step = (service, previous, allocator) => {
  const { spec } = service
  const hasOne = previous !== undefined && !isElsewhere(previous)
  if (isElsewhere(service) || hasOne || spec.clusterIP === 'None') return []
  const wanted = (spec.clusterIP ?? '') === '' ? undefined : spec.clusterIP
  const answer = allocator.clusterIp(wanted)
  if ('error' in answer) {
    const detail = `failed to allocate IP ${wanted ?? ''}: ${answer.error}`
    return [invalid('spec.clusterIPs', wanted === undefined ? [] : [wanted], detail)]
  }
  spec.clusterIP = answer.address
  if ((spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [answer.address]
  return []
}

/**
 * Ports of a new Service that have one number in several protocols (DNS) get one node port: the first that is said of
 * any of them. Ports of different numbers do not share one.
 */
const allocateNodePorts: Step = (service, previous, allocator) => {
  if (!hasNodePorts(service)) return []
  const ports = service.spec.ports ?? []
  const givenTo = new Map<number, number>()
  for (const [index, port] of ports.entries()) {
    const own = port.nodePort ?? 0
    if (own === 0 && !needsNodePorts(service)) continue
    const wanted = own === 0 && previous === undefined ? saidOf(port.port, ports) : own
    const isTaken = previous === undefined && givenTo.has(wanted) && givenTo.get(wanted) !== port.port
    const answer = isTaken ? { error: PORT_TAKEN } : allocator.nodePort(wanted === 0 ? undefined : wanted)
    if ('error' in answer) return [invalid(childPath(indexPath('spec.ports', index), 'nodePort'), wanted, answer.error)]
    port.nodePort = answer.port
    givenTo.set(answer.port, port.port)
  }
  return []
}

function saidOf(number: number, ports: readonly AddressedPort[]): number {
  return ports.find(({ port, nodePort = 0 }) => port === number && nodePort !== 0)?.nodePort ?? 0
}

/** Differs: a number that cannot be had is the caller's mistake, which upstream answers with 500. */
const allocateHealthCheckPort: Step = ({ spec }, previous, allocator) => {
  if (!needsHealthCheck(spec) || (previous !== undefined && needsHealthCheck(previous.spec))) return []
  const wanted = spec.healthCheckNodePort ?? 0
  const answer = allocator.nodePort(wanted === 0 ? undefined : wanted)
  if ('error' in answer) return [invalid('spec.healthCheckNodePort', wanted, answer.error)]
  spec.healthCheckNodePort = answer.port
  return []
}

/** What a stored Service holds: what the repair loop keeps, and a deletion gives back. */
export function heldAddresses(service: AddressedService): { readonly addresses: string[]; readonly ports: string[] } {
  const { spec } = service
  const addresses = (spec.clusterIPs ?? []).filter((address) => address !== 'None' && address !== '')
  const ports = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0))
  ports.add(spec.healthCheckNodePort ?? 0)
  ports.delete(0)
  return { addresses, ports: [...ports].map(String) }
}
