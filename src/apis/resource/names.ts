/**
 * Names of pools, attributes and shares of devices.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validatePoolName, validateQualifiedName,
 * validateUID; github.com/google/uuid Validate.
 */
import { invalid, ofNamedType, quote, required, tooLong, type FieldError } from '../../apimachinery/field-path.ts'
import { byteLength, DNS1123_SUBDOMAIN_MAX_LENGTH, isCIdentifier } from '../../apimachinery/names.ts'
import { validateDriverName } from '../core/pod/volumes/sources.ts'
import { dnsLabel, dnsSubdomain, invalidFor } from '../validation/rules.ts'

const MAX_ID_LENGTH = 32
const MAX_DOMAIN_LENGTH = 63
/** Of attributes and capacities, in paths. */
export const MAX_QUALIFIED_LENGTH = MAX_DOMAIN_LENGTH + 1 + MAX_ID_LENGTH
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const NORMALIZED =
  'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal ' +
  'characters'

export function validatePoolName(name: string, at: string): FieldError[] {
  if (name === '') return [required(at)]
  const isLong = byteLength(name) > DNS1123_SUBDOMAIN_MAX_LENGTH
  return [
    ...(isLong ? [tooLong(at, DNS1123_SUBDOMAIN_MAX_LENGTH)] : []),
    ...name.split('/').flatMap((part) => dnsSubdomain(at, part)),
  ]
}

function validateIdentifier(name: string, at: string): FieldError[] {
  const isLong = byteLength(name) > MAX_ID_LENGTH
  return [...(isLong ? [tooLong(at, MAX_ID_LENGTH)] : []), ...invalidFor(at, name, isCIdentifier(name))]
}

/** `model`, or `dra.example.com/model`. What has more slashes passes, as it does upstream. */
export function validateQualifiedName(name: string, at: string): FieldError[] {
  const [domain = '', identifier, ...more] = name.split('/')
  if (identifier === undefined) return validateIdentifier(domain, at)
  if (more.length > 0) return []
  return [
    ...(domain === '' ? [invalid(at, '', 'the domain must not be empty')] : validateDriverName(at, domain)),
    ...(identifier === '' ? [invalid(at, '', 'the name must not be empty')] : validateIdentifier(identifier, at)),
  ]
}

export function validateFullyQualifiedName(name: string, at: string): FieldError[] {
  const why = 'a fully qualified name must be a domain and a name separated by a slash'
  return [...validateQualifiedName(name, at), ...(name.includes('/') ? [] : [invalid(at, ofNamedType(name), why)])]
}

/** What the parser says of a text that is no UUID in any of its four forms. */
function uuidFault(text: string): string | undefined {
  const bare = [36, 45, 38, 32].includes(text.length) ? text.replace(/^urn:uuid:|^\{|\}$/gi, '') : ''
  if (text.length === 45 && bare.length !== 36) return `invalid urn prefix: ${quote(text.slice(0, 9))}`
  if (text.length === 38 && bare.length !== 36) return 'invalid bracketed UUID format'
  if (bare === '') return `invalid UUID length: ${String(text.length)}`
  const isOne = bare.length === 32 ? /^[0-9a-f]{32}$/i.test(bare) : UUID.test(bare)
  return isOne ? undefined : 'invalid UUID format'
}

export function validateShareId(id: string, at: string): FieldError[] {
  const fault = uuidFault(id)
  if (fault !== undefined) return [invalid(at, id, `error validating uid: ${fault}`)]
  return id.length === 36 && id === id.toLowerCase() ? [] : [invalid(at, id, NORMALIZED)]
}

const BAD_REFERENCE =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

/** Names of a claim's requests, and of what each would take instead: `gpu`, `gpu/small`. */
export type RequestNames = ReadonlySet<string>

export function validateRequestReference(name: string, known: RequestNames, at: string): FieldError[] {
  const parts = name.split('/')
  if (parts.length > 2) return [invalid(at, name, BAD_REFERENCE)]
  const errors = parts.flatMap((part) => dnsLabel(at, part))
  return known.has(name) ? errors : [...errors, invalid(at, name, BAD_REFERENCE)]
}
