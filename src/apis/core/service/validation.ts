/**
 * Validation of Service objects: ports, type, affinity and traffic policies. Addresses are judged in
 * address-validation.ts; which ones a Service gets is allocation.ts's business.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateService, ValidateServiceUpdate,
 * ValidateLoadBalancerStatus.
 */
import {
  childPath, duplicate, forbidden, indexPath, invalid, keyPath, notSupportedText, ofNamedType, required,
  type FieldError,
} from '../../../apimachinery/field-path.ts'
import { validateCidr, validateIp, validateReachableIp } from '../../../apimachinery/ip-validation.ts'
import { validateLabels } from '../../../apimachinery/metadata-validation.ts'
import { isValidPortNumber } from '../../../apimachinery/names.ts'
import type { V1Service, V1ServicePort, V1ServiceSpec } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import {
  dnsLabel, dnsSubdomain, invalidFor, oneOf, portNumberOrName, qualifiedName, requiredAnd, supportedIfSet,
} from '../../validation/rules.ts'
import { PORT_PROTOCOLS } from '../pod/containers/containers.ts'
import { validateAddressChange, validateClusterAddresses } from './address-validation.ts'
import { isExternallyAccessible, isHeadless, needsHealthCheck } from './service-type.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const AFFINITIES = ['ClientIP', 'None']
const TRAFFIC_POLICIES = ['Cluster', 'Local']
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
/** A day. */
const MAX_AFFINITY_SECONDS = 86_400
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode'
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints'
const CLASS_AT = 'spec.loadBalancerClass'
const LOAD_BALANCERS_ONLY = "may only be used when `type` is 'LoadBalancer'"

/** Its type has no name, as those of the other enumerations have. */
function validateDistribution(said: string | undefined): FieldError[] {
  const isRight = said === undefined || DISTRIBUTIONS.includes(said)
  return isRight ? [] : [notSupportedText('spec.trafficDistribution', said, DISTRIBUTIONS)]
}

function validateType(spec: V1ServiceSpec): FieldError[] {
  const { type, clusterIPs = [], ipFamilies = [], externalName = '' } = spec
  if (type === 'LoadBalancer' || type === 'NodePort') {
    if (!isHeadless(spec)) return []
    return [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)]
  }
  if (type !== 'ExternalName') return []
  const said = { clusterIPs: clusterIPs.length > 0, ipFamilies: ipFamilies.length > 0 }
  const fields = { ...said, ipFamilyPolicy: spec.ipFamilyPolicy !== undefined }
  return [
    ...Object.entries(fields).flatMap(([field, isSaid]) =>
      isSaid ? [forbidden(`spec.${field}`, 'may not be set for ExternalName services')] : [],
    ),
    ...requiredAnd('spec.externalName', externalName.replace(/\.$/, ''), dnsSubdomain),
  ]
}

function validatePort(port: V1ServicePort, needsName: boolean, names: Set<string>, at: string): FieldError[] {
  const { name = '', appProtocol } = port
  const nameAt = childPath(at, 'name')
  const errors: FieldError[] = []
  if (name !== '') {
    errors.push(...dnsLabel(nameAt, name))
    if (names.has(name)) errors.push(duplicate(nameAt, name))
    names.add(name)
  } else if (needsName) errors.push(required(nameAt))
  return [
    ...errors,
    ...invalidFor(childPath(at, 'port'), port.port, isValidPortNumber(port.port)),
    ...oneOf(childPath(at, 'protocol'), port.protocol, PORT_PROTOCOLS),
    ...portNumberOrName(childPath(at, 'targetPort'), port.targetPort),
    ...(appProtocol === undefined ? [] : qualifiedName(childPath(at, 'appProtocol'), appProtocol)),
  ]
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: V1ServiceSpec): FieldError[] {
  const at = 'spec.sessionAffinityConfig'
  const errors = oneOf('spec.sessionAffinity', sessionAffinity, AFFINITIES)
  if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined) {
    return [...errors, forbidden(at, 'must not be set when session affinity is None')]
  }
  if (sessionAffinity !== 'ClientIP') return errors
  const clientAt = childPath(at, 'clientIP')
  const secondsAt = childPath(clientAt, 'timeoutSeconds')
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (seconds === undefined) {
    const missing = sessionAffinityConfig === undefined ? at : clientAt
    const place = sessionAffinityConfig?.clientIP === undefined ? missing : secondsAt
    return [...errors, required(place, 'when session affinity type is ClientIP')]
  }
  if (seconds > 0 && seconds <= MAX_AFFINITY_SECONDS) return errors
  const why = `must be greater than 0 and less than ${String(MAX_AFFINITY_SECONDS)}`
  return [...errors, invalid(secondsAt, seconds, why)]
}

