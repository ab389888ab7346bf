/** Continue tokens: what comes back is what was given, and nothing else is taken. */
import { describe, expect, it } from 'vitest'
import { ApiStatusError } from '../../src/apimachinery/status-error.ts'
import { decodeContinueToken, encodeContinueToken } from '../../src/store/continue-token.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (rv: unknown, start: unknown, v: unknown = 'meta.k8s.io/v1'): string => encode({ v, rv, start })

describe('continue tokens', () => {
  it.each([
    { revision: 42, name: 'web' },
    { revision: 2 ** 53 - 1, namespace: 'default', name: 'system:node-proxier' },
    { revision: -1, namespace: 'kube-system', name: 'a.b-c' },
    { revision: 7, name: 'rôle-試-😀' },
  ])('come back as they were given: $name', (value) => {
    const encoded = encodeContinueToken(value)
    expect(encoded).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(decodeContinueToken(encoded)).toEqual(value)
  })

  it('have upstream’s form', () => {
    const text = Buffer.from(encodeContinueToken({ revision: 5, namespace: 'ns', name: 'n' }), 'base64url').toString()
    expect(text).toBe('{"v":"meta.k8s.io/v1","rv":5,"start":"ns/n"}')
  })

  it('ask for what is there now with any negative revision', () => {
    expect(decodeContinueToken(token(-9, 'a')).revision).toBe(-1)
  })

  const RV = 'continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)'
  const START = 'continue key is not valid: encoded start key empty (version meta.k8s.io/v1)'
  it.each([
    ['', 'continue key is not valid: '],
    ['%%%', 'continue key is not valid: '],
    ['abc=', 'continue key is not valid: '],
    [Buffer.from('{"v":').toString('base64url'), 'continue key is not valid: '],
    [encode(null), 'server does not recognize this encoded version'],
    [encode([1]), 'server does not recognize this encoded version'],
    [
      token(1, 'a', 'meta.k8s.io/v2'),
      'continue key is not valid: server does not recognize this encoded version meta.k8s.io/v2',
    ],
    [token(0, 'a'), RV],
    [token(1.5, 'a'), RV],
    [token('1', 'a'), RV],
    [token(2 ** 60, 'a'), RV],
    [token(1, ''), START],
    [token(1, 7), START],
    [token(1, 'a/../b'), 'continue key is not valid: a/../b'],
    [token(1, '..'), 'continue key is not valid: ..'],
    [token(1, 'a//b'), 'continue key is not valid: a//b'],
    [token(1, 'a/b/c'), 'continue key is not valid: a/b/c'],
  ])('answer 400 to %s', (given, message) => {
    let error: unknown
    try {
      decodeContinueToken(given)
    } catch (thrown) {
      error = thrown
    }
    if (!(error instanceof ApiStatusError)) throw new Error('it was taken')
    expect([error.status.code, error.status.reason]).toEqual([400, 'BadRequest'])
    expect(error.status.message).toContain('invalid continue token: continue key is not valid')
    expect(error.status.message).toContain(message)
  })
})
