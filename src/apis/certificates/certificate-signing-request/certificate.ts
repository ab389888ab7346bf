/**
 * What a signer puts into a request: PEM of certificates and nothing else. Differs: of a certificate itself nothing
 * is looked at beyond its public key. Upstream: kubernetes/kubernetes pkg/apis/certificates/validation/validation.go,
 * validateCertificate.
 */
import { invalid, quote } from '../../../apimachinery/field-path.ts'
import type { FieldError } from '../../../apimachinery/field-path.ts'
import type { V1CertificateSigningRequest } from '../../generated/types.ts'
import { readCertificate } from '../../../lib/crypto/x509/certificate.ts'
import { pemBlocks, type PemBlock } from '../../../lib/crypto/x509/pem.ts'

function faultOfBlock({ type, hasHeaders, bytes }: PemBlock): string | undefined {
  if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quote(type)}`
  if (hasHeaders) return 'no PEM block headers are permitted'
  if (bytes.length === 0) return 'found CERTIFICATE PEM block containing 0 certificates'
  try {
    for (let rest = bytes; rest.length > 0; ) ({ rest } = readCertificate(rest))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return undefined
}

function faultOf(encoded: string): string | undefined {
  if (encoded === '') return undefined
  const blocks = pemBlocks(atob(encoded))
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block'
  return blocks.map(faultOfBlock).find((fault) => fault !== undefined)
}

/** What was there before may stay, and if that is no certificate, so may the next. */
export function validateCertificate(
  { status }: V1CertificateSigningRequest,
  old?: V1CertificateSigningRequest,
): FieldError[] {
  const [now, before] = [status?.certificate ?? '', old?.status?.certificate ?? '']
  const fault = now === before || faultOf(before) !== undefined ? undefined : faultOf(now)
  return fault === undefined ? [] : [invalid('status.certificate', '<certificate data>', fault)]
}
