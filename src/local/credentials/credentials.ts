/**
 * Everything secret that a local server has, made at its first start and kept in its data folder, readable by its owner
 * only: the certificates, the bootstrap admin's token, the key that signs ServiceAccount tokens, and the secret between
 * our own processes. Losing the folder means new ones; nothing else knows them.
 */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../operator-error.ts'
import type { Pair } from './certificates.ts'
import { createAuthority, createClient, createLeaf, endsSoon, needsRenewal } from './certificates.ts'

export interface Credentials {
  readonly authority: Pair
  readonly leaf: Pair
  /** Signs nothing but what servers of other APIs are shown. */
  readonly frontProxyAuthority: Pair
  /** What the kubeconfig's admin shows. */
  readonly adminToken: string
  /** What the Worker knows of it: lower-case hexadecimal. */
  readonly adminTokenSha256: string
  /** An ES256 private key as a JWK in JSON. */
  readonly serviceAccountKey: string
  /** Callers of /internal/ and of the pods' Worker show it in `x-workernetes-internal`. */
  readonly internalSecret: string
}

/** The common name of the certificate that other API servers are shown, and of its files. */
export const FRONT_PROXY_NAME = 'front-proxy-client'

/** Reads what is there and makes what is not. `host` must be a name that the served certificate covers. */
export async function openCredentials(folder: string, host: string, now: number): Promise<Credentials> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const authority = await pairIn(folder, 'ca', () => createAuthority('workernetes local', now))
  const served = await pairIn(folder, 'tls', () => createLeaf(authority, host, now))
  const leaf = needsRenewal(served, host, now)
    ? writePair(folder, 'tls', await createLeaf(authority, host, now))
    : served
  const frontProxyAuthority = await pairIn(folder, 'front-proxy-ca', () => createAuthority('front-proxy-ca', now))
  const newClient = () => createClient(frontProxyAuthority, FRONT_PROXY_NAME, now)
  const client = await pairIn(folder, FRONT_PROXY_NAME, newClient)
  if (endsSoon(client, now)) writePair(folder, FRONT_PROXY_NAME, await newClient())
  const adminToken = textIn(folder, 'admin-token', () => randomBytes(32).toString('base64url'))
  return {
    authority,
    leaf,
    frontProxyAuthority,
    adminToken,
    adminTokenSha256: createHash('sha256').update(adminToken).digest('hex'),
    serviceAccountKey: textIn(folder, 'service-account-key.json', createServiceAccountKey),
    internalSecret: textIn(folder, 'internal-secret', () => randomBytes(32).toString('base64url')),
  }
}

async function pairIn(folder: string, name: string, create: () => Promise<Pair>): Promise<Pair> {
  const certificate = readIfThere(join(folder, `${name}.crt`))
  const key = readIfThere(join(folder, `${name}.key`))
  if (certificate !== undefined && key !== undefined) return { certificate, key }
  return writePair(folder, name, await create())
}

function writePair(folder: string, name: string, pair: Pair): Pair {
  writeSecret(join(folder, `${name}.key`), pair.key)
  writeSecret(join(folder, `${name}.crt`), pair.certificate)
  return pair
}

function textIn(folder: string, name: string, create: () => string): string {
  const path = join(folder, name)
  const known = readIfThere(path)
  if (known !== undefined) return known
  const made = create()
  writeSecret(path, made)
  return made
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Whole or not at all, so that a start that is cut off leaves nothing half-written; for its owner only. */
export function writeSecret(path: string, text: string): void {
  const temporary = `${path}.${String(process.pid)}`
  writeFileSync(temporary, text, { mode: 0o600 })
  renameSync(temporary, path)
}

function createServiceAccountKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({ format: 'jwk' })
  // RFC 7638: the key's id is the digest of its public part, members in this order.
  const thumbprint = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y })
  const kid = createHash('sha256').update(thumbprint).digest('base64url')
  return JSON.stringify({ ...jwk, alg: 'ES256', use: 'sig', kid })
}
