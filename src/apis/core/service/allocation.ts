/**
 * What addresses a Service needs: pure rules over an allocator that the cluster scope's object provides. Upstream:
 * kubernetes/kubernetes pkg/registry/core/service/storage/{alloc,storage}.go. Single-stack IPv4; dual-stack policies
 * that do not require a second family get one address. What goes with a change of type is service-type.ts's business.
 */
import type { FieldError } from '../../../apimachinery/field-path.ts'
import { childPath, indexPath, invalid } from '../../../apimachinery/field-path.ts'
import type { KubeObject } from '../../../apimachinery/meta.ts'
import { initFamilies, normalizeClusterIps } from './families.ts'

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
  const errors = initFamilies(service.spec, previous?.spec)
  if (errors.length > 0) return errors
  return [...allocateClusterIp(service, previous, allocator), ...allocateNodePorts(service, previous, allocator)]
}

const needsClusterIp = ({ spec }: AddressedService): boolean =>
  spec.type !== 'ExternalName' && spec.clusterIP !== 'None'

export const needsNodePorts = ({ spec }: AddressedService): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)

const needsHealthCheckPort = ({ spec }: AddressedService): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

/** What an update leaves out stays as it was allocated, while the type still has use for it. */
function keepAllocated(service: AddressedService, previous: AddressedService): void {
  const { spec } = service
  const before = previous.spec
  if (service.spec.type === 'ExternalName') {
    if (spec.clusterIP === before.clusterIP) {
      delete spec.clusterIP
      delete spec.clusterIPs
    }
    return
  }
  if (before.type !== 'ExternalName') {
    if ((spec.clusterIP ?? '') === '' && before.clusterIP !== undefined) spec.clusterIP = before.clusterIP
    const isNoneSaid = (spec.clusterIPs ?? []).length === 0 && spec.clusterIP === before.clusterIP
    if (isNoneSaid && before.clusterIPs !== undefined) spec.clusterIPs = [...before.clusterIPs]
  }
  if (needsNodePorts(service) && needsNodePorts(previous)) {
    const known = new Map((before.ports ?? []).map(({ name, nodePort }) => [name ?? '', nodePort]))
    const used = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort))
    for (const port of spec.ports ?? []) {
      const kept = known.get(port.name ?? '')
      if ((port.nodePort ?? 0) !== 0 || kept === undefined || used.has(kept)) continue
      port.nodePort = kept
      used.add(kept)
    }
  }
  if (
    needsHealthCheckPort(service) &&
    (spec.healthCheckNodePort ?? 0) === 0 &&
    before.healthCheckNodePort !== undefined
  ) {
    spec.healthCheckNodePort = before.healthCheckNodePort
  }
}

/** An address that may not change is not taken anew: validation refuses the change. */
function isFixed<T>(wanted: T | undefined, before: T | undefined): boolean {
  return wanted !== undefined && before !== undefined && wanted !== before
}

function allocateClusterIp(
  service: AddressedService,
  previous: AddressedService | undefined,
  allocator: AddressAllocator,
): FieldError[] {
  const { spec } = service
  if (spec.type === 'ExternalName') return []
  if (previous?.spec.type !== 'ExternalName' && isFixed(spec.clusterIP, previous?.spec.clusterIP)) return []
  if (needsClusterIp(service)) {
    const wanted = (spec.clusterIP ?? '') === '' ? undefined : spec.clusterIP
    const answer = allocator.clusterIp(wanted)
    if ('error' in answer) {
      const detail = `failed to allocate IP ${wanted ?? ''}: ${answer.error}`
      return [invalid('spec.clusterIPs', wanted === undefined ? [] : [wanted], detail)]
    }
    spec.clusterIP = answer.address
    if ((spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [answer.address]
  }
  return []
}

function allocateNodePorts(
  service: AddressedService,
  previous: AddressedService | undefined,
  allocator: AddressAllocator,
): FieldError[] {
  const errors: FieldError[] = []
  const { spec } = service
  const ports = needsNodePorts(service) ? (spec.ports ?? []) : []
  for (const [index, port] of ports.entries()) {
    const wanted = (port.nodePort ?? 0) === 0 ? undefined : port.nodePort
    const answer = allocator.nodePort(wanted ?? sharedNodePort(ports, port))
    if ('port' in answer) port.nodePort = answer.port
    else errors.push(invalid(childPath(indexPath('spec.ports', index), 'nodePort'), wanted ?? 0, answer.error))
  }
  const before = previous !== undefined && needsHealthCheckPort(previous) ? previous.spec : undefined
  if (needsHealthCheckPort(service) && !isFixed(spec.healthCheckNodePort, before?.healthCheckNodePort)) {
    const wanted = (spec.healthCheckNodePort ?? 0) === 0 ? undefined : spec.healthCheckNodePort
    const answer = allocator.nodePort(wanted)
    if ('port' in answer) spec.healthCheckNodePort = answer.port
    else errors.push(invalid('spec.healthCheckNodePort', wanted ?? 0, answer.error))
  }
  return errors
}

/** Ports of one number and several protocols (DNS) get one node port: that of the first which has one. */
function sharedNodePort(ports: readonly AddressedPort[], { port, protocol }: AddressedPort): number | undefined {
  const twin = ports.find((other) => other.port === port && other.protocol !== protocol && (other.nodePort ?? 0) !== 0)
  return twin?.nodePort
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
