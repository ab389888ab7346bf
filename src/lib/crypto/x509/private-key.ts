/**
 * A private key in any of the three forms that Go's crypto/tls takes (PKCS#8, PKCS#1, SEC 1), as far as to what its
 * public half shares with it. Upstream: Go's crypto/tls/tls.go, parsePrivateKey.
 */
import type { KeyHalf } from './certificate.ts'
import { integerOf, keyFamilyOf } from './certificate.ts'
import { DerReader, TAG, bitString, objectIdentifier } from './der.ts'
import type { Element } from './der.ts'
import { hexOf } from '../hex.ts'

const CONTEXT = 2
const PUBLIC_KEY = 1
/** A version, two parts of the public key, and what only the owner knows. */
const PKCS1_NUMBERS = 9

/** Undefined: it is none. */
export function readPrivateKey(der: Uint8Array): KeyHalf | undefined {
  for (const read of [pkcs1, pkcs8, sec1]) {
    try {
      const reader = new DerReader(der)
      const found = read(new DerReader(reader.read(TAG.sequence, '').content))
      if (found !== undefined) return found
    } catch {
      // It may be one of another form.
    }
  }
  return undefined
}

function pkcs1(parts: DerReader): KeyHalf {
  const numbers = Array.from({ length: PKCS1_NUMBERS }, () => integerOf(parts.read(TAG.integer, '')))
  return { family: 'RSA', shared: numbers[1] }
}

function pkcs8(parts: DerReader): KeyHalf | undefined {
  parts.read(TAG.integer, '')
  const algorithm = new DerReader(parts.read(TAG.sequence, '').content)
  const family = keyFamilyOf(objectIdentifier(algorithm.read(TAG.objectIdentifier, '')))
  const inner = parts.read(TAG.octetString, '').content
  if (family === undefined) return undefined
  if (family === 'Ed25519') {
    new DerReader(inner).read(TAG.octetString, '')
    return { family, shared: undefined }
  }
  const key = new DerReader(new DerReader(inner).read(TAG.sequence, '').content)
  return family === 'RSA' ? pkcs1(key) : sec1(key)
}

function sec1(parts: DerReader): KeyHalf {
  if (integerOf(parts.read(TAG.integer, '')) !== '01') throw new Error('an unknown version')
  parts.read(TAG.octetString, '')
  return { family: 'ECDSA', shared: publicPoint(parts) }
}

function publicPoint(parts: DerReader): string | undefined {
  while (!parts.isAtEnd) {
    const element: Element = parts.readAny()
    if (element.class !== CONTEXT || element.tag !== PUBLIC_KEY) continue
    return hexOf(bitString(new DerReader(element.content).read(TAG.bitString, '')))
  }
  return undefined
}
