import { describe, expect, it } from 'vitest'
import { ApiStatusError } from '../../src/apimachinery/status-error.ts'
import type { Attributes, Decision } from '../../src/auth/authorizer.ts'
import { impersonate as impersonateAs, noneAllowed } from '../../src/auth/impersonation/impersonate.ts'
import { wantedUserOf } from '../../src/auth/impersonation/wanted-user.ts'
import type { UserInfo } from '../../src/auth/user.ts'

const admin: UserInfo = { username: 'admin', groups: [] }
const everything = (): Promise<Decision> => Promise.resolve({ isAllowed: true, reason: '' })

/** A list of the pods of namespace `shop`. */
const listOf = (user: UserInfo): Attributes => ({
  isResource: true, user, verb: 'list', group: '', version: 'v1', resource: 'pods', subresource: '', namespace: 'shop',
  name: '',
})

interface Oracle {
  readonly asked: string[]
  readonly ask: (attributes: Attributes) => Promise<Decision>
}

/** Allows what is listed as `VERB resource[.group][/subresource] [namespace/]name`, and remembers what it was asked. */
function allowing(...allowed: string[]): Oracle {
  const asked: string[] = []
  const ask = (attributes: Attributes): Promise<Decision> => {
    const text = attributes.isResource ? textOf(attributes) : `${attributes.verb} ${attributes.path}`
    asked.push(text)
    return Promise.resolve({ isAllowed: allowed.includes(text), reason: '' })
  }
  return { asked, ask }
}

function textOf(attributes: Extract<Attributes, { isResource: true }>): string {
  const { verb, group, resource, subresource, namespace, name } = attributes
  const what = `${resource}${group === '' ? '' : `.${group}`}${subresource === '' ? '' : `/${subresource}`}`
  return `${verb} ${what} ${namespace === '' ? '' : `${namespace}/`}${name}`.trim()
}

function headers(...entries: [string, string][]): Headers {
  const made = new Headers()
  for (const [name, value] of entries) made.append(name, value)
  return made
}

async function impersonate(
  given: Headers,
  requested: Attributes,
  ask: Oracle['ask'],
  last = noneAllowed(),
): Promise<UserInfo> {
  const wanted = wantedUserOf(given)
  return wanted === undefined ? requested.user : (await impersonateAs(wanted, requested, ask, last)).user
}

async function refusal(act: Promise<unknown>): Promise<{ code: number; message: string }> {
  try {
    await act
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
    [
      'somebody whose extra is called as what every object has',
      [
        ['Impersonate-User', 'bob'],
        ['Impersonate-Extra-constructor', 'x'],
        ['Impersonate-Extra-__proto__', 'y'],
      ],
      {
        username: 'bob',
        groups: ['system:authenticated'],
        extra: Object.fromEntries([['constructor', ['x']], ['__proto__', ['y']]]),
      },
    ],
  ]
  it.each(table)('acts as %s', async (_, given, want) => {
    expect(await impersonate(headers(...given), listOf(admin), everything)).toEqual(want)
  })

  it('asks for each identity by its own resource', async () => {
    const legacy = [
      'impersonate users bob',
      'impersonate uids.authentication.k8s.io 7',
      'impersonate groups ops',
      'impersonate userextras.authentication.k8s.io/scope x',
    ]
    const { ask, asked } = allowing(...legacy)
    const given = headers(
      ['impersonate-user', 'bob'],
      ['impersonate-group', 'ops'],
      ['impersonate-extra-scope', 'x'],
      ['impersonate-uid', '7'],
    )
    expect((await impersonate(given, listOf(admin), ask)).username).toBe('bob')
    expect(asked).toEqual(['impersonate-on:user-info:list pods shop/', ...legacy])
  })

  it.each([
    [
      'a user',
      [['impersonate-user', 'eve']],
      'pods is forbidden: User "admin" cannot impersonate-on:user-info:list resource "pods" in API group "" in the ' +
        'namespace "shop"',
    ],
    [
      'a node',
      [['impersonate-user', 'system:node:n1']],
      'pods is forbidden: User "admin" cannot impersonate-on:arbitrary-node:list resource "pods" in API group "" in ' +
        'the namespace "shop"',
    ],
    [
      'a service account with groups of its choice',
      [['impersonate-user', 'system:serviceaccount:shop:web'], ['impersonate-group', 'ops']],
      'serviceaccounts "web" is forbidden: User "admin" cannot impersonate resource "serviceaccounts" in API ' +
        'group "" in the namespace "shop"',
    ],
  ] satisfies [string, [string, string][], string][])('is refused for %s', async (_, given, message) => {
    const refused = await refusal(impersonate(headers(...given), listOf(admin), allowing().ask))
    expect(refused).toEqual({ code: 403, message })
  })

  it.each([
    [
      'a group',
      [['impersonate-group', 'ops']],
      '{Name:"", UID:"", Groups:[]string{"ops"}, Extra:map[string][]string(nil)}',
    ],
    [
      'an extra',
      [['impersonate-extra-scope', 'x']],
      '{Name:"", UID:"", Groups:[]string(nil), Extra:map[string][]string{"scope":[]string{"x"}}}',
    ],
  ] satisfies [string, [string, string][], string][])('is no request for %s without a user', async (_, given, who) => {
    const message = `requested &user.DefaultInfo${who} without impersonating a user name`
    expect(await refusal(impersonate(headers(...given), listOf(admin), everything))).toEqual({ code: 400, message })
  })
})

