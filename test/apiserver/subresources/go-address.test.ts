/** Addresses that go on to other servers, as Go writes them. */
import { describe, expect, it } from 'vitest'
import { cleanPath, encodedPath, onwardPath, onwardQuery } from '../../../src/apiserver/subresources/connect/go-address.ts'

describe('a path', () => {
  it.each([
    ['/apis/a/v1/x', '/apis/a/v1/x'],
    ['/a%2Fb', '/a/b'],
    ['/a%2fb%3f%23', '/a/b%3F%23'],
    ["/a!b*c'd(e)f", '/a%21b%2Ac%27d%28e%29f'],
    ['/%24%26%2B%2C%3A%3B%3D%40', '/$&+,:;=@'],
    ['/%c3%A9/%ff', '/%C3%A9/%FF'],
    ['/%252e%252e/%25', '/%252e%252e/%25'],
    ['/a//b/', '/a//b/'],
    ['/a%20b+c', '/a%20b+c'],
    ['/%7e[x]^|', '/~%5Bx%5D%5E%7C'],
  ])('%s goes on as %s', (path, onward) => expect(onwardPath(path)).toBe(onward))
})

describe('a path that is decoded', () => {
  it.each([
    ['/a b/é|%', '/a%20b/%C3%A9%7C%25'],
    ['/a/b', '/a/b'],
  ])('%s is written as %s', (path, written) => expect(encodedPath(path)).toBe(written))

  it.each([
    ['', '/'],
    ['//', '/'],
    ['/a//b/', '/a/b'],
    ['/a/./b/../c', '/a/c'],
    ['/../a', '/a'],
  ])('%s is %s without steps that lead nowhere', (path, clean) => expect(cleanPath(path)).toBe(clean))
})

describe('a query', () => {
  it.each([
    ['', ''],
    ['?', ''],
    ['?b=2&a=1&b=1', '?a=1&b=2&b=1'],
    ['?watch', '?watch='],
    ['?&&a', '?a='],
    ['?a=b;c=d&x=%zz&y=1', '?y=1'],
    ['?%61=%41+b%20c', '?a=A+b+c'],
    ['?=v&a==b', '?=v&a=%3Db'],
    ["?l=a!b*c'd(e)/:@,$", '?l=a%21b%2Ac%27d%28e%29%2F%3A%40%2C%24'],
    ['?z=%ff&%C3%A9=1&a=%c3%a9', '?a=%C3%A9&z=%FF&%C3%A9=1'],
  ])('%s goes on as %s', (search, onward) => expect(onwardQuery(search)).toBe(onward))
})
