/** Continue tokens: what comes back is what was given, and nothing else is taken. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ApiStatusError } from '../../src/apimachinery/status-error.ts'
import {
  decodeContinueToken,
  encodeContinueToken,
  nameBefore,
  nameBehind,
  placeBefore,
  placeBehind,
  startBehind,
} from '../../src/store/continue-token.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (rv: unknown, start: unknown, v: unknown = 'meta.k8s.io/v1'): string => encode({ v, rv, start })

const rawToken = (rv: string): string =>
  Buffer.from(`{"v":"meta.k8s.io/v1","rv":${rv},"start":"a"}`).toString('base64url')

describe('continue tokens', () => {
  it.each([
    { revision: 42, start: 'web\0' },
    { revision: 2 ** 53 - 1, start: 'default/system:node-proxier\0' },
    { revision: -1, start: 'kube-system/a.b-c' },
    { revision: 7, start: 'rôle-試-😀' },
    { revision: 8, start: 'when', begunMs: 1_700_000_000_000 },
  ])('come back as they were given: $start', (value) => {
    const encoded = encodeContinueToken(value)
    expect(encoded).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(decodeContinueToken(encoded)).toEqual(value)
  })

  it('have upstream’s form', () => {
    const encoded = encodeContinueToken({ revision: 5, start: startBehind('n', 'ns') })
    expect(Buffer.from(encoded, 'base64url').toString()).toBe('{"v":"meta.k8s.io/v1","rv":5,"start":"ns/n\\u0000"}')
  })

  it('are read as upstream reads them: from a key on, whoever made it, by names in any case', () => {
    expect(decodeContinueToken(token(1, '/a')).start).toBe('a')
    expect(decodeContinueToken(token(1, 'a/b/c')).start).toBe('a/b/c')
    expect(decodeContinueToken(token(1, '/')).start).toBe('')
    expect(decodeContinueToken(encode({ V: 'meta.k8s.io/v1', RV: 3, Start: 'b' }))).toEqual({ revision: 3, start: 'b' })
    expect(nameBefore('b\0')).toBe('b')
    expect(nameBefore('')).toBe('')
    expect(placeBefore('ns/b\0')).toEqual(placeBehind('ns', 'b'))
    expect(nameBehind(placeBefore('zz'), 'zz')).toBe('')
  })

  it('go on over all namespaces in the order of keys, whatever they begin with', () => {
    const namespaces = fc.stringMatching(/^[ab-]{1,4}$/)
    const names = fc.stringMatching(/^[a-c.-]{1,3}$/)
    const starts = fc.oneof(namespaces, fc.tuple(namespaces, names).map(([namespace, name]) => `${namespace}/${name}`))
    fc.assert(
      fc.property(starts, namespaces, names, (start, namespace, name) => {
        const behind = nameBehind(placeBefore(start), namespace)
        const isBehind = behind !== undefined && Buffer.compare(Buffer.from(name), Buffer.from(behind)) > 0
        expect(isBehind).toBe(`${namespace}/${name}` >= start)
      }),
    )
  })

  it('begin with the key itself and with nothing before it', () => {
    const names = fc.stringMatching(/^[a-z0-9.:-]{1,6}$/)
    fc.assert(
      fc.property(names, names, (start, name) => {
        expect(Buffer.compare(Buffer.from(name), Buffer.from(nameBefore(start))) > 0).toBe(name >= start)
      }),
    )
  })

  it('ask for what is there now with any negative revision', () => {
    expect(decodeContinueToken(token(-9, 'a')).revision).toBe(-1)
    expect(decodeContinueToken(rawToken('-9223372036854775808')).revision).toBe(-1)
  })

  it('have revisions of 64 bits, and may be broken into lines', () => {
    expect(decodeContinueToken(rawToken('9223372036854775807')).revision).toBe(9_223_372_036_854_775_807n)
    const whole = token(4, 'b')
    expect(decodeContinueToken(`${whole.slice(0, 7)}\r\n${whole.slice(7)}\n`)).toEqual({ revision: 4, start: 'b' })
  })

  const RV = 'continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)'
  const START = 'continue key is not valid: encoded start key empty (version meta.k8s.io/v1)'
  it.each([
    ['', 'continue key is not valid: '],
    ['%%%', 'continue key is not valid: '],
    ['abc=', 'continue key is not valid: '],
    [Buffer.from('{"v":').toString('base64url'), 'continue key is not valid: '],
    [encode(null), 'server does not recognize this encoded version'],
    [encode([1]), 'json: cannot unmarshal array into Go value of type storage.continueToken'],
    [encode(1), 'json: cannot unmarshal number into Go value of type storage.continueToken'],
    [encode(true), 'json: cannot unmarshal bool into Go value of type storage.continueToken'],
    [
      token(1, 'a', 'meta.k8s.io/v2'),
      'continue key is not valid: server does not recognize this encoded version meta.k8s.io/v2',
    ],
    [token(0, 'a'), RV],
    [rawToken('1.0'), 'json: cannot unmarshal number 1.0 into Go struct field continueToken.rv of type int64'],
    [rawToken('1e3'), 'json: cannot unmarshal number 1e3 into Go struct field continueToken.rv of type int64'],
    [
      rawToken('9223372036854775808'),
      'json: cannot unmarshal number 9223372036854775808 into Go struct field continueToken.rv of type int64',
    ],
    ['A\n', 'illegal base64 data at input byte 1'],
    ['ab\n*', 'illegal base64 data at input byte 3'],
    [token(1.5, 'a'), 'json: cannot unmarshal number 1.5 into Go struct field continueToken.rv of type int64'],
    [token('1', 'a'), 'json: cannot unmarshal string into Go struct field continueToken.rv of type int64'],
    [token(null, 'a'), RV],
    [token(1, ''), START],
    [token(1, 7), 'json: cannot unmarshal number into Go struct field continueToken.start of type string'],
    [token(1, 'a/../b'), 'continue key is not valid: a/../b'],
    [token(1, '..'), 'continue key is not valid: ..'],
    [token(1, 'a//b'), 'continue key is not valid: a//b'],
    [token(1, 'a/'), 'continue key is not valid: a/'],
    [token(1, '//a'), 'continue key is not valid: //a'],
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
