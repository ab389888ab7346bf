/**
 * Whether a bundle of CA certificates has any that can be read. Only the outer shape of each is looked at, which is
 * what tells a bundle from something else that was put there by mistake. Upstream: k8s.io/client-go transport,
 * rootCertPool.
 */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g
const DER_SEQUENCE = 0x30

/** `bundle` is base64 of PEM. undefined: all is well. */
export function certificateProblem(bundle: string): string | undefined {
  const blocks = [...(decodeBase64(bundle) ?? '').matchAll(BLOCK)]
  const certificates = blocks.filter(([, type]) => type === 'CERTIFICATE').map(([, , body = '']) => body)
  const isReadable = (body: string): boolean => decodeBase64(body)?.charCodeAt(0) === DER_SEQUENCE
  if (certificates.some(isReadable)) return undefined
  const why =
    certificates.length > 0 ? 'failed to parse certificate: x509: malformed certificate'
    : blocks.length > 0 ? 'no valid certificate authority data seen'
    : 'unable to parse bytes as PEM block'
  return `unable to load root certificates: ${why}`
}

function decodeBase64(text: string): string | undefined {
  try {
    return atob(text.replaceAll(/\s/g, ''))
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}
