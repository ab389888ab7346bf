/**
 * Validation of Service objects: ports, type, affinity and what of the addresses may not change. Which address a
 * Service gets is allocation.ts's business.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateService, ValidateServiceUpdate.
 * Differs: dual-stack rules, external IPs and load balancer source ranges are not looked into.
 */
import {
  childPath, duplicate, forbidden, indexPath, invalid, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { validateLabels } from '../../../apimachinery/metadata-validation.ts'
import { isDns1123Label, isDns1123Subdomain, isQualifiedName, isValidPortNumber } from '../../../apimachinery/names.ts'
import type { V1Service, V1ServicePort, V1ServiceSpec } from '../../generated/types.ts'
import { PORT_PROTOCOLS } from '../pod/validation-containers.ts'
import { invalidFor, oneOf, portNumberOrName } from '../pod/validation-rules.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const AFFINITIES = ['ClientIP', 'None']
const KUBELET_PORT = 10250
/** A day. */
const MAX_AFFINITY_SECONDS = 86_400

function isHeadless({ clusterIP, clusterIPs }: V1ServiceSpec): boolean {
  return (clusterIPs?.[0] ?? clusterIP) === 'None'
}

function validateType(spec: V1ServiceSpec): FieldError[] {
  const { type, ports = [], externalName = '' } = spec
  const noneAt = indexPath('spec.clusterIPs', 0)
  const errors: FieldError[] = []
  if (type === 'LoadBalancer') {
    for (const [index, { port }] of ports.entries()) {
      if (port !== KUBELET_PORT) continue
      const why = 'may not expose port 10250 externally since it is used by kubelet'
      errors.push(invalid(childPath(indexPath('spec.ports', index), 'port'), port, why))
    }
  }
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec)) {
    errors.push(invalid(noneAt, 'None', `may not be set to 'None' for ${type} services`))
  }
  if (type !== 'ExternalName') return errors
  for (const field of ['clusterIPs', 'ipFamilies'] as const) {
    const isSaid = (spec[field] ?? []).length > 0 || (field === 'clusterIPs' && (spec.clusterIP ?? '') !== '')
    if (isSaid) errors.push(forbidden(`spec.${field}`, 'may not be set for ExternalName services'))
  }
  if (spec.ipFamilyPolicy !== undefined) {
    errors.push(forbidden('spec.ipFamilyPolicy', 'may not be set for ExternalName services'))
  }
  const name = externalName.replace(/\.$/, '')
  if (name === '') return [...errors, required('spec.externalName')]
  return [...errors, ...invalidFor('spec.externalName', name, isDns1123Subdomain(name))]
}

function validatePort(port: V1ServicePort, needsName: boolean, names: Set<string>, at: string): FieldError[] {
  const { name = '', appProtocol } = port
  const nameAt = childPath(at, 'name')
  const errors: FieldError[] = []
  if (name === '') {
    if (needsName) errors.push(required(nameAt))
  } else {
    errors.push(...invalidFor(nameAt, name, isDns1123Label(name)))
    if (names.has(name)) errors.push(duplicate(nameAt, name))
    names.add(name)
  }
  return [
    ...errors,
    ...invalidFor(childPath(at, 'port'), port.port, isValidPortNumber(port.port)),
    ...oneOf(childPath(at, 'protocol'), port.protocol, PORT_PROTOCOLS),
    ...portNumberOrName(childPath(at, 'targetPort'), port.targetPort),
    ...(appProtocol === undefined
      ? []
      : invalidFor(childPath(at, 'appProtocol'), appProtocol, isQualifiedName(appProtocol))),
  ]
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: V1ServiceSpec): FieldError[] {
  const at = 'spec.sessionAffinityConfig'
  const errors = oneOf('spec.sessionAffinity', sessionAffinity, AFFINITIES)
  if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined) {
    return [...errors, forbidden(at, 'must not be set when session affinity is None')]
  }
  if (sessionAffinity !== 'ClientIP') return errors
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0
  if (seconds > 0 && seconds <= MAX_AFFINITY_SECONDS) return errors
  const why = `must be greater than 0 and less than ${String(MAX_AFFINITY_SECONDS)}`
  return [...errors, invalid(childPath(at, 'clientIP', 'timeoutSeconds'), seconds, why)]
}

/** A port is taken once per protocol: of the Service's own address, and of the nodes. */
function validateTakenPorts({ type, ports = [] }: V1ServiceSpec): FieldError[] {
  const nodePorts = new Set<string>()
  const own = new Set<string>()
  const errors: FieldError[] = []
  const places = ports.map((port, index) => [port, indexPath('spec.ports', index)] as const)
  for (const [{ nodePort = 0, protocol = '' }, at] of places) {
    if (nodePort === 0) continue
    const key = `${protocol}/${String(nodePort)}`
    if (type === 'ClusterIP') {
      errors.push(forbidden(childPath(at, 'nodePort'), "may not be used when `type` is 'ClusterIP'"))
    } else if (nodePorts.has(key)) errors.push(duplicate(childPath(at, 'nodePort'), nodePort))
    nodePorts.add(key)
  }
  for (const [{ port, protocol = '' }, at] of places) {
    const key = `${protocol}/${String(port)}`
    // Upstream prints a port with nothing else in it, in the names of its internal type.
    const printed = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }
    if (own.has(key)) errors.push(duplicate(at, printed))
    own.add(key)
  }
  return errors
}

export function validateService(service: V1Service): FieldError[] {
  const spec = service.spec ?? {}
  const ports = spec.ports ?? []
  const names = new Set<string>()
  const needsPorts = !isHeadless(spec) && spec.type !== 'ExternalName'
  return [
    ...(ports.length === 0 && needsPorts ? [required('spec.ports')] : []),
    ...validateType(spec),
    ...ports.flatMap((port, index) => validatePort(port, ports.length > 1, names, indexPath('spec.ports', index))),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...validateAffinity(spec),
    ...oneOf('spec.type', spec.type, TYPES),
    ...validateTakenPorts(spec),
  ]
}

/** The first address stays for as long as both types have one. */
export function validateServiceUpdate(next: V1Service, previous: V1Service): FieldError[] {
  const at = indexPath('spec.clusterIPs', 0)
  const primary = ({ spec }: V1Service): string => spec?.clusterIP ?? spec?.clusterIPs?.[0] ?? ''
  const [address, before] = [primary(next), primary(previous)]
  const isAddressed = next.spec?.type !== 'ExternalName' && previous.spec?.type !== 'ExternalName'
  const errors: FieldError[] = []
  if (isAddressed && before !== '' && address !== before) {
    const said = next.spec?.clusterIPs ?? (address === '' ? undefined : [address])
    errors.push(invalid(at, said, address === '' ? 'primary clusterIP can not be unset' : 'may not change once set'))
  }
  return [...errors, ...validateService(next)]
}
