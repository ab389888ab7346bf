/**
 * The local server's own certificate authorities (P-256), the certificate it serves, and the one it shows to other API
 * servers. Made once, kept in the data folder; renewed before they run out, the served one also when its names change.
 * No other machine should ever trust these authorities, so their keys never leave the folder.
 */
import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type * as x509Module from '@peculiar/x509'

export interface Pair {
  /** PEM. */
  readonly certificate: string
  /** PKCS #8 in PEM. */
  readonly key: string
}

const DAY_MS = 24 * 60 * 60 * 1000
const AUTHORITY_DAYS = 3650
/** Some clients refuse server certificates of more than 398 days. */
const LEAF_DAYS = 365
const RENEW_BEFORE_DAYS = 30

const DNS_NAMES = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc']
const IP_ADDRESSES = ['127.0.0.1', '::1', '10.96.0.1']

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** True when the pair runs out before long. */
export function endsSoon(pair: Pair, now: number): boolean {
  const endsAt = new Date(new X509Certificate(pair.certificate).validTo).getTime()
  return endsAt - now < RENEW_BEFORE_DAYS * DAY_MS
}

/** True when the pair cannot be served any longer, or not for `host`. */
export function needsRenewal(pair: Pair, host: string, now: number): boolean {
  if (endsSoon(pair, now)) return true
  const certificate = new X509Certificate(pair.certificate)
  const covered = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)
  return covered === undefined
}

export async function createAuthority(name: string, now: number): Promise<Pair> {
  const x509 = await loadX509()
  const keys = await createKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: `${certificate.toString('pem')}\n`, key: await pemOf(keys.privateKey) }
}

/** A server certificate for this machine's own names and `host`. */
export async function createLeaf(authority: Pair, host: string, now: number): Promise<Pair> {
  const x509 = await loadX509()
  const isName = isIP(host) === 0
  const names = [...DNS_NAMES, ...(isName ? [host] : [])].map((value) => ({ type: 'dns' as const, value }))
  const addresses = [...IP_ADDRESSES, ...(isName ? [] : [host])].map((value) => ({ type: 'ip' as const, value }))
  return issue(authority, 'workernetes', now, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([...names, ...unique(addresses)]),
  ])
}

/** A certificate by which a client is known under a common name. */
export async function createClient(authority: Pair, name: string, now: number): Promise<Pair> {
  const x509 = await loadX509()
  return issue(authority, name, now, [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])])
}

async function issue(
  authority: Pair,
  name: string,
  now: number,
  extensions: readonly x509Module.Extension[],
): Promise<Pair> {
  const x509 = await loadX509()
  const issuer = new x509.X509Certificate(authority.certificate)
  const keys = await createKeys()
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${name}`,
    issuer: issuer.subject,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + LEAF_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...extensions,
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: `${certificate.toString('pem')}\n`, key: await pemOf(keys.privateKey) }
}

async function createKeys(): Promise<CryptoKeyPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  if (!('publicKey' in keys)) throw new Error('ECDSA keys come in pairs')
  return keys
}

function unique<Item extends { readonly value: string }>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.value, item])).values()]
}

/** Loaded on the first start and at renewals only. */
async function loadX509(): Promise<typeof x509Module> {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

/** 127 random bits: positive, as RFC 5280 wants. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[0] = (bytes[0] ?? 0) & 0x7f
  return Buffer.from(bytes).toString('hex')
}

async function pemOf(key: CryptoKey): Promise<string> {
  const exported = await crypto.subtle.exportKey('pkcs8', key)
  if (!(exported instanceof ArrayBuffer)) throw new Error('a PKCS #8 key is bytes')
  const lines =
    Buffer.from(exported)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`
}

function importKey(pem: string): Promise<CryptoKey> {
  const body = pem.replaceAll(/-----[^-]+-----|\s/g, '')
  return crypto.subtle.importKey('pkcs8', Buffer.from(body, 'base64'), ALGORITHM, true, ['sign'])
}
