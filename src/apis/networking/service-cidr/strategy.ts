/**
 * How ServiceCIDR objects behave on writes, beyond their schema: ranges stay, one of the other family may be added.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/servicecidr/strategy.go;
 * pkg/apis/networking/validation/validation.go, ValidateServiceCIDR, ValidateServiceCIDRUpdate.
 */
import { indexPath, invalid, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { validateCanonicalCidr } from '../../../apimachinery/ip-validation.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import { givenEmpty } from '../../../apimachinery/schema/given-empty.ts'
import { parseIpPrefix } from '../../../lib/ip/ip-address.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1ServiceCIDR } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { internalForm } from '../../validation/internal-form.ts'

const AT = 'spec.cidrs'

const base = specAndStatusStrategy<V1ServiceCIDR>('V1ServiceCIDR', {
  allowsUnconditionalUpdate: true,
  keepsMetadata: true,
})

function validateServiceCidr({ spec = {} }: V1ServiceCIDR): FieldError[] {
  const { cidrs = [] } = spec
  if (cidrs.length === 0) return [required(AT, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalid(AT, internalForm('ServiceCIDRSpec', spec), 'may only hold up to 2 values')]
  const errors = cidrs.flatMap((cidr, index) => validateCanonicalCidr(indexPath(AT, index), cidr))
  const [first, second] = cidrs.map((cidr) => parseIpPrefix(cidr)?.network.bytes.length)
  if (cidrs.length < 2 || first === undefined || first !== second) return errors
  const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
  return [...errors, invalid(AT, cidrs, why)]
}

function validateServiceCidrUpdate(next: V1ServiceCIDR, previous: V1ServiceCIDR): FieldError[] {
  const [ranges, before] = [next.spec?.cidrs ?? [], previous.spec?.cidrs ?? []]
  const isWidened = before.length === 1 && ranges.length === 2
  if (ranges.length !== before.length && !isWidened) {
    return [invalid(AT, next.spec?.cidrs ?? givenEmpty(next.spec, 'cidrs'), FIELD_IMMUTABLE_MESSAGE)]
  }
  const changed = before.flatMap((cidr, index) =>
    cidr === ranges[index] ? [] : [invalid(indexPath(AT, index), ranges[index], FIELD_IMMUTABLE_MESSAGE)],
  )
  return isWidened ? [...changed, ...validateServiceCidr(next)] : changed
}

export const serviceCIDRStrategy: Strategy<V1ServiceCIDR> = {
  ...base,
  validate: validateServiceCidr,
  validateUpdate: validateServiceCidrUpdate,
}
