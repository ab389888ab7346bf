/**
 * A request for a certificate as PKCS#10 has it: what is signed, by which key, how. Throws Error with the words that
 * Go's crypto/x509 has for what is wrong; subject and extensions are looked at as far as their frames.
 * Upstream: Go's crypto/x509/x509.go, ParseCertificateRequest, CheckSignature; crypto/x509/parser.go, parsePublicKey.
 */
import {
  DerError, DerReader, TAG, bitString, checkInteger, objectIdentifier, onlyElement, type Element,
} from '../../../lib/crypto/x509/der.ts'
import { hexOf } from '../../../lib/crypto/hex.ts'
import type { Signed } from '../../../lib/crypto/x509/signature.ts'

type Algorithm = Pick<Signed, 'family' | 'hash' | 'isPss'>

const RSA_KEY = '1.2.840.113549.1.1.1'
const ECDSA_KEY = '1.2.840.10045.2.1'
const ED25519 = '1.3.101.112'
const RSA_PSS = '1.2.840.113549.1.1.10'
const ED25519_KEY_BYTES = 32
const HASHES = ['SHA-256', 'SHA-384', 'SHA-512'] as const

const CURVES: Readonly<Record<string, string>> = {
  '1.3.132.0.33': 'P-224',
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
}

const RSA_ARC = '1.2.840.113549.1.1'
const ECDSA_ARC = '1.2.840.10045.4'
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  [`${RSA_ARC}.5`]: { family: 'RSA', hash: 'SHA-1', isPss: false },
  [`${RSA_ARC}.11`]: { family: 'RSA', hash: 'SHA-256', isPss: false },
  [`${RSA_ARC}.12`]: { family: 'RSA', hash: 'SHA-384', isPss: false },
  [`${RSA_ARC}.13`]: { family: 'RSA', hash: 'SHA-512', isPss: false },
  [`${ECDSA_ARC}.1`]: { family: 'ECDSA', hash: 'SHA-1', isPss: false },
  [`${ECDSA_ARC}.3.2`]: { family: 'ECDSA', hash: 'SHA-256', isPss: false },
  [`${ECDSA_ARC}.3.3`]: { family: 'ECDSA', hash: 'SHA-384', isPss: false },
  [`${ECDSA_ARC}.3.4`]: { family: 'ECDSA', hash: 'SHA-512', isPss: false },
  [ED25519]: { family: 'Ed25519', hash: '', isPss: false },
}
const MD5_RSA = `${RSA_ARC}.4`
const UNSUPPORTED = 'x509: cannot verify signature: algorithm unimplemented'

const FAILURES: Readonly<Record<Signed['family'], string>> = {
  RSA: 'crypto/rsa: verification error',
  ECDSA: 'x509: ECDSA verification failure',
  Ed25519: 'x509: Ed25519 verification failure',
}
const GO_KEYS: Readonly<Record<Signed['family'], string>> = {
  RSA: '*rsa.PublicKey',
  ECDSA: '*ecdsa.PublicKey',
  Ed25519: 'ed25519.PublicKey',
}

/** What is said when the signature is not of the key. */
export function failureOf({ family }: Signed): string {
  return FAILURES[family]
}

interface NamedAlgorithm {
  readonly id: string
  readonly parameters: Element | undefined
}

export function parseSignedRequest(der: Uint8Array): Signed {
  const whole = new DerReader(onlyElement(der, TAG.sequence, 'certificateRequest').content)
  const signed = whole.read(TAG.sequence, 'tbsCertificateRequest')
  const parts = new DerReader(signed.content)
  checkInteger(parts.read(TAG.integer, 'int'))
  const subject = parts.readAny()
  const key = parts.read(TAG.sequence, 'publicKeyInfo')
  const keyParts = new DerReader(key.content)
  const keyAlgorithm = namedAlgorithm(keyParts)
  const keyBits = bitString(keyParts.read(TAG.bitString, 'BitString'))
  const algorithm = namedAlgorithm(whole)
  const signature = bitString(whole.read(TAG.bitString, 'BitString'))
  const publicKey = publicKeyOf(keyAlgorithm, keyBits)
  checkSubject(subject)
  const copy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
  const { family, hash, isPss } = algorithmOf(algorithm)
  if (publicKey === undefined) throw new Error(UNSUPPORTED)
  if (publicKey.family !== family) {
    const expected = `x509: signature algorithm specifies an ${family} public key`
    throw new Error(`${expected}, but have public key of type ${GO_KEYS[publicKey.family]}`)
  }
  const { curve } = publicKey
  return { family, hash, isPss, curve, key: copy(key.whole), bytes: copy(signed.whole), signature: copy(signature) }
}

