/**
 * What addresses a Service needs: pure rules over an allocator that the cluster scope's object provides. Upstream:
 * kubernetes/kubernetes pkg/registry/core/service/storage/{alloc,storage}.go. Single-stack IPv4; dual-stack policies
 * that do not require a second family get one address.
 */
import type { FieldError } from '../../../apimachinery/field-path.ts'
import { childPath, indexPath, invalid } from '../../../apimachinery/field-path.ts'
import type { KubeObject } from '../../../apimachinery/meta.ts'

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
    ipFamilies?: string[]
    ipFamilyPolicy?: string
    ports?: AddressedPort[]
    externalTrafficPolicy?: string
    healthCheckNodePort?: number
    allocateLoadBalancerNodePorts?: boolean
  }
}

/** Reserves for the Service's uid; taking what the same uid holds already is no conflict. */
export interface AddressAllocator {
  /** A free address, or exactly `wanted`; the text of upstream's error otherwise. */
  clusterIp(wanted: string | undefined): { readonly address: string } | { readonly error: string }
  nodePort(wanted: number | undefined, protocol: string): { readonly port: number } | { readonly error: string }
}

/** Fills in the spec's addresses in place; errors name the field. `previous` is the stored Service, on update. */
export function allocateAddresses(
  service: AddressedService,
  previous: AddressedService | undefined,
  allocator: AddressAllocator,
): FieldError[] {
  if (previous !== undefined) keepAllocated(service, previous)
  return [...allocateClusterIp(service, allocator), ...allocateNodePorts(service, allocator)]
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
  if ((spec.clusterIP ?? '') === '' && (spec.clusterIPs ?? []).length === 0 && previous.spec.type !== 'ExternalName') {
    if (before.clusterIP !== undefined) spec.clusterIP = before.clusterIP
    if (before.clusterIPs !== undefined) spec.clusterIPs = [...before.clusterIPs]
  }
  if (needsNodePorts(service) && needsNodePorts(previous)) {
    const known = new Map(
      (before.ports ?? []).map((port) => [`${port.protocol ?? 'TCP'}/${String(port.port)}`, port.nodePort]),
    )
    for (const port of spec.ports ?? []) {
      const kept = known.get(`${port.protocol ?? 'TCP'}/${String(port.port)}`)
      if ((port.nodePort ?? 0) === 0 && kept !== undefined) port.nodePort = kept
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

function allocateClusterIp(service: AddressedService, allocator: AddressAllocator): FieldError[] {
  const { spec } = service
  if (spec.type === 'ExternalName') return []
  spec.ipFamilies ??= ['IPv4']
  spec.ipFamilyPolicy ??= 'SingleStack'
  spec.clusterIP ??= spec.clusterIPs?.[0] ?? ''
  if (needsClusterIp(service)) {
    const wanted = spec.clusterIP === '' ? undefined : spec.clusterIP
    const answer = allocator.clusterIp(wanted)
    if ('error' in answer) {
      const detail = `failed to allocate IP ${wanted ?? ''}: ${answer.error}`
      return [invalid('spec.clusterIPs', wanted === undefined ? [] : [wanted], detail)]
    }
    spec.clusterIP = answer.address
  }
  if ((spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [spec.clusterIP]
  return []
}

function allocateNodePorts(service: AddressedService, allocator: AddressAllocator): FieldError[] {
  const errors: FieldError[] = []
  const { spec } = service
  const ports = needsNodePorts(service) ? (spec.ports ?? []) : []
  for (const [index, port] of ports.entries()) {
    const wanted = (port.nodePort ?? 0) === 0 ? undefined : port.nodePort
    const answer = allocator.nodePort(wanted, port.protocol ?? 'TCP')
    if ('port' in answer) port.nodePort = answer.port
    else errors.push(invalid(childPath(indexPath('spec.ports', index), 'nodePort'), wanted ?? 0, answer.error))
  }
  if (needsHealthCheckPort(service)) {
    const wanted = (spec.healthCheckNodePort ?? 0) === 0 ? undefined : spec.healthCheckNodePort
    const answer = allocator.nodePort(wanted, 'TCP')
    if ('port' in answer) spec.healthCheckNodePort = answer.port
    else errors.push(invalid('spec.healthCheckNodePort', wanted ?? 0, answer.error))
  }
  return errors
}

/** What a stored Service holds: what the repair loop keeps, and a deletion gives back. */
export function heldAddresses(service: AddressedService): { readonly addresses: string[]; readonly ports: string[] } {
  const { spec } = service
  const addresses = (spec.clusterIPs ?? []).filter((address) => address !== 'None' && address !== '')
  const ports = (spec.ports ?? []).flatMap(({ nodePort, protocol }) =>
    nodePort === undefined || nodePort === 0 ? [] : [`${protocol ?? 'TCP'}/${String(nodePort)}`],
  )
  if ((spec.healthCheckNodePort ?? 0) !== 0) ports.push(`TCP/${String(spec.healthCheckNodePort)}`)
  return { addresses, ports }
}
