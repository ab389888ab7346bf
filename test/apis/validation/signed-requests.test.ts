/**
 * What a CertificateSigningRequest asks with: a PKCS#10 request that is signed by its own key. Texts are those of Go's
 * crypto/x509 and encoding/asn1, which kube-apiserver passes on (pkg/apis/certificates/validation/validation.go,
 * validateCSR).
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import 'reflect-metadata'
import { Pkcs10CertificateRequestGenerator, cryptoProvider } from '@peculiar/x509'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { testApi } from '../../support/api.ts'

const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests?dryRun=All'
const api = testApi('')

const RSA = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
const ALGORITHMS = {
  rsa: { ...RSA, hash: 'SHA-256' },
  'rsa with SHA-512': { ...RSA, hash: 'SHA-512' },
  'rsa-pss': { ...RSA, name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
  ed25519: { name: 'Ed25519' },
} as const

async function requestBy(signingAlgorithm: (typeof ALGORITHMS)[keyof typeof ALGORITHMS]): Promise<Uint8Array> {
  cryptoProvider.set(crypto)
  const keys = await crypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new Error('these algorithms have pairs of keys')
  const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=x, O=devs', keys, signingAlgorithm })
  return new Uint8Array(request.rawData)
}

function pem(der: Uint8Array, type = 'CERTIFICATE REQUEST'): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ''].join('\n')
}

/** The code, and why `spec.request` is refused. */
async function answer(text: string): Promise<string> {
  const request = Buffer.from(text).toString('base64')
  const spec = { request, signerName: 'example.com/signer', usages: ['client auth'] }
  const { code, body } = await api.json('POST', PATH, { body: { metadata: { name: 'x' }, spec } })
  const [cause] = (body['details']?.['causes'] ?? []) as unknown as { field: string; message: string }[]
  if (cause === undefined) return String(code)
  return `${String(code)} ${cause.field}: ${cause.message.replace(`Invalid value: "${request}": `, '')}`
}

const changed = (bytes: Uint8Array, at: number, mask = 1): Uint8Array =>
  bytes.map((byte, place) => (place === at ? byte ^ mask : byte))

const mismatch = (expected: number, found: string, type: string, at: number): string =>
  `asn1: structure error: tags don't match (${String(expected)} vs {${found}}) {optional:false explicit:false ` +
  'application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false} ' +
  `${type} @${String(at)}`

const flipped = (bytes: Buffer, at: number): Buffer => Buffer.from(changed(bytes, at))

/** All short enough for the short form of lengths, or for one byte of the long one. */
function sequence(...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  return Buffer.concat([Buffer.from(length < 0x80 ? [0x30, length] : [0x30, 0x81, length]), content])
}

describe('a request for a certificate', () => {
  let rsa: Uint8Array

  beforeAll(async () => {
    rsa = await requestBy(ALGORITHMS.rsa)
  })

  it.each(Object.entries(ALGORITHMS))('signed by %s passes, and not when the signature is another one', async (_, by) => {
    const request = await requestBy(by)
    expect(await answer(pem(request))).toBe('201')
    const failures = {
      RSA: 'crypto/rsa: verification error',
      ECD: 'x509: ECDSA verification failure',
      Ed2: 'x509: Ed25519 verification failure',
    }
    const why = failures[by.name.slice(0, 3) as keyof typeof failures]
    expect(await answer(pem(changed(request, request.length - 3)))).toBe(`422 spec.request: ${why}`)
  })

  it.each<[string, (request: Uint8Array) => string, string]>([
    ['is PEM', () => 'hello', 'PEM block type must be CERTIFICATE REQUEST'],
    ['is of this type', (request) => pem(request, 'CERTIFICATE'), 'PEM block type must be CERTIFICATE REQUEST'],
    ['is not empty', () => pem(new Uint8Array()), 'asn1: syntax error: sequence truncated'],
    ['has parts', () => pem(new Uint8Array([0x30, 0])), 'asn1: syntax error: sequence truncated'],
    ['is whole', (request) => pem(request.subarray(0, 100)), 'asn1: syntax error: data truncated'],
    ['is all', (request) => pem(new Uint8Array([...request, 1])), 'asn1: syntax error: trailing data'],
    [
      'is a sequence',
      () => pem(new Uint8Array([5, 0])),
      mismatch(16, 'class:0 tag:5 length:0 isCompound:false', 'certificateRequest', 2),
    ],
    [
      'begins with what is signed',
      () => pem(new Uint8Array([0x30, 3, 2, 1, 0])),
      mismatch(16, 'class:0 tag:2 length:1 isCompound:false', 'tbsCertificateRequest', 2),
    ],
    ['has its version', (request) => pem(changed(request, 9)), 'asn1: structure error: empty integer'],
    ['has lengths as DER has them', () => pem(new Uint8Array([0x30, 0x80])),
      'asn1: syntax error: indefinite length found (not DER)'],
    ['has the shortest lengths', () => pem(new Uint8Array([0x30, 0x81, 1, 0])),
      'asn1: structure error: non-minimal length'],
  ])('%s', async (_, given, why) => {
    expect(await answer(given(rsa))).toBe(`422 spec.request: ${why}`)
  })

  it('signed on P-224 passes, and not when a bit is another', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp224r1' })
    const spki = publicKey.export({ format: 'der', type: 'spki' })
    const signed = sequence(Buffer.from([2, 1, 0]), sequence(), spki, Buffer.from([0xa0, 0]))
    const ecdsaWithSha256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'))
    const by = (signature: Buffer): Uint8Array =>
      sequence(signed, ecdsaWithSha256, Buffer.from([3, signature.length + 1, 0]), signature)
    const signature = sign('sha256', signed, privateKey)
    expect(await answer(pem(by(signature)))).toBe('201')
    const failure = '422 spec.request: x509: ECDSA verification failure'
    for (const at of [8, signature.length - 1]) expect(await answer(pem(by(flipped(signature, at))))).toBe(failure)
  })

  it('is refused when any bit is another of what is signed, or of the signature', async () => {
    // Between them stands which algorithm it is, whose parameters mean nothing.
    const signatureStart = rsa.length - 256
    await fc.assert(
      fc.asyncProperty(fc.nat(rsa.length - 1), fc.nat(7), async (at, bit) => {
        fc.pre(at < signatureStart - 19 || at >= signatureStart)
        expect(await answer(pem(changed(rsa, at, 1 << bit)))).toMatch(/^422 spec\.request: /)
      }),
      { numRuns: 300 },
    )
  })

  it('is refused when it is any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await answer(pem(bytes))).toMatch(/^422 spec\.request: /)
      }),
    )
  })
})
