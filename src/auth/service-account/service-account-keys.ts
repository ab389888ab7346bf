/**
 * The keys that sign ServiceAccount tokens: ES256, given as JWK text by the environment. One key signs; all of them
 * verify, so that a key is rotated by putting the new one in front of the old one.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'

export const TOKEN_ALGORITHM = 'ES256'

export interface ServiceAccountKeys {
  readonly signing: { readonly id: string; readonly key: CryptoKey }
  /** By key id. */
  readonly verifying: ReadonlyMap<string, CryptoKey>
  /** What /openid/v1/jwks shows: public parts only. */
  readonly published: readonly JWK[]
}

/**
 * `text` is a private JWK, or a JWK set whose first member is private and signs. Throws an Error that says what is
 * wrong with it, without quoting the key.
 */
export async function loadServiceAccountKeys(text: string): Promise<ServiceAccountKeys> {
  const jwks = parseKeys(text)
  const [first] = jwks
  if (first?.d === undefined) throw new Error(
    'the service account key must be a private ES256 JWK, or a set that begins with one',
  )
  const verifying = new Map<string, CryptoKey>()
  const published: JWK[] = []
  for (const jwk of jwks) {
    const visible = await publicPart(jwk)
    verifying.set(visible.kid ?? '', await importKey(visible))
    published.push(visible)
  }
  return { signing: { id: published[0]?.kid ?? '', key: await importKey(first) }, verifying, published }
}

/** A new private key as text, for the first start of a server. */
export async function generateServiceAccountKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { extractable: true })
  return JSON.stringify({ ...(await exportJWK(privateKey)), alg: TOKEN_ALGORITHM, use: 'sig' })
}

function parseKeys(text: string): JWK[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('the service account key is not JSON')
  }
  if (typeof value !== 'object' || value === null) throw new Error('the service account key is not a JWK')
  const keys: unknown = 'keys' in value ? value.keys : [value]
  if (!Array.isArray(keys) || !keys.every(isKey)) throw new Error('the service account key must be on the curve P-256')
  return keys
}

function isKey(value: unknown): value is JWK {
  if (typeof value !== 'object' || value === null) return false
  return 'kty' in value && value.kty === 'EC' && 'crv' in value && value.crv === 'P-256'
}

async function publicPart({ kty, crv, x, y, kid }: JWK): Promise<JWK> {
  const bare = { kty, crv, x, y } as JWK
  return { use: 'sig', kty, kid: kid ?? (await calculateJwkThumbprint(bare)), crv, alg: TOKEN_ALGORITHM, x, y } as JWK
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, TOKEN_ALGORITHM)
  if (key instanceof Uint8Array) throw new Error('the service account key is symmetric')
  return key
}
