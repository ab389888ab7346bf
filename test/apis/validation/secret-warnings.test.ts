/** What is warned of in a Secret of TLS: texts of Go's crypto/tls, X509KeyPair. */
import { expect, it } from 'vitest'
import {
  ONE_CERTIFICATE, ONE_KEY, ONE_KEY_SEC1, OTHER_CERTIFICATE, RSA_CERTIFICATE, RSA_KEY,
} from '../../fixtures/certificates.ts'
import { Subject } from './given-want.ts'

const secrets = new Subject('v1', 'Secret')
const pemOf = (type: string): string => `-----BEGIN ${type}-----\nMAIwAA==\n-----END ${type}-----\n`
const CERTIFICATE = ONE_CERTIFICATE
const KEY = ONE_KEY_SEC1

it.each<[what: string, certificate: string, key: string, want: string[]]>([
  ['both are there', CERTIFICATE, `${pemOf('EC PARAMETERS')}${KEY}`, []],
  ['both are empty', '', '', ['tls: failed to find any PEM data in certificate input']],
  ['there is no key', CERTIFICATE, 'x', ['tls: failed to find any PEM data in key input']],
  [
    'they are switched', KEY, CERTIFICATE,
    [
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; ' +
        'PEM inputs may have been switched',
    ],
  ],
  [
    'there is no certificate', `${KEY}${pemOf('X')}`, KEY,
    [
      'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following ' +
        'types: [EC PRIVATE KEY X]',
    ],
  ],
  [
    'the key is a certificate', CERTIFICATE, CERTIFICATE,
    ['tls: found a certificate rather than a key in the PEM for the private key'],
  ],
  [
    'the key is something else', CERTIFICATE, pemOf('PUBLIC KEY'),
    [
      'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the ' +
        'following types: [PUBLIC KEY]',
    ],
  ],
  ['the key is in the newer form', CERTIFICATE, ONE_KEY, []],
  ['they are of RSA', RSA_CERTIFICATE, RSA_KEY, []],
  ['the first certificate counts', `${CERTIFICATE}${RSA_CERTIFICATE}`, ONE_KEY, []],
  ['the key is another one', OTHER_CERTIFICATE, KEY, ['tls: private key does not match public key']],
  ['the key is of another kind', CERTIFICATE, RSA_KEY, ['tls: private key type does not match public key type']],
  ['the key is none', CERTIFICATE, pemOf('PRIVATE KEY'), ['tls: failed to parse private key']],
  ['the certificate is none', pemOf('CERTIFICATE'), KEY, ['x509: malformed serial number']],
])('when %s', (_, certificate, key, want) => {
  const data = { 'tls.crt': btoa(certificate), 'tls.key': btoa(key) }
  expect(secrets.warnings({ type: 'kubernetes.io/tls', data })).toEqual(want)
  expect(secrets.warnings({ type: 'Opaque', data })).toEqual([])
})
