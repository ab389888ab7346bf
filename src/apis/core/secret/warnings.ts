/**
 * A key and a certificate that are none. Differs: whether they fit each other is not looked at.
 * Upstream: kubernetes/kubernetes pkg/registry/core/secret/strategy.go, warningsForSecret; Go's tls.X509KeyPair.
 */
import { pemBlocks } from '../../../lib/pem.ts'
import type { V1Secret } from '../../generated/types.ts'

const KEY_TYPE = /^(?:.* )?PRIVATE KEY$/

function typesIn(base64: string): string[] {
  return pemBlocks(atob(base64)).map(({ type }) => type)
}

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

export function secretWarnings({ type, data = {} }: V1Secret): string[] {
  if (type !== 'kubernetes.io/tls') return []
  const fault = certificateFault(typesIn(data['tls.crt'] ?? '')) ?? keyFault(typesIn(data['tls.key'] ?? ''))
  return fault === undefined ? [] : [`tls: ${fault}`]
}
