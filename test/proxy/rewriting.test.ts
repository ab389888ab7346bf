/** Addresses led through the API's proxies, as k8s.io/apimachinery pkg/util/proxy/transport.go does it. */
import { describe, expect, it } from 'vitest'
import { proxiedPath, rewrittenAddress } from '../../src/proxy/rewriting.ts'

const PREFIX = '/api/v1/namespaces/ns/services/web/proxy'

describe('the path behind a proxy', () => {
  it.each([
    ['', '', ''],
    ['/', '', '/'],
    ['/a/b', 'a/b', '/a/b'],
    ['/a/b/', 'a/b', '/a/b/'],
    ['/a%20b', 'a b', '/a b'],
    ['/a%2Fb', 'a/b', '/a/b'],
  ])('of %j', (after, rest, path) => {
    expect(proxiedPath(PREFIX + after, rest)).toEqual({ path, prefix: PREFIX })
  })
})

it('the path behind a proxy has no empty steps, which those who link to it do not expect', () => {
  expect(proxiedPath(`${PREFIX}//a//b/`, '/a//b')).toEqual({ path: '/a/b/', prefix: `${PREFIX}//a//b/` })
})

describe('an address in an answer', () => {
  it.each([
    ['/', `${PREFIX}/`],
    ['/a/b/?q=1#x', `${PREFIX}/a/b/?q=1#x`],
    ['http://api.example.com/a', `${PREFIX}/a`],
    ['//api.example.com/a', `${PREFIX}/a`],
    ['/a/../b//c/', `${PREFIX}/b/c/`],
    ['/a%20b/%C3%A9|', `${PREFIX}/a%20b/%C3%A9%7C`],
    [`${PREFIX}/a`, `${PREFIX}/a`],
    ['a/b', 'a/b'],
    ['?q=1', '?q=1'],
    ['#x', '#x'],
    ['http://other.example.com/a', 'http://other.example.com/a'],
    ['mailto:someone@example.com', 'mailto:someone@example.com'],
    ['', ''],
  ])('%j', (address, want) => {
    expect(rewrittenAddress(address, PREFIX, ['api.example.com'])).toBe(want)
  })
})