describe('constrained impersonation', () => {
  const agent: UserInfo = {
    username: 'system:serviceaccount:shop:agent',
    groups: [],
    extra: { 'authentication.kubernetes.io/node-name': ['n1'] },
  }
  const user = 'impersonate:user-info'
  const onUser = 'impersonate-on:user-info:list pods shop/'
  const nodes = { groups: ['system:nodes', 'system:authenticated'] }

  it.each<[string, UserInfo, [string, string][], string[], Partial<UserInfo>]>([
    [
      'a user for what is requested',
      admin,
      [['impersonate-user', 'bob'], ['impersonate-group', 'ops']],
      [onUser, `${user} users.authentication.k8s.io bob`, `${user} groups.authentication.k8s.io ops`],
      { username: 'bob', groups: ['ops', 'system:authenticated'] },
    ],
    [
      'a user in many groups by one right to all',
      admin,
      [['impersonate-user', 'bob'], ...['a', 'b', 'c', 'd'].map((one): [string, string] => ['impersonate-group', one])],
      [onUser, `${user} users.authentication.k8s.io bob`, `${user} groups.authentication.k8s.io *`],
      { groups: ['a', 'b', 'c', 'd', 'system:authenticated'] },
    ],
    [
      'any node',
      admin,
      [['impersonate-user', 'system:node:n2']],
      ['impersonate-on:arbitrary-node:list pods shop/', 'impersonate:arbitrary-node nodes.authentication.k8s.io n2'],
      nodes,
    ],
    [
      'the node that a pod is on, by the right to all of them',
      agent,
      [['impersonate-user', 'system:node:n1']],
      ['impersonate-on:associated-node:list pods shop/', 'impersonate:associated-node nodes.authentication.k8s.io *'],
      nodes,
    ],
    [
      'a service account',
      admin,
      [['impersonate-user', 'system:serviceaccount:shop:web']],
      [
        'impersonate-on:serviceaccount:list pods shop/',
        'impersonate:serviceaccount serviceaccounts.authentication.k8s.io shop/web',
      ],
      { groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'] },
    ],
  ])('acts as %s', async (_, requestor, given, allowed, want) => {
    const { ask, asked } = allowing(...allowed)
    expect(await impersonate(headers(...given), listOf(requestor), ask)).toMatchObject(want)
    expect(asked).toEqual(allowed)
  })

  it('is tried last where the older way has helped before, and then refuses in its words', async () => {
    const { ask, asked } = allowing('impersonate users bob')
    const last = noneAllowed()
    const actAs = (name: string): Promise<UserInfo> =>
      impersonate(headers(['impersonate-user', name]), listOf(admin), ask, last)
    const constrained = await refusal(actAs('eve'))
    expect(constrained.message).toContain('cannot impersonate-on:user-info:list resource "pods"')
    await actAs('bob')
    asked.length = 0
    expect((await actAs('bob')).username).toBe('bob')
    expect(asked).toEqual(['impersonate users bob'])
    const refused = await refusal(actAs('eve'))
    expect(refused.message).toBe(
      'users "eve" is forbidden: User "admin" cannot impersonate resource "users" in API group "" at the cluster scope',
    )
  })

  it('of its own node is not for others', async () => {
    const { ask } = allowing(
      'impersonate-on:associated-node:list pods shop/', 'impersonate:associated-node nodes.authentication.k8s.io *',
    )
    const refused = await refusal(impersonate(headers(['impersonate-user', 'system:node:n2']), listOf(agent), ask))
    expect(refused.message).toContain('cannot impersonate-on:arbitrary-node:list')
  })

  it.each([
    [
      'the group of masters', ['impersonate-group', 'system:masters'],
      'groups.authentication.k8s.io "system:masters" is forbidden: User "admin" cannot impersonate:user-info resource ' +
        '"groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group ' +
        'is not allowed',
    ],
    [
      'an extra without a domain', ['impersonate-extra-scope', 'x'],
      'userextras.authentication.k8s.io is forbidden: User "admin" cannot impersonate:user-info resource "userextras" ' +
        'in API group "authentication.k8s.io" at the cluster scope: impersonating an invalid key in extra is not ' +
        'allowed: extra.key: Invalid value: "scope": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
  ] satisfies [string, [string, string], string][])('never gives %s', async (_, more, message) => {
    const { ask } = allowing(onUser, `${user} users.authentication.k8s.io bob`)
    const refused = await refusal(impersonate(headers(['impersonate-user', 'bob'], more), listOf(admin), ask))
    expect(refused).toEqual({ code: 403, message })
  })
})