function namedAlgorithm(reader: DerReader): NamedAlgorithm {
  const parts = new DerReader(reader.read(TAG.sequence, 'AlgorithmIdentifier').content)
  const id = objectIdentifier(parts.read(TAG.objectIdentifier, 'ObjectIdentifier'))
  return { id, parameters: parts.isAtEnd ? undefined : parts.readAny() }
}

function publicKeyOf(
  { id, parameters }: NamedAlgorithm,
  bits: Uint8Array,
): Pick<Signed, 'family' | 'curve'> | undefined {
  switch (id) {
    case RSA_KEY:
      if (parameters?.tag !== TAG.null) throw new Error('x509: RSA key missing NULL parameters')
      checkRsaKey(bits)
      return { family: 'RSA', curve: '' }
    case ECDSA_KEY: {
      if (parameters?.tag !== TAG.objectIdentifier) throw new Error('x509: invalid ECDSA parameters')
      const curve = CURVES[objectIdentifier(parameters)]
      if (curve === undefined) throw new Error('x509: unsupported elliptic curve')
      return { family: 'ECDSA', curve }
    }
    case ED25519:
      if (parameters !== undefined) throw new Error('x509: Ed25519 key encoded with illegal parameters')
      if (bits.length !== ED25519_KEY_BYTES) throw new Error('x509: wrong Ed25519 public key size')
      return { family: 'Ed25519', curve: '' }
    default:
      return undefined
  }
}

function checkRsaKey(bits: Uint8Array): void {
  const isRead = (read: () => unknown): boolean => {
    try {
      read()
      return true
    } catch (error) {
      if (error instanceof DerError) return false
      throw error
    }
  }
  let parts = new DerReader(bits)
  if (!isRead(() => (parts = new DerReader(parts.read(TAG.sequence, '').content)))) {
    throw new Error('x509: invalid RSA public key')
  }
  for (const part of ['modulus', 'public exponent']) {
    if (!isRead(() => checkInteger(parts.read(TAG.integer, '')))) throw new Error(`x509: invalid RSA ${part}`)
  }
}

function algorithmOf({ id, parameters }: NamedAlgorithm): Algorithm {
  if (id === MD5_RSA) throw new Error('x509: cannot verify signature: insecure algorithm MD5-RSA')
  if (id === RSA_PSS) {
    const said = parameters === undefined ? '' : hexOf(parameters.whole)
    const hash = HASHES.find((name, place) => pssParameters(place + 1, Number(name.slice(4)) / 8).includes(said))
    if (hash !== undefined) return { family: 'RSA', hash, isPss: true }
  }
  const known = ALGORITHMS[id]
  if (known === undefined) throw new Error(UNSUPPORTED)
  return known
}

/** The forms that Go takes: hash and mask by the same SHA-2, with or without a NULL, and the salt as long as it. */
function pssParameters(hash: number, saltBytes: number): readonly string[] {
  const sha2 = `060960864801650304020${String(hash)}`
  const mask = '06092a864886f70d010108'
  const salt = `a2030201${saltBytes.toString(16)}`
  return [
    `3034a00f300d${sha2}0500a11c301a${mask}300d${sha2}0500${salt}`,
    `3030a00d300b${sha2}a11a3018${mask}300b${sha2}${salt}`,
  ]
}

function checkSubject({ whole }: Element): void {
  for (const { content } of new DerReader(onlyElement(whole, TAG.sequence, 'RDNSequence').content).readAll(TAG.set)) {
    for (const attribute of new DerReader(content).readAll(TAG.sequence)) {
      const parts = new DerReader(attribute.content)
      objectIdentifier(parts.read(TAG.objectIdentifier, 'ObjectIdentifier'))
      parts.readAny()
    }
  }
}
