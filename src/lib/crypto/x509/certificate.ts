/**
 * An X.509 certificate, as far as to its public key, with Go's words for what is wrong. Extensions, validity and the
 * signature are not looked at. Upstream: Go's crypto/x509/parser.go, parseCertificate.
 */
import { DerReader, TAG, bitString, checkInteger, objectIdentifier } from './der.ts'
import type { Element } from './der.ts'
import { hexOf } from '../hex.ts'

/** What two halves of a pair of keys have in common. */
export interface KeyHalf {
  readonly family: 'RSA' | 'ECDSA' | 'Ed25519'
  /** In hex: the modulus, the point, the bytes of the public key; undefined: this half does not say it. */
  readonly shared: string | undefined
}

const FAMILIES: Readonly<Record<string, KeyHalf['family']>> = {
  '1.2.840.113549.1.1.1': 'RSA',
  '1.2.840.10045.2.1': 'ECDSA',
  '1.3.101.112': 'Ed25519',
}

export function keyFamilyOf(id: string): KeyHalf['family'] | undefined {
  return FAMILIES[id]
}

const CONTEXT = 2

/** `read`, or an error that names the part. */
function part<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new Error(`x509: malformed ${what}`, { cause })
  }
}

/** The public key of the first certificate, and what follows it. Undefined: a key of an unknown kind. */
export function readCertificate(der: Uint8Array): { key: KeyHalf | undefined; rest: Uint8Array } {
  const whole = part('certificate', () => new DerReader(der).read(TAG.sequence, ''))
  const parts = new DerReader(whole.content)
  const signed = new DerReader(part('tbs certificate', () => parts.read(TAG.sequence, '')).content)
  part('version', () => skipVersion(signed))
  part('serial number', () => checkInteger(signed.read(TAG.integer, '')))
  const inner = part('signature algorithm identifier', () => signed.read(TAG.sequence, ''))
  const outer = part('algorithm identifier', () => parts.read(TAG.sequence, ''))
  if (hexOf(inner.content) !== hexOf(outer.content)) {
    throw new Error("x509: inner and outer signature algorithm identifiers don't match")
  }
  for (const what of ['issuer', 'validity', 'issuer']) part(what, () => signed.read(TAG.sequence, ''))
  const key = new DerReader(part('spki', () => signed.read(TAG.sequence, '')).content)
  const algorithm = part('public key algorithm identifier', () => key.read(TAG.sequence, ''))
  const id = part('OID', () => objectIdentifier(new DerReader(algorithm.content).read(TAG.objectIdentifier, '')))
  const bits = part('subjectPublicKey', () => bitString(key.read(TAG.bitString, '')))
  const family = keyFamilyOf(id)
  const shared = family === 'RSA' ? modulusOf(new DerReader(bits)) : hexOf(bits)
  return { key: family === undefined ? undefined : { family, shared }, rest: der.subarray(whole.whole.length) }
}

function skipVersion(signed: DerReader): void {
  const next = signed.peek()
  if (next?.class !== CONTEXT || next.tag !== 0) return
  checkInteger(new DerReader(signed.readAny().content).read(TAG.integer, ''))
}

function modulusOf(bits: DerReader): string {
  let numbers: DerReader
  try {
    numbers = new DerReader(bits.read(TAG.sequence, '').content)
  } catch (cause) {
    throw new Error('x509: invalid RSA public key', { cause })
  }
  try {
    return integerOf(numbers.read(TAG.integer, ''))
  } catch (cause) {
    throw new Error('x509: invalid RSA modulus', { cause })
  }
}

/** In hex, without what only says that it is not negative. */
export function integerOf(element: Element): string {
  checkInteger(element)
  return hexOf(element.content).replace(/^00/, '')
}
