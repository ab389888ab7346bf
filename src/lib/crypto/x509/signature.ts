/**
 * Whether a signature over bytes is of a public key, by the algorithms of X.509: those of Web Crypto, and P-224.
 */
import { DerReader, TAG, bitString } from './der.ts'
import { isSignedOnP224 } from './p224.ts'

type Family = 'RSA' | 'ECDSA' | 'Ed25519'

export interface Signed {
  readonly family: Family
  /** `SHA-256`; '' for Ed25519, which needs none. */
  readonly hash: string
  /** RSA only: probabilistic padding, with a salt as long as the hash. */
  readonly isPss: boolean
  /** ECDSA only: `P-256`. */
  readonly curve: string
  /** SubjectPublicKeyInfo. */
  readonly key: Uint8Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
}

const COORDINATE_BYTES: Readonly<Record<string, number>> = { 'P-224': 28, 'P-256': 32, 'P-384': 48, 'P-521': 66 }
const HASH_BYTES: Readonly<Record<string, number>> = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 }

export async function isSignedByKey({ family, hash, isPss, curve, key, bytes, signature }: Signed): Promise<boolean> {
  if (family === 'ECDSA') {
    const size = COORDINATE_BYTES[curve]
    const plain = size === undefined ? undefined : plainSignature(signature, size)
    if (plain === undefined) return false
    if (curve === 'P-224') {
      return isSignedOnP224(pointOf(key), new Uint8Array(await crypto.subtle.digest(hash, bytes)), plain)
    }
    return verify({ name: 'ECDSA', namedCurve: curve, hash }, key, plain, bytes)
  }
  if (family === 'Ed25519') return verify({ name: 'Ed25519' }, key, signature, bytes)
  const name = isPss ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5'
  return verify({ name, hash, ...(isPss ? { saltLength: HASH_BYTES[hash] ?? 0 } : {}) }, key, signature, bytes)
}

interface Algorithm {
  readonly name: string
  readonly namedCurve?: string
  readonly hash?: string
  readonly saltLength?: number
}

async function verify(
  algorithm: Algorithm,
  keyBytes: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  let key: CryptoKey
  try {
    key = await crypto.subtle.importKey('spki', keyBytes, algorithm, false, ['verify'])
  } catch {
    // A key that is none has signed nothing.
    return false
  }
  return crypto.subtle.verify(algorithm, key, signature, bytes)
}

/** What is in a SubjectPublicKeyInfo. */
function pointOf(key: Uint8Array): Uint8Array {
  const parts = new DerReader(new DerReader(key).read(TAG.sequence, '').content)
  parts.read(TAG.sequence, '')
  return bitString(parts.read(TAG.bitString, ''))
}

/** X.509 has a sequence of two integers where Web Crypto has them one after the other, each as long as a coordinate. */
function plainSignature(der: Uint8Array, size: number): Uint8Array<ArrayBuffer> | undefined {
  const plain = new Uint8Array(size * 2)
  try {
    const pair = new DerReader(new DerReader(der).read(TAG.sequence, '').content)
    for (const end of [size, size * 2]) {
      const { content } = pair.read(TAG.integer, '')
      const digits = content.subarray(content.findIndex((byte) => byte !== 0))
      if (digits.length > size) return undefined
      plain.set(digits, end - digits.length)
    }
  } catch {
    return undefined
  }
  return plain
}
