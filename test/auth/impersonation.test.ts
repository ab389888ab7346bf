import { describe, expect, it } from 'vitest'
import { ApiStatusError } from '../../src/apimachinery/status-error.ts'
import type { Attributes, Authorizer } from '../../src/auth/authorizer.ts'
import { impersonate } from '../../src/auth/impersonation.ts'
import type { UserInfo } from '../../src/auth/user.ts'

const admin: UserInfo = { username: 'admin', groups: [] }
const everything: Authorizer = { authorize: () => ({ isAllowed: true, reason: '' }) }

/** Allows what is listed as `resource[/subresource] [namespace/]name`, and remembers what it was asked. */
function allowing(...allowed: string[]): Authorizer & { asked: string[] } {
  const asked: string[] = []
  const authorize = (attributes: Attributes): { isAllowed: boolean; reason: string } => {
    if (!attributes.isResource || attributes.verb !== 'impersonate') return { isAllowed: false, reason: '' }
    const { group, resource, subresource, namespace, name } = attributes
    const below = subresource === '' ? '' : `/${subresource}`
    const text = `${group}|${resource}${below} ${namespace === '' ? '' : `${namespace}/`}${name}`
    asked.push(text)
    return { isAllowed: allowed.includes(text), reason: '' }
  }
  return { asked, authorize }
}

function headers(...entries: [string, string][]): Headers {
  const made = new Headers()
  for (const [name, value] of entries) made.append(name, value)
  return made
}

function refusal(act: () => unknown): { code: number; message: string } {
  try {
    act()
  } catch (error) {
    if (error instanceof ApiStatusError) return { code: error.httpCode, message: error.message }
    throw error
  }
  throw new Error('was not refused')
}

describe('impersonation', () => {
  const table: [string, [string, string][], UserInfo][] = [
    ['nobody without headers', [], admin],
    ['a user', [['Impersonate-User', 'bob']], { username: 'bob', groups: ['system:authenticated'] }],
    [
      'a user with groups',
      [['Impersonate-User', 'bob'], ['Impersonate-Group', 'a'], ['Impersonate-Group', 'b,c']],
      { username: 'bob', groups: ['a', 'b,c', 'system:authenticated'] },
    ],
    [
      'groups that say who is authenticated',
      [['Impersonate-User', 'bob'], ['Impersonate-Group', 'system:unauthenticated']],
      { username: 'bob', groups: ['system:unauthenticated'] },
    ],
    [
      'the anonymous user',
      [['Impersonate-User', 'system:anonymous']],
      { username: 'system:anonymous', groups: ['system:unauthenticated'] },
    ],
    [
      'a service account with its groups',
      [['Impersonate-User', 'system:serviceaccount:shop:web']],
      {
        username: 'system:serviceaccount:shop:web',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
      },
    ],
    [
      'a malformed service account as a plain user',
      [['Impersonate-User', 'system:serviceaccount:shop']],
      { username: 'system:serviceaccount:shop', groups: ['system:authenticated'] },
    ],
    [
      'a uid and extra',
      [
        ['Impersonate-User', 'bob'],
        ['Impersonate-Uid', 'u-1'],
        ['Impersonate-Extra-Acme.com%2Fscope', 'x'],
        ['Impersonate-Extra-Acme.com%2Fscope', 'y'],
      ],
      { username: 'bob', uid: 'u-1', groups: ['system:authenticated'], extra: { 'acme.com/scope': ['x', 'y'] } },
    ],
  ]
  it.each(table)('acts as %s', (_, given, want) => {
    expect(impersonate(headers(...given), admin, everything)).toEqual(want)
  })

  it('asks for each identity by its own resource', () => {
    const authorizer = allowing(
      '|users bob',
      '|groups ops',
      'authentication.k8s.io|userextras/scope x',
      'authentication.k8s.io|uids 7',
    )
    const given = headers(
      ['impersonate-user', 'bob'],
      ['impersonate-group', 'ops'],
      ['impersonate-extra-scope', 'x'],
      ['impersonate-uid', '7'],
    )
    expect(impersonate(given, admin, authorizer).username).toBe('bob')
    expect(authorizer.asked).toEqual(
      ['|users bob', '|groups ops', 'authentication.k8s.io|userextras/scope x', 'authentication.k8s.io|uids 7'],
    )
  })

  const refusals: [string, [string, string][], string][] = [
    [
      'a user',
      [['impersonate-user', 'eve']],
      'users "eve" is forbidden: User "admin" cannot impersonate resource "users" in API group "" at the cluster scope',
    ],
    [
      'a group',
      [['impersonate-user', 'bob'], ['impersonate-group', 'system:masters']],
      'groups "system:masters" is forbidden: User "admin" cannot impersonate resource "groups" in API group "" at ' +
        'the cluster scope',
    ],
    [
      'a service account',
      [['impersonate-user', 'system:serviceaccount:shop:web']],
      'serviceaccounts "web" is forbidden: User "admin" cannot impersonate resource "serviceaccounts" in API ' +
        'group "" in the namespace "shop"',
    ],
    [
      'an extra',
      [['impersonate-user', 'bob'], ['impersonate-extra-scope', 'x']],
      'userextras.authentication.k8s.io "x" is forbidden: User "admin" cannot impersonate resource ' +
        '"userextras/scope" in API group "authentication.k8s.io" at the cluster scope',
    ],
    [
      'a uid',
      [['impersonate-user', 'bob'], ['impersonate-uid', '7']],
      'uids.authentication.k8s.io "7" is forbidden: User "admin" cannot impersonate resource "uids" in API group ' +
        '"authentication.k8s.io" at the cluster scope',
    ],
  ]
  it.each(refusals)('is refused for %s that the caller may not be', (_, given, message) => {
    expect(refusal(() => impersonate(headers(...given), admin, allowing('|users bob')))).toEqual({ code: 403, message })
  })

  it.each([
    ['a group', [['impersonate-group', 'ops']], 'requested [{Group  ops    }] without impersonating a user'],
    [
      'an extra',
      [['impersonate-extra-scope', 'x']],
      'requested [{UserExtra  x  authentication.k8s.io/v1  scope}] without impersonating a user',
    ],
  ] satisfies [string, [string, string][], string][])('is a bad request for %s without a user', (_, given, message) => {
    expect(refusal(() => impersonate(headers(...given), admin, everything))).toEqual({ code: 400, message })
  })
})
