/**
 * Validation of a Service's status: the addresses that a cloud has given its load balancer.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateLoadBalancerStatus.
 */
import {
  childPath,
  forbidden,
  indexPath,
  invalid,
  required,
  type FieldError,
} from '../../../apimachinery/field-path.ts'
import { ipFamilyOf, validateIp } from '../../../apimachinery/ip-validation.ts'
import type { V1LoadBalancerIngress, V1Service } from '../../generated/types.ts'
import { dnsSubdomain, supportedIfSet } from '../../validation/rules.ts'

const INGRESS = 'status.loadBalancer.ingress'
const IP_MODES = ['Proxy', 'VIP']

function validateIngress(
  { ip = '', ipMode, hostname = '' }: V1LoadBalancerIngress,
  kept: ReadonlySet<string>,
  at: string,
): FieldError[] {
  const modeAt = childPath(at, 'ipMode')
  const hostAt = childPath(at, 'hostname')
  const errors = ip === '' ? [] : validateIp(childPath(at, 'ip'), ip, kept)
  if (ipMode === undefined) {
    if (ip !== '') errors.push(required(modeAt, 'must be specified when `ip` is set'))
  } else if (ip === '') errors.push(forbidden(modeAt, 'may not be specified when `ip` is not set'))
  else errors.push(...supportedIfSet(modeAt, ipMode, IP_MODES))
  if (hostname === '') return errors
  errors.push(...dnsSubdomain(hostAt, hostname))
  if (ipFamilyOf(hostname) === undefined) return errors
  return [...errors, invalid(hostAt, hostname, 'must be a DNS name, not an IP address')]
}

export function validateServiceStatusUpdate({ spec, status }: V1Service, previous: V1Service): FieldError[] {
  const ingress = status?.loadBalancer?.ingress ?? []
  if (spec?.type !== 'LoadBalancer' && ingress.length > 0) {
    return [forbidden(INGRESS, "may only be used when `spec.type` is 'LoadBalancer'")]
  }
  const kept = new Set((previous.status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip ?? ''))
  return ingress.flatMap((one, index) => validateIngress(one, kept, indexPath(INGRESS, index)))
}
