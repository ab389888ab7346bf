/**
 * What a writer of a Service is warned of: fields that have no effect, and addresses that are read differently by
 * different programs.
 * Upstream: kubernetes/kubernetes pkg/api/service/warnings.go; pkg/registry/core/service/strategy.go,
 * serviceStatusStrategy.
 */
import { indexPath } from '../../../apimachinery/field-path.ts'
import { cidrWarnings, ipWarnings } from '../../../apimachinery/ip-validation.ts'
import type { V1Ingress, V1Service } from '../../generated/types.ts'

const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode'
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints'

export function serviceWarnings({ metadata, spec = {} }: V1Service): string[] {
  const { type, clusterIP, clusterIPs = [], externalIPs = [], loadBalancerIP = '', externalName = '' } = spec
  const isHeadless = type === 'ClusterIP' && clusterIP === 'None'
  const isElsewhere = type === 'ExternalName'
  const warnings: string[] = []
  if (metadata.annotations?.[TOPOLOGY_HINTS] !== undefined) {
    warnings.push(`annotation ${TOPOLOGY_HINTS} is deprecated, please use ${TOPOLOGY_MODE} instead`)
  }
  if ((clusterIP ?? '') !== '' && clusterIP !== 'None') {
    for (const [index, address] of clusterIPs.entries()) {
      warnings.push(...ipWarnings(indexPath('spec.clusterIPs', index), address))
    }
  }
  if (isHeadless) {
    if (loadBalancerIP !== '') warnings.push('spec.loadBalancerIP is ignored for headless services')
    if (externalIPs.length > 0) warnings.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services')
  }
  for (const [index, address] of externalIPs.entries()) {
    warnings.push(...ipWarnings(indexPath('spec.externalIPs', index), address))
  }
  if (externalIPs.length > 0 && !isHeadless && !isElsewhere) {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  }
  if (loadBalancerIP !== '') warnings.push(...ipWarnings('spec.loadBalancerIP', loadBalancerIP))
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    warnings.push(...cidrWarnings(indexPath('spec.loadBalancerSourceRanges', index), range))
  }
  if (isElsewhere && externalIPs.length > 0) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  }
  if (!isElsewhere && externalName !== '') {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  }
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  }
  return warnings
}

/** Of whatever has a load balancer's addresses in its status: a Service, an Ingress. */
export function loadBalancerWarnings({ status }: Pick<V1Service, 'status'> | Pick<V1Ingress, 'status'>): string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '' }, index) =>
    ip === '' ? [] : ipWarnings(indexPath('status.loadBalancer.ingress', index), ip),
  )
}
