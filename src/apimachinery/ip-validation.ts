/**
 * Validation of fields that hold IP addresses and ranges, and the warnings about such that are accepted but read
 * differently by different programs. StrictIPCIDRValidation is on in 1.36; what an object has already may stay.
 * Source: k8s.io/apimachinery pkg/util/validation/ip.go; ValidateEndpointIP of kubernetes/kubernetes
 * pkg/apis/core/validation/validation.go.
 */
import {
  formatIpAddress, formatIpPrefix, parseIpAddress, parseIpPrefix, type IpAddress,
} from '../lib/ip/ip-address.ts'
import { invalid, quote, type FieldError } from './field-path.ts'

function ipMessages(value: string): string[] {
  const address = parseIpAddress(value)
  if (address === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
  if (address.hasLeadingZeros) return ['must not have leading 0s']
  return address.isMapped ? ['must not be an IPv4-mapped IPv6 address'] : []
}

/** What is wrong with a text that must be the one canonical form of an address. */
export function canonicalIpMessages(value: string): string[] {
  const messages = ipMessages(value)
  const address = parseIpAddress(value)
  if (messages.length > 0 || address === undefined) return messages
  const canonical = formatIpAddress(address)
  return value === canonical ? [] : [`must be in canonical form (${quote(canonical)})`]
}

const NONE: ReadonlySet<string> = new Set()

/** Fields older than strict checks: not every accepted text is canonical. `kept` are the values it has already. */
export function validateIp(field: string, value: string, kept: ReadonlySet<string> = NONE): FieldError[] {
  return kept.has(value) ? [] : ipMessages(value).map((message) => invalid(field, value, message))
}

/** Newer fields: the canonical text only. */
export function validateCanonicalIp(field: string, value: string): FieldError[] {
  return canonicalIpMessages(value).map((message) => invalid(field, value, message))
}

export function validateCidr(field: string, value: string, kept: ReadonlySet<string> = NONE): FieldError[] {
  if (kept.has(value)) return []
  const prefix = parseIpPrefix(value)
  if (prefix === undefined) {
    return [invalid(field, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
  }
  if (prefix.hasLeadingZeros) return [invalid(field, value, 'must not have leading 0s in IP or prefix length')]
  if (prefix.address.isMapped) return [invalid(field, value, 'must not have an IPv4-mapped IPv6 address')]
  const isNetwork = formatIpAddress(prefix.address) === formatIpAddress(prefix.network)
  return isNetwork ? [] : [invalid(field, value, 'must not have bits set beyond the prefix length')]
}

/** Newer fields: the canonical text only. */
export function validateCanonicalCidr(field: string, value: string): FieldError[] {
  const errors = validateCidr(field, value)
  const prefix = parseIpPrefix(value)
  if (errors.length > 0 || prefix === undefined) return errors
  const canonical = formatIpPrefix(prefix)
  return value === canonical ? [] : [invalid(field, value, `must be in canonical form (${quote(canonical)})`)]
}

/** An address and the length of its network's prefix, in their one form. */
export function validateInterfaceAddress(field: string, value: string): FieldError[] {
  const prefix = parseIpPrefix(value)
  if (prefix === undefined) {
    const why = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'
    return [invalid(field, value, why)]
  }
  const { address, bits } = prefix
  const canonical = `${formatIpAddress(address)}/${String(bits)}`
  return value === canonical ? [] : [invalid(field, value, `must be in canonical form (${quote(canonical)})`)]
}

/** 4 or 6; undefined for a text that is no address. */
export function ipFamilyOf(value: string): 4 | 6 | undefined {
  const address = parseIpAddress(value)
  if (address === undefined) return undefined
  return address.bytes.length === 4 ? 4 : 6
}

/** At least one address of either family. */
export function isDualStack(addresses: readonly string[]): boolean {
  const families = new Set(addresses.map(ipFamilyOf))
  return families.has(4) && families.has(6)
}

type Check = readonly [of: (bytes: readonly number[]) => boolean, message: (value: string) => string]

const isIpv4 = (bytes: readonly number[]): boolean => bytes.length === 4
const NOT_REACHABLE: readonly Check[] = [
  [(bytes) => bytes.every((byte) => byte === 0), (value) => `may not be unspecified (${value})`],
  [
    (bytes) => (isIpv4(bytes) ? bytes[0] === 127 : formatIpAddress({ bytes }) === '::1'),
    () => 'may not be in the loopback range (127.0.0.0/8, ::1/128)',
  ],
  [
    (bytes) =>
      isIpv4(bytes) ? bytes[0] === 169 && bytes[1] === 254 : bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80,
    () => 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  ],
  [
    (bytes) =>
      isIpv4(bytes)
        ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0
        : bytes[0] === 0xff && ((bytes[1] ?? 0) & 0x0f) === 0x02,
    () => 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  ],
]

/** Addresses that traffic of a Service may not be sent to: they would mean the node itself or its link. */
export function validateReachableIp(field: string, value: string): FieldError[] {
  const address = parseIpAddress(value)
  if (address === undefined) return [invalid(field, value, 'must be a valid IP address')]
  return NOT_REACHABLE.filter(([isOf]) => isOf(address.bytes)).map(([, message]) =>
    invalid(field, value, message(value)),
  )
}

function isNonStandard({ isMapped, hasLeadingZeros }: IpAddress): boolean {
  return isMapped || hasLeadingZeros
}

/** For Warning headers. Says nothing of what is no address: that is refused elsewhere. */
export function ipWarnings(field: string, value: string): string[] {
  const address = parseIpAddress(value)
  if (address === undefined) return []
  const canonical = formatIpAddress(address)
  if (isNonStandard(address)) {
    return [`${field}: non-standard IP address ${quote(value)} is invalid: use ${quote(canonical)}`]
  }
  return value === canonical
    ? []
    : [`${field}: IPv6 address ${quote(value)} should be in RFC 5952 canonical format (${quote(canonical)})`]
}

export function cidrWarnings(field: string, value: string): string[] {
  const prefix = parseIpPrefix(value)
  if (prefix === undefined) return []
  const { address, network, bits } = prefix
  const canonical = formatIpPrefix(prefix)
  const warnings: string[] = []
  if (formatIpAddress(address) !== formatIpAddress(network)) {
    const single = `${formatIpAddress(address)}/${String(address.bytes.length * 8)}`
    const choice = `should be ${quote(canonical)} or ${quote(single)}?`
    warnings.push(`${field}: CIDR value ${quote(value)} is ambiguous in this context (${choice})`)
  }
  if (prefix.hasLeadingZeros || address.isMapped) {
    warnings.push(`${field}: non-standard CIDR value ${quote(value)} is invalid: use ${quote(canonical)}`)
  }
  const written = `${formatIpAddress(address)}/${String(bits)}`
  if (warnings.length === 0 && written !== value) {
    const why = `should be in RFC 5952 canonical format (${quote(written)})`
    warnings.push(`${field}: IPv6 CIDR value ${quote(value)} ${why}`)
  }
  return warnings
}
