/**
 * Which families of addresses a Service is of, and how the older field for one address goes with the list. The cluster
 * has IPv4 addresses only.
 * Upstream: kubernetes/kubernetes pkg/registry/core/service/storage/alloc.go, initIPFamilyFields;
 * pkg/registry/core/service/storage/storage.go, normalizeClusterIPs.
 */
import { indexPath, invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import { ipFamilyOf } from '../../../apimachinery/ip-validation.ts'
import type { V1ServiceSpec } from '../../generated/types.ts'
import { isEqual } from '../../validation/rules.ts'
import { validateClusterAddresses } from './address-validation.ts'

const CLUSTER_FAMILY = 'IPv4'
const POLICY = 'spec.ipFamilyPolicy'
const PREFERRED = 'PreferDualStack'
const SEVERAL = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"

/** What was said of one address and left out of the list, or the other way round, when a client knows one of them. */
export function normalizeClusterIps(spec: V1ServiceSpec, previous: V1ServiceSpec | undefined): void {
  const { clusterIP = '', clusterIPs = [] } = spec
  if (previous === undefined) {
    if (clusterIP !== '' && clusterIPs.length === 0) spec.clusterIPs = [clusterIP]
    return
  }
  const { clusterIP: before = '', clusterIPs: listBefore = [] } = previous
  if (listBefore.length > 0 && clusterIPs.length === 0 && clusterIP === before) spec.clusterIPs = [...listBefore]
  if (clusterIP === before || !isEqual(clusterIPs, listBefore)) return
  if (clusterIP === '') delete spec.clusterIPs
  else spec.clusterIPs = [clusterIP]
}

function isWithoutSelector({ clusterIP, selector = {} }: V1ServiceSpec): boolean {
  return clusterIP === 'None' && Object.keys(selector).length === 0
}

/** A single-stack Service gives up its second address and family, unless the caller holds on to them. */
function releaseSecond(spec: V1ServiceSpec, previous: V1ServiceSpec): FieldError[] {
  const { clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec
  const [before, familiesBefore] = [previous.clusterIPs ?? [], previous.ipFamilies ?? []]
  if (ipFamilyPolicy === 'SingleStack') {
    if (isEqual(clusterIPs, before) && clusterIPs.length > 1) spec.clusterIPs = clusterIPs.slice(0, 1)
    if (isEqual(ipFamilies, familiesBefore) && ipFamilies.length > 1) spec.ipFamilies = ipFamilies.slice(0, 1)
    return []
  }
  const isReduced = (next: readonly string[], old: readonly string[]): boolean =>
    next.length > 0 && next.length < old.length
  const why = (what: string): string => `must be 'SingleStack' to release the secondary ${what}`
  return [
    ...(isReduced(clusterIPs, before) ? [invalid(POLICY, ipFamilyPolicy, why('cluster IP'))] : []),
    ...(isReduced(ipFamilies, familiesBefore) ? [invalid(POLICY, ipFamilyPolicy, why('IP family'))] : []),
  ]
}

function addFamiliesOfAddresses(spec: V1ServiceSpec): FieldError[] {
  const { clusterIPs = [], ipFamilyPolicy } = spec
  const families = [...(spec.ipFamilies ?? [])]
  const errors: FieldError[] = []
  if (ipFamilyPolicy === 'SingleStack') {
    if (clusterIPs.length === 2) errors.push(invalid(POLICY, ipFamilyPolicy, `${SEVERAL} cluster IPs are specified`))
    if (families.length === 2) errors.push(invalid(POLICY, ipFamilyPolicy, `${SEVERAL} IP families are specified`))
  }
  for (const [index, address] of clusterIPs.entries()) {
    if (address === 'None') break
    if (index < families.length) continue
    const family = `IPv${String(ipFamilyOf(address))}`
    if (family === CLUSTER_FAMILY) families.push(family)
    else {
      const why = `${family} is not configured on this cluster`
      errors.push(invalid(indexPath('spec.clusterIPs', index), clusterIPs, why))
    }
  }
  if (families.length > 0) spec.ipFamilies = families
  return errors
}

/** What prefers two families keeps what it has until a client says otherwise, whatever else changes. */
function isAsPreferred(spec: V1ServiceSpec, previous: V1ServiceSpec | undefined): boolean {
  if (previous === undefined || spec.ipFamilyPolicy !== PREFERRED || spec.type !== previous.type) return false
  return (previous.ipFamilyPolicy ?? PREFERRED) === PREFERRED &&
    isEqual(spec.clusterIPs ?? [], previous.clusterIPs ?? []) &&
    isEqual(spec.ipFamilies ?? [], previous.ipFamilies ?? [])
}

/** Fills in policy and families. Mutates `spec`. */
export function initFamilies(spec: V1ServiceSpec, previous: V1ServiceSpec | undefined): FieldError[] {
  if (spec.type === 'ExternalName' || isAsPreferred(spec, previous)) return []
  spec.ipFamilyPolicy ??= previous?.ipFamilyPolicy ?? (isWithoutSelector(spec) ? 'RequireDualStack' : 'SingleStack')
  const errors = validateClusterAddresses(spec, previous)
  if (errors.length > 0) return errors
  if (previous !== undefined) errors.push(...releaseSecond(spec, previous))
  errors.push(...addFamiliesOfAddresses(spec))
  if (errors.length > 0) return errors
  const [first = CLUSTER_FAMILY, second] = spec.ipFamilies ?? []
  if (isWithoutSelector(spec)) {
    // Its endpoints are made by hand and may be of any family.
    const other = first === 'IPv4' ? 'IPv6' : 'IPv4'
    const isSingle = spec.ipFamilyPolicy === 'SingleStack' && second === undefined
    spec.ipFamilies = isSingle ? [first] : [first, second ?? other]
    return []
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'))
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (family === CLUSTER_FAMILY) continue
    errors.push(invalid(indexPath('spec.ipFamilies', index), family, 'not configured on this cluster'))
  }
  if (errors.length === 0) spec.ipFamilies ??= [CLUSTER_FAMILY]
  return errors
}
