/**
 * What a signer puts into a request: PEM of certificates and nothing else. Differs: of a certificate itself only the
 * frame is looked at. Upstream: kubernetes/kubernetes pkg/apis/certificates/validation/validation.go,
 * validateCertificate.
 */
import { invalid, quote } from '../../../apimachinery/field-path.ts'
import type { FieldError } from '../../../apimachinery/field-path.ts'
import type { V1CertificateSigningRequest } from '../../generated/types.ts'
import { pemBlocks, type PemBlock } from '../../../lib/pem.ts'

const SEQUENCE = 0x30

interface Extent {
  readonly start: number
  readonly end: number
}

/** Of the content of the DER sequence at a place; undefined: there is none, or not all of it. */
function sequenceAt(bytes: Uint8Array, at: number): Extent | undefined {
  const short = bytes[at + 1]
  if (bytes[at] !== SEQUENCE || short === undefined) return undefined
  const lengthBytes = short < 0x80 ? 0 : short & 0x7f
  const start = at + 2 + lengthBytes
  const length = bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, lengthBytes === 0 ? short : 0)
  const end = start + length
  return short === 0x80 || end > bytes.length ? undefined : { start, end }
}

function faultOfBlock({ type, hasHeaders, bytes }: PemBlock): string | undefined {
  if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quote(type)}`
  if (hasHeaders) return 'no PEM block headers are permitted'
  if (bytes.length === 0) return 'found CERTIFICATE PEM block containing 0 certificates'
  for (let at = 0; at < bytes.length; ) {
    const whole = sequenceAt(bytes, at)
    if (whole === undefined) return 'x509: malformed certificate'
    const signed = sequenceAt(bytes, whole.start)
    if (signed === undefined || signed.end > whole.end) return 'x509: malformed tbs certificate'
    at = whole.end
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
