/**
 * What follows from the type of a Service, and what goes when the type changes.
 * Upstream: kubernetes/kubernetes pkg/api/service/util.go; pkg/registry/core/service/strategy.go,
 * dropTypeDependentFields.
 */
import type { V1Service, V1ServiceSpec } from '../../generated/types.ts'
import { isEqual } from '../../validation/rules.ts'

export function isHeadless({ clusterIPs = [] }: V1ServiceSpec): boolean {
  return clusterIPs.length === 1 && clusterIPs[0] === 'None'
}

export function isExternallyAccessible({ type, externalIPs = [] }: V1ServiceSpec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0)
}

export function needsHealthCheck({ type, externalTrafficPolicy }: V1ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

function needsNodePorts({ type }: V1ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer'
}

function nodePortsOf({ ports = [] }: V1ServiceSpec): Set<number> {
  return new Set(ports.map(({ nodePort = 0 }) => nodePort).filter((port) => port !== 0))
}

/** What the former type had goes, unless the caller changed it, too: then validation has to say so. Mutates `next`. */
export function dropTypeDependentFields(next: V1Service, previous: V1Service): void {
  const [spec, before] = [next.spec ?? {}, previous.spec ?? {}]
  const drop = (...fields: readonly (keyof V1ServiceSpec)[]): void => {
    for (const field of fields) if (isEqual(spec[field], before[field])) delete spec[field]
  }
  if (before.type !== 'ExternalName' && spec.type === 'ExternalName') {
    const isSame = isEqual(spec.clusterIP, before.clusterIP) && isEqual(spec.clusterIPs, before.clusterIPs)
    if (isSame) drop('clusterIP', 'clusterIPs')
    drop('ipFamilies', 'ipFamilyPolicy')
  }
  const [ports, portsBefore] = [nodePortsOf(spec), nodePortsOf(before)]
  if (needsNodePorts(before) && !needsNodePorts(spec) && ports.isSubsetOf(portsBefore)) {
    for (const port of spec.ports ?? []) delete port.nodePort
  }
  if (needsHealthCheck(before) && !needsHealthCheck(spec)) drop('healthCheckNodePort')
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    drop('allocateLoadBalancerNodePorts', 'loadBalancerClass')
  }
  if (isExternallyAccessible(before) && !isExternallyAccessible(spec)) drop('externalTrafficPolicy')
  if (spec.type !== 'LoadBalancer' && next.status !== undefined) next.status.loadBalancer = {}
}
