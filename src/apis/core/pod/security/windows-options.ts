/**
 * Options of security contexts that only Windows knows: accounts, credentials, and containers that are processes of
 * their host.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateWindowsSecurityContextOptions,
 * validateWindowsHostProcessPod.
 */
import { childPath, invalid, ofNamedType, type FieldError } from '../../../../apimachinery/field-path.ts'
import { byteLength, isDns1123Subdomain } from '../../../../apimachinery/names.ts'
import type { V1PodSpec, V1WindowsSecurityContextOptions } from '../../../generated/types.ts'
import { invalidFor } from '../../../validation/rules.ts'
import { allContainers } from '../spec/all-containers.ts'

const MAX_CREDENTIAL_KIB = 64
const DOMAIN_LIMIT = 256
const MAX_USER_LENGTH = 104
// oxlint-disable-next-line no-control-regex -- these are what is refused
const CONTROL = /[\x00-\x1f\x7f]/
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const DNS_LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const DNS_DOMAIN = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`)
const BAD_USER_CHARACTERS = /["/\\:;|=,+*?<>@[\]]/

/** `user` or `domain\user`. */
function userNameMessages(userName: string): string[] {
  if (userName === '') return ['runAsUserName cannot be an empty string']
  if (CONTROL.test(userName)) return ['runAsUserName cannot contain control characters']
  const parts = userName.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const [domain, user = ''] = parts.length === 2 ? [parts[0] ?? '', parts[1]] : [undefined, userName]
  const messages: string[] = []
  if (domain !== undefined && domain.length >= DOMAIN_LIMIT) {
    messages.push(`runAsUserName's Domain length must be under ${String(DOMAIN_LIMIT)} characters`)
  }
  if (domain !== undefined && !NET_BIOS.test(domain) && !DNS_DOMAIN.test(domain)) {
    messages.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
  }
  if (user === '') messages.push("runAsUserName's User cannot be empty")
  else if (user.length > MAX_USER_LENGTH) {
    messages.push(`runAsUserName's User length must not be longer than ${String(MAX_USER_LENGTH)} characters`)
  }
  if (/^[. ]+$/.test(user)) messages.push("runAsUserName's User cannot contain only periods or spaces")
  if (BAD_USER_CHARACTERS.test(user)) {
    messages.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]')
  }
  return messages
}

export function validateWindowsOptions(options: V1WindowsSecurityContextOptions | undefined, at: string): FieldError[] {
  if (options === undefined) return []
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options
  const specAt = childPath(at, 'gmsaCredentialSpec')
  const errors = gmsaCredentialSpecName === undefined
    ? []
    : invalidFor(
      childPath(at, 'gmsaCredentialSpecName'),
      ofNamedType(gmsaCredentialSpecName),
      isDns1123Subdomain(gmsaCredentialSpecName),
    )
  if (gmsaCredentialSpec === '') {
    errors.push(invalid(specAt, gmsaCredentialSpec, 'gmsaCredentialSpec cannot be an empty string'))
  } else if (byteLength(gmsaCredentialSpec ?? '') > MAX_CREDENTIAL_KIB * 1024) {
    const why = `gmsaCredentialSpec size must be under ${String(MAX_CREDENTIAL_KIB)} KiB`
    errors.push(invalid(specAt, ofNamedType(gmsaCredentialSpec ?? ''), why))
  }
  if (runAsUserName === undefined) return errors
  const userAt = childPath(at, 'runAsUserName')
  return [...errors, ...invalidFor(userAt, ofNamedType(runAsUserName), userNameMessages(runAsUserName))]
}

/** Either all containers are processes of the host, or none. */
export function validateHostProcess(spec: V1PodSpec, at: string): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  const placed = allContainers(spec, at)
  const errors: FieldError[] = []
  let count = 0
  for (const [{ securityContext }, containerAt] of placed) {
    const own = securityContext?.windowsOptions?.hostProcess
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const why = `pod hostProcess value must be identical if both are specified, was ${String(ofPod)}`
      errors.push(invalid(childPath(containerAt, 'securityContext', 'windowsOptions', 'hostProcess'), own, why))
    }
    if (own ?? ofPod ?? false) count += 1
  }
  if (count === 0) return errors
  if (count !== placed.length) {
    const why = 'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    errors.push(invalid(at, '', why))
  }
  if (spec.hostNetwork !== true) {
    const why = 'hostNetwork must be true if pod contains any hostProcess containers'
    errors.push(invalid(childPath(at, 'hostNetwork'), false, why))
  }
  return errors
}
