/**
 * What addresses a Service needs: pure rules over an allocator that the cluster scope's object provides. Upstream:
 * kubernetes/kubernetes pkg/registry/core/service/storage/{alloc,storage}.go. Single-stack IPv4; dual-stack policies
 * that do not require a second family get one address. What goes with a change of type is service-type.ts's business.
 */
import { childPath, indexPath, invalid, quote, type FieldError } from '../../../apimachinery/field-path.ts'
import type { KubeObject } from '../../../apimachinery/meta.ts'
import { internalError, invalidError, unclassifiedError } from '../../../apimachinery/status-error.ts'
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

/** Reserves for the Service's uid; what the same uid holds from an earlier attempt is no conflict. */
export interface AddressAllocator {
  /** A free address, or exactly `wanted`; the text of upstream's error otherwise. */
  clusterIp(wanted: string | undefined): { readonly address: string } | { readonly error: string }
  /** Never one that this request was given before. */
  nodePort(wanted: number | undefined): { readonly port: number } | { readonly error: string }
}

/**
 * Fills in the spec's addresses in place. `previous` is the stored Service, on update. As upstream: what one step
 * refuses, the next is not asked about.
 * @throws ApiStatusError 422 for a mistake of the caller's, 500 where upstream takes it for its own.
 */
export function allocateAddresses(
  service: AddressedService,
  previous: AddressedService | undefined,
  allocator: AddressAllocator,
): void {
  if (previous !== undefined) keepAllocated(service, previous)
  normalizeClusterIps(service.spec, previous?.spec)
  const errors = initFamilies(service.spec, previous?.spec)
  if (errors.length > 0) throw refusal(service, errors)
  allocateClusterIp(service, previous, allocator)
  if (hasNodePorts(service)) {
    if (previous === undefined) giveNodePorts(service, allocator)
    else changeNodePorts(service, previous, withoutHeld(allocator, previous))
  }
  allocateHealthCheckPort(service, previous, previous === undefined ? allocator : withoutHeld(allocator, previous))
}

/** A number that the Service has for one purpose it cannot have for another. */
function withoutHeld(allocator: AddressAllocator, previous: AddressedService): AddressAllocator {
  const held = new Set(heldAddresses(previous).ports)
  const nodePort: AddressAllocator['nodePort'] = (wanted) =>
    held.has(String(wanted)) ? { error: PORT_TAKEN } : allocator.nodePort(wanted)
  return { ...allocator, nodePort }
}

function refusal({ metadata }: AddressedService, errors: readonly FieldError[]): Error {
  return invalidError({ group: '', kind: 'Service' }, metadata.name ?? '', errors)
}

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
function allocateClusterIp(
  service: AddressedService,
  previous: AddressedService | undefined,
  allocator: AddressAllocator,
): void {
  const { spec, metadata } = service
  const hasOne = previous !== undefined && !isElsewhere(previous)
  if (isElsewhere(service) || hasOne || spec.clusterIP === 'None') return
  const wanted = (spec.clusterIP ?? '') === '' ? undefined : spec.clusterIP
  const answer = allocator.clusterIp(wanted)
  if ('error' in answer) {
    if (wanted === undefined) {
      throw internalError(`failed to allocate a serviceIP for Service ${quote(metadata.name ?? '')}: ${answer.error}`)
    }
    const detail = `failed to allocate IP ${wanted}: ${answer.error}`
    throw refusal(service, [invalid('spec.clusterIPs', [wanted], detail)])
  }
  spec.clusterIP = answer.address
  if ((spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [answer.address]
}

/** `wanted` of the port at `index`; 0: any. */
function takeNodePort(
  service: AddressedService,
  index: number,
  wanted: number,
  allocator: AddressAllocator,
): number {
  const answer = allocator.nodePort(wanted === 0 ? undefined : wanted)
  if (!('error' in answer)) return answer.port
  if (wanted === 0) throw internalError(`failed to allocate a nodePort: ${answer.error}`)
  throw refusal(service, [invalid(childPath(indexPath('spec.ports', index), 'nodePort'), wanted, answer.error)])
}

/**
 * Ports of a new Service that have one number in several protocols (DNS) get one node port: the first that is said of
 * any of them. Ports of different numbers do not share one.
 */
function giveNodePorts(service: AddressedService, allocator: AddressAllocator): void {
  const ports = service.spec.ports ?? []
  const givenTo = new Map<number, number>()
  for (const [index, port] of ports.entries()) {
    const own = port.nodePort ?? 0
    if (own === 0 && !needsNodePorts(service)) continue
    const shared = givenTo.get(port.port)
    if (shared === undefined) {
      port.nodePort = takeNodePort(service, index, saidOf(port.port, ports), allocator)
      givenTo.set(port.port, port.nodePort)
    } else if (own === 0) port.nodePort = shared
    else if (own !== shared) takeNodePort(service, index, own, allocator)
  }
}

function saidOf(number: number, ports: readonly AddressedPort[]): number {
  return ports.find(({ port, nodePort = 0 }) => port === number && nodePort !== 0)?.nodePort ?? 0
}

/** What it had it has; a new number may serve several protocols. */
function changeNodePorts(
  service: AddressedService,
  { spec: before }: AddressedService,
  allocator: AddressAllocator,
): void {
  const held = numbersOf(before)
  const used = new Set<string>()
  for (const [index, port] of (service.spec.ports ?? []).entries()) {
    const own = port.nodePort ?? 0
    if (own === 0 && !needsNodePorts(service)) continue
    if (own === 0 || !held.has(own)) port.nodePort = takeNodePort(service, index, own, allocator)
    if (own !== 0) held.add(own)
    const printed = `{${port.protocol ?? ''} ${String(port.nodePort)}}`
    if (used.has(printed)) throw unclassifiedError(`duplicate nodePort: ${printed}`)
    used.add(printed)
  }
}

function allocateHealthCheckPort(
  { spec }: AddressedService,
  previous: AddressedService | undefined,
  allocator: AddressAllocator,
): void {
  if (!needsHealthCheck(spec) || (previous !== undefined && needsHealthCheck(previous.spec))) return
  const wanted = spec.healthCheckNodePort ?? 0
  const answer = allocator.nodePort(wanted === 0 ? undefined : wanted)
  if ('error' in answer) {
    const which = wanted === 0 ? 'a' : 'requested'
    throw internalError(`failed to allocate ${which} HealthCheck NodePort ${String(wanted)}: ${answer.error}`)
  }
  spec.healthCheckNodePort = answer.port
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
