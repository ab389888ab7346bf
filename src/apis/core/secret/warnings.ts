/**
 * A key and a certificate that are none, or not of each other. Differs: of a key that does not say its public half
 * (Ed25519, and others where it is left out), that is not worked out.
 * Upstream: kubernetes/kubernetes pkg/registry/core/secret/strategy.go, warningsForSecret; Go's tls.X509KeyPair.
 */
import { readCertificate } from '../../../lib/crypto/x509/certificate.ts'
import { pemBlocks, type PemBlock } from '../../../lib/crypto/x509/pem.ts'
import { readPrivateKey } from '../../../lib/crypto/x509/private-key.ts'
import type { V1Secret } from '../../generated/types.ts'

const KEY_TYPE = /^(?:.* )?PRIVATE KEY$/

function certificateFault(types: readonly string[]): string | undefined {
  if (types.includes('CERTIFICATE')) return undefined
  if (types.length === 0) return 'failed to find any PEM data in certificate input'
  if (types.length === 1 && types[0]?.endsWith('PRIVATE KEY') === true) {
    return 'failed to find certificate PEM data in certificate input, but did find a private key; ' +
      'PEM inputs may have been switched'
  }
  return 'failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following ' +
    `types: [${types.join(' ')}]`
}

function keyFault(types: readonly string[]): string | undefined {
  if (types.some((type) => KEY_TYPE.test(type))) return undefined
  if (types.length === 0) return 'failed to find any PEM data in key input'
  if (types.length === 1 && types[0] === 'CERTIFICATE') {
    return 'found a certificate rather than a key in the PEM for the private key'
  }
  return 'failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the ' +
    `following types: [${types.join(' ')}]`
}

function pairFault(certificateBytes: Uint8Array, keyBytes: Uint8Array): string[] {
  let certificate: ReturnType<typeof readCertificate>
  try {
    certificate = readCertificate(certificateBytes)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  if (certificate.rest.length > 0) return ['x509: trailing data']
  const key = readPrivateKey(keyBytes)
  if (key === undefined) return ['tls: failed to parse private key']
  const half = certificate.key
  if (half === undefined) return ['tls: unknown public key algorithm']
  if (half.family !== key.family) return ['tls: private key type does not match public key type']
  const isOther = key.shared !== undefined && key.shared !== half.shared
  return isOther ? ['tls: private key does not match public key'] : []
}

export function secretWarnings({ type, data = {} }: V1Secret): string[] {
  if (type !== 'kubernetes.io/tls') return []
  const certificates = pemBlocks(atob(data['tls.crt'] ?? ''))
  const keys = pemBlocks(atob(data['tls.key'] ?? ''))
  const typesOf = (blocks: readonly PemBlock[]): string[] => blocks.map((block) => block.type)
  const missing = certificateFault(typesOf(certificates)) ?? keyFault(typesOf(keys))
  if (missing !== undefined) return [`tls: ${missing}`]
  const certificate = certificates.find((block) => block.type === 'CERTIFICATE')
  const key = keys.find((block) => KEY_TYPE.test(block.type))
  return certificate === undefined || key === undefined ? [] : pairFault(certificate.bytes, key.bytes)
}