/** A port is taken once per protocol: of the nodes, and of the Service's own address. */
function validateTakenPorts({ type, ports = [] }: V1ServiceSpec): FieldError[] {
  const places = ports.map((port, index) => [port, indexPath('spec.ports', index)] as const)
  const onNodes = places.filter(([{ nodePort = 0 }]) => nodePort !== 0)
  const errors = (type === 'ClusterIP' ? onNodes : []).map(([, at]) =>
    forbidden(childPath(at, 'nodePort'), "may not be used when `type` is 'ClusterIP'"),
  )
  const taken = new Set<string>()
  for (const [{ nodePort = 0, protocol = '' }, at] of onNodes) {
    const key = `node/${protocol}/${String(nodePort)}`
    if (taken.has(key)) errors.push(duplicate(childPath(at, 'nodePort'), nodePort))
    taken.add(key)
  }
  for (const [{ port, protocol = '' }, at] of places) {
    const key = `own/${protocol}/${String(port)}`
    // Upstream prints a port with nothing else in it.
    if (taken.has(key)) errors.push(duplicate(at, internalForm('ServicePort', { port, protocol })))
    taken.add(key)
  }
  return errors
}

function validateSourceRanges(next: V1Service, previous: V1Service | undefined): FieldError[] {
  const { loadBalancerSourceRanges: ranges = [], type } = next.spec ?? {}
  const trimmed = ({ spec }: V1Service): string[] => (spec?.loadBalancerSourceRanges ?? []).map((range) => range.trim())
  if (ranges.length > 0) {
    const at = 'spec.LoadBalancerSourceRanges'
    const kept = new Set(previous === undefined ? [] : trimmed(previous))
    return [
      ...(type === 'LoadBalancer' ? [] : [forbidden(at, LOAD_BALANCERS_ONLY)]),
      ...trimmed(next).flatMap((range, index) => validateCidr(indexPath(at, index), range, kept)),
    ]
  }
  const text = next.metadata.annotations?.[SOURCE_RANGES]
  if (text === undefined) return []
  const at = keyPath('metadata.annotations', SOURCE_RANGES)
  const isKept = previous?.metadata.annotations?.[SOURCE_RANGES] === text
  const written = isKept || text.trim() === '' ? [] : text.split(',').map((range) => range.trim())
  return [
    ...(type === 'LoadBalancer' ? [] : [forbidden(at, LOAD_BALANCERS_ONLY)]),
    ...written.flatMap((range) => validateCidr(at, range)),
  ]
}

function validateLoadBalancer({ type, allocateLoadBalancerNodePorts }: V1ServiceSpec): FieldError[] {
  if (type === 'LoadBalancer') {
    return allocateLoadBalancerNodePorts === undefined ? [required('allocateLoadBalancerNodePorts')] : []
  }
  if (allocateLoadBalancerNodePorts === undefined) return []
  return [forbidden('spec.allocateLoadBalancerNodePorts', LOAD_BALANCERS_ONLY)]
}

function validateLoadBalancerClass({ type, loadBalancerClass }: V1ServiceSpec): FieldError[] {
  if (loadBalancerClass === undefined) return []
  if (type === 'LoadBalancer') return qualifiedName(CLASS_AT, loadBalancerClass)
  return [forbidden(CLASS_AT, LOAD_BALANCERS_ONLY)]
}

