/**
 * What a request for a certificate must say, and that it is signed by the key it is for.
 * Upstream: kubernetes/kubernetes pkg/apis/certificates/validation/validation.go, pkg/apis/core/validation/names.go.
 */
import {
  duplicate, indexPath, invalid, notSupported, ofNamedType, quote, required, tooLong,
} from '../../../apimachinery/field-path.ts'
import type { FieldError } from '../../../apimachinery/field-path.ts'
import { isDns1123Label, isDns1123Subdomain } from '../../../apimachinery/names.ts'
import type { V1CertificateSigningRequest } from '../../generated/types.ts'
import { itemsOf } from '../../validation/rules.ts'
import { pemBlocks } from '../../../lib/crypto/x509/pem.ts'
import type { Signed } from '../../../lib/crypto/x509/signature.ts'
import type { Facts } from '../../define-kind.ts'
import { failureOf, parseSignedRequest } from './signed-request.ts'
import { repeats } from '../../validation/repeats.ts'

const USAGES = [
  'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment',
  'decipher only', 'digital signature', 'email protection', 'encipher only', 'ipsec end system', 'ipsec tunnel',
  'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime',
  'server auth', 'signing', 'timestamping',
]
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown'
const SHORTEST_SECONDS = 600
const MAX_DOMAIN_LENGTH = 253
const MAX_SIGNER_LENGTH = 571

/** A domain and a path of names: `example.com/signer`. */
export function validateSignerName(field: string, name: string): FieldError[] {
  if (name === '') return [required(field)]
  const [domain = '', path = '', ...more] = name.split('/')
  if (!name.includes('/') || more.length > 0) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
    return [invalid(field, name, why)]
  }
  const errors = domain.length > MAX_DOMAIN_LENGTH ? [tooLong(field, MAX_DOMAIN_LENGTH)] : []
  const labels = domain.split('.')
  errors.push(...firstFault(field, domain, labels, isDns1123Label))
  if (labels.length < 2) {
    errors.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'))
  }
  errors.push(...firstFault(field, path, path.split('.'), isDns1123Subdomain))
  return name.length > MAX_SIGNER_LENGTH ? [...errors, tooLong(field, MAX_SIGNER_LENGTH)] : errors
}

function firstFault(
  field: string,
  value: string,
  labels: readonly string[],
  check: (label: string) => readonly string[],
): FieldError[] {
  const wrong = labels.find((label) => check(label).length > 0)
  if (wrong === undefined) return []
  return check(wrong).map((why) => invalid(field, value, `validating label ${quote(wrong)}: ${why}`))
}

/** `old`: what was wrong in it before may stay. */
export function validateRequest(
  { spec }: V1CertificateSigningRequest,
  old?: V1CertificateSigningRequest,
  facts?: Facts,
): FieldError[] {
  // What was asked never changes, and was judged when it was.
  const errors = old === undefined ? validateSigned(spec.request, facts) : []
  const usages = itemsOf(spec.usages)
  const before = itemsOf(old?.spec.usages)
  if (usages.length === 0) errors.push(required('spec.usages'))
  if (before.every((usage) => USAGES.includes(usage))) {
    for (const [index, usage] of usages.entries()) {
      if (!USAGES.includes(usage)) errors.push(notSupported(indexPath('spec.usages', index), usage, USAGES))
    }
  }
  if (new Set(before).size === before.length) {
    const isRepeat = repeats()
    for (const [index, usage] of usages.entries()) {
      if (isRepeat(usage)) errors.push(duplicate(indexPath('spec.usages', index), ofNamedType(usage)))
    }
  }
  errors.push(...validateSigner(spec.signerName, old))
  const { expirationSeconds } = spec
  if (expirationSeconds !== undefined && expirationSeconds < SHORTEST_SECONDS) {
    const why = 'may not specify a duration less than 600 seconds (10 minutes)'
    errors.push(invalid('spec.expirationSeconds', expirationSeconds, why))
  }
  return errors
}

function validateSigner(name: string, old: V1CertificateSigningRequest | undefined): FieldError[] {
  if (name === LEGACY_SIGNER && old?.spec.signerName !== LEGACY_SIGNER) {
    return [invalid('spec.signerName', name, 'the legacy signerName is not allowed via this API version')]
  }
  return validateSignerName('spec.signerName', name)
}

/** validateCSR, with ParseCSR of pkg/apis/certificates/helpers.go. */
function validateSigned(encoded: string, facts: Facts | undefined): FieldError[] {
  const refused = (why: string): FieldError[] => [invalid('spec.request', encoded, why)]
  const [block] = pemBlocks(atob(encoded))
  if (block?.type !== 'CERTIFICATE REQUEST') return refused('PEM block type must be CERTIFICATE REQUEST')
  let signed: Signed
  try {
    signed = parseSignedRequest(block.bytes)
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
  return facts === undefined || facts.isSigned(signed) ? [] : refused(failureOf(signed))
}
