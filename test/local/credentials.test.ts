import { X509Certificate, createHash, createPrivateKey } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCredentials } from '../../src/local/credentials/credentials.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const NOW = Date.UTC(2026, 10, 24)
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

const folder = (): string => join(temporaryFolder('credentials'), 'credentials')

describe('credentials', () => {
  it('are made once, for their owner only, and found again', async () => {
    const at = folder()
    const first = await openCredentials(at, '127.0.0.1', NOW)
    expect(await openCredentials(at, '127.0.0.1', NOW)).toEqual(first)
    for (const name of readdirSync(at)) expect(statSync(join(at, name)).mode & 0o777, name).toBe(0o600)
  })

  it('differ from folder to folder', async () => {
    const [one, other] = await Promise.all([openCredentials(folder(), 'a', NOW), openCredentials(folder(), 'a', NOW)])
    expect(one.adminToken).not.toBe(other.adminToken)
    expect(one.internalSecret).not.toBe(other.internalSecret)
    expect(one.serviceAccountKey).not.toBe(other.serviceAccountKey)
    expect(one.authority.key).not.toBe(other.authority.key)
  })

  it('give the Worker a digest, never the token', async () => {
    const { adminToken, adminTokenSha256 } = await openCredentials(folder(), '127.0.0.1', NOW)
    expect(createHash('sha256').update(adminToken).digest('hex')).toBe(adminTokenSha256)
  })

  it('have an ES256 key that says which one it is', async () => {
    const { serviceAccountKey } = await openCredentials(folder(), '127.0.0.1', NOW)
    const jwk: unknown = JSON.parse(serviceAccountKey)
    expect(jwk).toMatchObject({
      kty: 'EC',
      crv: 'P-256',
      alg: 'ES256',
      use: 'sig',
      kid: expect.stringMatching(/^[\w-]{43}$/),
    })
  })
})

describe('the served certificate', () => {
  it.each(['localhost', 'kubernetes.default.svc'])('is for %s', async (name) => {
    const { leaf } = await openCredentials(folder(), '127.0.0.1', NOW)
    expect(new X509Certificate(leaf.certificate).checkHost(name)).toBeDefined()
  })

  it.each(['127.0.0.1', '::1', '10.96.0.1', '192.168.7.7'])('is for the address %s', async (address) => {
    const { leaf } = await openCredentials(folder(), '192.168.7.7', NOW)
    expect(new X509Certificate(leaf.certificate).checkIP(address)).toBeDefined()
  })

  it('is signed by the authority and has its own key', async () => {
    const { authority, leaf } = await openCredentials(folder(), '127.0.0.1', NOW)
    const [issuer, served] = [authority, leaf].map(({ certificate }) => new X509Certificate(certificate))
    if (issuer === undefined || served === undefined) throw new Error('two certificates')
    expect(issuer.ca).toBe(true)
    expect(served.ca).toBe(false)
    expect(served.verify(issuer.publicKey)).toBe(true)
    expect(served.checkPrivateKey(createPrivateKey(leaf.key))).toBe(true)
  })

  it('is renewed before it runs out, by the same authority', async () => {
    const at = folder()
    const first = await openCredentials(at, '127.0.0.1', NOW)
    const later = await openCredentials(at, '127.0.0.1', NOW + YEAR_MS - 24 * 60 * 60 * 1000)
    expect(later.authority).toEqual(first.authority)
    expect(later.leaf.certificate).not.toBe(first.leaf.certificate)
  })

  it('is renewed for another address to listen on', async () => {
    const at = folder()
    await openCredentials(at, '127.0.0.1', NOW)
    const { leaf } = await openCredentials(at, '192.168.7.7', NOW)
    expect(new X509Certificate(leaf.certificate).checkIP('192.168.7.7')).toBeDefined()
  })
})