function validateTraffic(spec: V1ServiceSpec): FieldError[] {
  const { externalTrafficPolicy: external = '', internalTrafficPolicy: internal, healthCheckNodePort: health = 0 } = spec
  const externalAt = 'spec.externalTrafficPolicy'
  const healthAt = 'spec.healthCheckNodePort'
  const errors: FieldError[] = []
  if (isExternallyAccessible(spec)) errors.push(...oneOf(externalAt, external, TRAFFIC_POLICIES))
  else if (external !== '') {
    errors.push(invalid(externalAt, ofNamedType(external), 'may only be set for externally-accessible services'))
  }
  if (needsHealthCheck(spec)) {
    errors.push(...(health === 0 ? [required(healthAt)] : invalidFor(healthAt, health, isValidPortNumber(health))))
  } else if (health !== 0) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    errors.push(invalid(healthAt, health, why))
  }
  const needsInternal = ['ClusterIP', 'LoadBalancer', 'NodePort'].includes(spec.type ?? '')
  if (internal === undefined && needsInternal) errors.push(required('spec.internalTrafficPolicy'))
  return [
    ...errors,
    ...supportedIfSet('spec.internalTrafficPolicy', internal, TRAFFIC_POLICIES),
    ...validateDistribution(spec.trafficDistribution),
  ]
}

function validateTopology({ metadata }: V1Service): FieldError[] {
  const [mode, hints] = [metadata.annotations?.[TOPOLOGY_MODE], metadata.annotations?.[TOPOLOGY_HINTS]]
  if (mode === undefined || hints === undefined || mode === hints) return []
  const why = `must match annotations[${TOPOLOGY_HINTS}] when both are specified`
  return [invalid(keyPath('metadata.annotations', TOPOLOGY_MODE), mode, why)]
}

function validateWhole(service: V1Service, previous: V1Service | undefined): FieldError[] {
  const spec = service.spec ?? {}
  const ports = spec.ports ?? []
  const names = new Set<string>()
  const needsPorts = !isHeadless(spec) && spec.type !== 'ExternalName'
  const keptAddresses = new Set(previous?.spec?.externalIPs)
  return [
    ...validateTopology(service),
    ...(ports.length === 0 && needsPorts ? [required('spec.ports')] : []),
    ...validateType(spec),
    ...ports.flatMap((port, index) => validatePort(port, ports.length > 1, names, indexPath('spec.ports', index))),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...validateAffinity(spec),
    ...validateClusterAddresses(spec, previous?.spec),
    ...(spec.externalIPs ?? []).flatMap((address, index) => {
      const at = indexPath('spec.externalIPs', index)
      const errors = validateIp(at, address, keptAddresses)
      return errors.length > 0 ? errors : validateReachableIp(at, address)
    }),
    ...oneOf('spec.type', spec.type, TYPES),
    ...validateTakenPorts(spec),
    ...validateSourceRanges(service, previous),
    ...validateLoadBalancer(spec),
    ...validateLoadBalancerClass(spec),
    ...validateTraffic(spec),
  ]
}

export function validateService(service: V1Service): FieldError[] {
  return validateWhole(service, undefined)
}

export function validateServiceUpdate(next: V1Service, previous: V1Service): FieldError[] {
  const [spec, before] = [next.spec ?? {}, previous.spec ?? {}]
  const errors = validateAddressChange(spec, before)
  const areBalanced = spec.type === 'LoadBalancer' && before.type === 'LoadBalancer'
  if (areBalanced && spec.loadBalancerClass !== before.loadBalancerClass) {
    const printed = spec.loadBalancerClass === undefined ? undefined : ofNamedType(spec.loadBalancerClass)
    errors.push(invalid(CLASS_AT, printed, 'may not change once set'))
  }
  // Upstream looks at the class of an updated Service twice, and clients are told as often.
  errors.push(...validateLoadBalancerClass(spec))
  const areChecked = needsHealthCheck(spec) && needsHealthCheck(before)
  if (areChecked && spec.healthCheckNodePort !== before.healthCheckNodePort) {
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'))
  }
  return [...errors, ...validateWhole(next, previous)]
}
