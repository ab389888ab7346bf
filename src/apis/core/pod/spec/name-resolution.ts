/**
 * How a pod resolves names, and how it is called itself.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validatePodDNSConfig, ValidateHostAliases,
 * validatePodHostName.
 */
import {
  childPath, forbidden, indexPath, invalid, required, tooLong, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { validateIp } from '../../../../apimachinery/ip-validation.ts'
import { byteLength, isDns1123SubdomainWithUnderscore } from '../../../../apimachinery/names.ts'
import type { V1HostAlias, V1PodDNSConfig, V1PodSpec } from '../../../generated/types.ts'
import { dnsSubdomain, invalidFor } from '../../../validation/rules.ts'

/** What resolvers of C libraries read of a resolv.conf. */
const MAX_NAMESERVERS = 3
const MAX_SEARCH_PATHS = 32
const MAX_SEARCH_CHARACTERS = 2048
/** Linux' limit for the name of a host. */
const MAX_HOSTNAME_LENGTH = 64

function validateSearches(searches: readonly string[], at: string): FieldError[] {
  const errors: FieldError[] = []
  if (searches.length > MAX_SEARCH_PATHS) {
    errors.push(invalid(at, searches, `must not have more than ${String(MAX_SEARCH_PATHS)} search paths`))
  }
  if (byteLength(searches.join(' ')) > MAX_SEARCH_CHARACTERS) {
    const limit = String(MAX_SEARCH_CHARACTERS)
    const why = `must not have more than ${limit} characters (including spaces) in the search list`
    errors.push(invalid(at, searches, why))
  }
  return [
    ...errors,
    ...searches.flatMap((written, index) => {
      const search = written.replace(/\.$/, '')
      return written === '.' ? [] : invalidFor(indexPath(at, index), search, isDns1123SubdomainWithUnderscore(search))
    }),
  ]
}

export function validateDnsConfig(
  config: V1PodDNSConfig | undefined,
  policy: string | undefined,
  at: string,
): FieldError[] {
  const { nameservers = [], searches = [], options = [] } = config ?? {}
  const serversAt = childPath(at, 'nameservers')
  if (policy === 'None') {
    if (config === undefined) return [required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
    if (nameservers.length === 0) return [required(serversAt, why)]
  }
  const tooMany = `must not have more than ${String(MAX_NAMESERVERS)} nameservers`
  return [
    ...(nameservers.length > MAX_NAMESERVERS ? [invalid(serversAt, nameservers, tooMany)] : []),
    ...nameservers.flatMap((address, index) => validateIp(indexPath(serversAt, index), address)),
    ...validateSearches(searches, childPath(at, 'searches')),
    ...options.flatMap(({ name = '' }, index) =>
      name === '' ? [required(indexPath(childPath(at, 'options'), index), 'must not be empty')] : [],
    ),
  ]
}

export function validateHostAliases(aliases: readonly V1HostAlias[], field: string): FieldError[] {
  return aliases.flatMap(({ ip, hostnames = [] }, index) => {
    const at = indexPath(field, index)
    return [
      ...validateIp(childPath(at, 'ip'), ip),
      ...hostnames.flatMap((name, place) => dnsSubdomain(indexPath(childPath(at, 'hostnames'), place), name)),
    ]
  })
}

export function validateHostnameOverride(spec: V1PodSpec, field: string): FieldError[] {
  const { hostnameOverride } = spec
  if (hostnameOverride === undefined) return []
  const at = childPath(field, 'hostnameOverride')
  const conflicts: [boolean, string][] = [
    [spec.setHostnameAsFQDN === true, 'setHostnameAsFQDN'],
    [spec.hostNetwork === true, 'hostNetwork'],
  ]
  return [
    ...conflicts
      .filter(([isSet]) => isSet)
      .map(([, name]) => forbidden(at, `may not be specified when ${name} is true`)),
    ...(byteLength(hostnameOverride) > MAX_HOSTNAME_LENGTH ? [tooLong(at, MAX_HOSTNAME_LENGTH)] : []),
    ...dnsSubdomain(at, hostnameOverride),
  ]
}
