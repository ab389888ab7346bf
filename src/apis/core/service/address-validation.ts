/**
 * Validation of the addresses inside the cluster, and of their families: which fit together, and which stay.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateServiceClusterIPsRelatedFields,
 * validateUpgradeDowngradeClusterIPs, validateUpgradeDowngradeIPFamilies.
 */
import {
  duplicate, indexPath, invalid, notSupported, ofNamedType, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { ipFamilyOf, isDualStack, validateIp } from '../../../apimachinery/ip-validation.ts'
import type { V1ServiceSpec } from '../../generated/types.ts'
import { supportedIfSet } from '../../validation/rules.ts'
import { isHeadless } from './service-type.ts'

const FAMILIES = ['IPv4', 'IPv6']
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const ADDRESSES = 'spec.clusterIPs'
const MAX_ADDRESSES = 2
const STAYS = 'may not change once set'

/** The first of the list and the older field are the same. */
function validatePrimary({ clusterIP = '', clusterIPs = [] }: V1ServiceSpec): FieldError[] {
  if (clusterIP === '') {
    const why = 'must be empty when `clusterIP` is not specified'
    return clusterIPs.length === 0 ? [] : [invalid(ADDRESSES, clusterIPs, why)]
  }
  if (clusterIPs.length === 0) return [required(ADDRESSES)]
  return clusterIPs[0] === clusterIP ? [] : [invalid(ADDRESSES, clusterIPs, 'first value must match `clusterIP`')]
}

function validateFamilies({ ipFamilies = [], ipFamilyPolicy }: V1ServiceSpec): FieldError[] {
  const seen = new Set<string>()
  const errors = ipFamilies.flatMap((family, index) => {
    const at = indexPath('spec.ipFamilies', index)
    const found = FAMILIES.includes(family) ? [] : [notSupported(at, family, FAMILIES)]
    if (seen.has(family)) found.push(duplicate(at, ofNamedType(family)))
    seen.add(family)
    return found
  })
  return [...errors, ...supportedIfSet('spec.ipFamilyPolicy', ipFamilyPolicy, FAMILY_POLICIES)]
}

/** Errors of the addresses one by one; `isSound` when they can be compared. */
function validateList(
  addresses: readonly string[],
  kept: ReadonlySet<string>,
): { errors: FieldError[]; isSound: boolean } {
  const errors = addresses.flatMap((address, index) => {
    if (index > 0 || address !== 'None') return validateIp(indexPath(ADDRESSES, index), address, kept)
    return addresses.length > 1 ? [invalid(ADDRESSES, addresses, "'None' must be the first and only value")] : []
  })
  const isSound = errors.length === 0
  if (addresses.length > MAX_ADDRESSES) errors.push(invalid(ADDRESSES, addresses, 'may only hold up to 2 values'))
  return { errors, isSound }
}

export function validateClusterAddresses(spec: V1ServiceSpec, previous: V1ServiceSpec | undefined): FieldError[] {
  if (spec.type === 'ExternalName') return []
  const { clusterIPs = [], ipFamilies = [] } = spec
  const list = validateList(clusterIPs, new Set(previous?.clusterIPs))
  const errors = [...validatePrimary(spec), ...validateFamilies(spec), ...list.errors]
  if (!list.isSound) return errors
  if (clusterIPs.length > 1 && !isDualStack(clusterIPs)) {
    errors.push(invalid(ADDRESSES, clusterIPs, 'may specify no more than one IP for each IP family'))
  }
  if (isHeadless(spec)) return errors
  for (const [index, address] of clusterIPs.entries()) {
    const [family, actual] = [ipFamilies[index], `IPv${String(ipFamilyOf(address))}`]
    if (family === undefined || !FAMILIES.includes(family) || family === actual) continue
    const why = `expected an ${family} value as indicated by \`ipFamilies[${String(index)}]\``
    errors.push(invalid(indexPath(ADDRESSES, index), address, why))
  }
  return errors
}

interface Change {
  readonly at: string
  readonly next: readonly string[]
  readonly previous: readonly string[]
  /** What upstream prints when the first one changed while their number did, which is not always the field itself. */
  readonly printed: readonly string[]
  readonly what: string
}

/** A second one may come and go, the first one stays. */
function validateChange({ at, next, previous, printed, what }: Change, policy: string | undefined): FieldError[] {
  const errors: FieldError[] = []
  const isMoved = next.length > 0 && previous.length > 0 && next[0] !== previous[0]
  const firstAt = indexPath(at, 0)
  if (previous.length <= next.length) return isMoved ? [invalid(firstAt, printed, STAYS)] : errors
  if (next.length === 0) errors.push(invalid(firstAt, next, `primary ${what} can not be unset`))
  if (isMoved) errors.push(invalid(firstAt, printed, STAYS))
  if (next.length === 1 && policy !== 'SingleStack') {
    const why = `must be set to 'SingleStack' when releasing the secondary ${what}`
    errors.push(invalid('spec.ipFamilyPolicy', policy, why))
  }
  return errors
}

export function validateAddressChange(next: V1ServiceSpec, previous: V1ServiceSpec): FieldError[] {
  if (next.type === 'ExternalName' || previous.type === 'ExternalName') return []
  const [addresses, before] = [next.clusterIPs ?? [], previous.clusterIPs ?? []]
  const [families, familiesBefore] = [next.ipFamilies ?? [], previous.ipFamilies ?? []]
  const errors: FieldError[] = []
  if (isHeadless(next) && isHeadless(previous)) return errors
  if (addresses.length === before.length) {
    for (const [index, address] of before.entries()) {
      if (address !== addresses[index]) errors.push(invalid(indexPath(ADDRESSES, index), addresses, STAYS))
    }
  } else {
    const change = { at: ADDRESSES, next: addresses, previous: before, printed: addresses, what: 'clusterIP' }
    errors.push(...validateChange(change, next.ipFamilyPolicy))
  }
  if (isHeadless(next) || isHeadless(previous)) return errors
  if (families.length === familiesBefore.length) {
    for (const [index, family] of familiesBefore.entries()) {
      if (family !== families[index]) errors.push(invalid('spec.ipFamilies[0]', families, STAYS))
    }
    return errors
  }
  const at = 'spec.ipFamilies'
  const change = { at, next: families, previous: familiesBefore, printed: addresses, what: 'ipFamily' }
  return [...errors, ...validateChange(change, next.ipFamilyPolicy)]
}
