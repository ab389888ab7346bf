import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/apimachinery/meta.ts'
import type { Attributes } from '../../src/auth/authorizer.ts'
import type { ClusterPolicy } from '../../src/auth/cluster-policy.ts'
import { forbiddenAccessError } from '../../src/auth/forbidden-message.ts'
import type { ClusterRole, PolicyRule, Role, RoleBinding, Subject } from '../../src/auth/rbac/rbac-kinds.ts'
import { RBAC_API_VERSION } from '../../src/auth/rbac/rbac-kinds.ts'
import type { RbacSource } from '../../src/auth/rbac/rbac.ts'
import { rbacAuthorizer } from '../../src/auth/rbac/rbac.ts'
import type { UserInfo } from '../../src/auth/user.ts'
import { serviceAccountUser } from '../../src/auth/user.ts'

const role = (kind: 'Role' | 'ClusterRole', name: string, rules: PolicyRule[]): ClusterRole & Role => ({
  apiVersion: RBAC_API_VERSION,
  kind,
  metadata: { name },
  rules,
})

const binding = (
  name: string,
  [kind, ref]: [string, string],
  subjects: Subject[],
  namespace?: string,
): RoleBinding => ({
  apiVersion: RBAC_API_VERSION,
  kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: ref },
  subjects,
})

const user = (username: string, ...groups: string[]): UserInfo => ({ username, groups })

class World implements ClusterPolicy, RbacSource {
  revision = 1
  readonly policy = this
  readonly namespace: string
  clusterRoles: ClusterRole[] = []
  clusterBindings: RoleBinding[] = []
  ownRoles: Role[] = []
  ownBindings: RoleBinding[] = []
  rolesAt = 1

  constructor(namespace: string) {
    this.namespace = namespace
  }
  find<T extends KubeObject>(_: string, name: string): T | undefined {
    return this.clusterRoles.find(({ metadata }) => metadata.name === name) as T | undefined
  }
  all<T extends KubeObject>(resource: string): Iterable<T> {
    return (resource.startsWith('clusterrolebindings') ? this.clusterBindings : this.clusterRoles) as unknown as T[]
  }
  roleRevision(): number {
    return this.rolesAt
  }
  role(name: string): Role | undefined {
    return this.ownRoles.find(({ metadata }) => metadata.name === name)
  }
  roleBindings(): Iterable<RoleBinding> {
    return this.ownBindings
  }
}

/** `verb group/resource/subresource namespace/name`, or `verb /path`. */
function ask(who: UserInfo, text: string): Attributes {
  const [verb = '', what = '', where = '/'] = text.split(' ')
  if (what.startsWith('/')) return { isResource: false, user: who, verb, path: what }
  const [group = '', resource = '', subresource = ''] = what.split('|')
  const [namespace = '', name = ''] = where.split('/')
  return { isResource: true, user: who, verb, group, version: 'v1', resource, subresource, namespace, name }
}

function world(): World {
  const made = new World('shop')
  made.clusterRoles = [
    role('ClusterRole', 'reader', [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] }]),
    role('ClusterRole', 'scaler', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*/scale'] }]),
    role('ClusterRole', 'root', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]),
    role('ClusterRole', 'paths', [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/api/*'] }]),
    role('ClusterRole', 'literal', [{ verbs: ['get'], apiGroups: [''], resources: ['pods/*'] }]),
  ]
  made.clusterBindings = [
    binding('readers', ['ClusterRole', 'reader'], [{ kind: 'User', name: 'ann' }]),
    binding('scalers', ['ClusterRole', 'scaler'], [{ kind: 'Group', name: 'ops' }]),
    binding('roots', ['ClusterRole', 'root'], [{ kind: 'ServiceAccount', name: 'robot', namespace: 'shop' }]),
    binding('everyone', ['ClusterRole', 'paths'], [{ kind: 'Group', name: 'system:authenticated' }]),
    binding('lost', ['ClusterRole', 'gone'], [{ kind: 'User', name: 'lost' }]),
    binding('literals', ['ClusterRole', 'literal'], [{ kind: 'User', name: 'lit' }]),
  ]
  made.ownRoles = [
    role('Role', 'one-map', [
      { verbs: ['get', 'update'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'] },
      { verbs: ['list'], apiGroups: [''], resources: ['configmaps'] },
    ]),
  ]
  made.ownBindings = [
    binding('maps', ['Role', 'one-map'], [{ kind: 'User', name: 'bob' }], 'shop'),
    binding('reads', ['ClusterRole', 'reader'], [{ kind: 'ServiceAccount', name: 'web' }], 'shop'),
  ]
  return made
}

describe('RBAC', () => {
  const allowed: [string, UserInfo, string, string][] = [
    [
      'a verb of a bound role',
      user('ann'),
      'get |pods shop/p',
      'ClusterRoleBinding "readers" of ClusterRole "reader" to User "ann"',
    ],
    [
      'cluster-wide too',
      user('ann'),
      'list |pods',
      'ClusterRoleBinding "readers" of ClusterRole "reader" to User "ann"',
    ],
    [
      'a named subresource',
      user('ann'),
      'get |pods|log shop/p',
      'ClusterRoleBinding "readers" of ClusterRole "reader" to User "ann"',
    ],
    [
      'a subresource of everything',
      user('x', 'ops'),
      'patch apps|deployments|scale shop/d',
      'ClusterRoleBinding "scalers" of ClusterRole "scaler" to Group "ops"',
    ],
    [
      'a service account by name',
      serviceAccountUser('shop', 'robot'),
      'delete batch|jobs shop/j',
      'ClusterRoleBinding "roots" of ClusterRole "root" to ServiceAccount "robot/shop"',
    ],
    [
      'a cluster role in one namespace',
      serviceAccountUser('shop', 'web'),
      'get |pods shop/p',
      'RoleBinding "reads/shop" of ClusterRole "reader" to ServiceAccount "web/shop"',
    ],
    [
      'one object by name',
      user('bob'),
      'update |configmaps shop/settings',
      'RoleBinding "maps/shop" of Role "one-map" to User "bob"',
    ],
    [
      'a path',
      user('x', 'system:authenticated'),
      'get /healthz',
      'ClusterRoleBinding "everyone" of ClusterRole "paths" to Group "system:authenticated"',
    ],
    [
      'a path by its prefix',
      user('x', 'system:authenticated'),
      'get /api/v1',
      'ClusterRoleBinding "everyone" of ClusterRole "paths" to Group "system:authenticated"',
    ],
  ]
  it.each(allowed)('allows %s and says by which binding', (_, who, what, reason) => {
    expect(rbacAuthorizer(world()).authorize(ask(who, what))).toEqual(
      { isAllowed: true, reason: `RBAC: allowed by ${reason}` },
    )
  })

  const refused: [string, UserInfo, string][] = [
    ['somebody without a binding', user('eve'), 'get |pods shop/p'],
    ['another verb', user('ann'), 'delete |pods shop/p'],
    ['another group', user('ann'), 'get apps|pods shop/p'],
    ['a subresource that is not named', user('ann'), 'get |pods|exec shop/p'],
    ['another object than the named one', user('bob'), 'update |configmaps shop/other'],
    ['the named object in all namespaces', user('bob'), 'list |configmaps'],
    ['another namespace than the binding\'s', user('bob'), 'list |configmaps else'],
    ['a path next to the prefix', user('x', 'system:authenticated'), 'get /apis'],
    ['the resource itself by a rule on its scale', user('x', 'ops'), 'patch apps|deployments shop/d'],
    ['a subresource by "pods/*", which is no wildcard', user('lit'), 'get |pods|log shop/p'],
    ['a service account of another namespace', serviceAccountUser('else', 'robot'), 'get |pods shop/p'],
  ]
  it.each(refused)('refuses %s', (_, who, what) => {
    expect(rbacAuthorizer(world()).authorize(ask(who, what))).toEqual({ isAllowed: false, reason: '' })
  })

  it('says which bound role is missing', () => {
    expect(rbacAuthorizer(world()).authorize(ask(user('lost'), 'get |pods shop/p'))).toEqual({
      isAllowed: false,
      reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
    })
  })

  it('lets system:masters do everything', () => {
    const masters = user('m', 'system:masters')
    expect(rbacAuthorizer(new World('')).authorize(ask(masters, 'delete |secrets shop/s')).isAllowed).toBe(true)
  })

  it('remembers decisions per name where a rule asks for the name', () => {
    const rbac = rbacAuthorizer(world())
    const answers = ['settings', 'other', 'settings'].map(
      (name) => rbac.authorize(ask(user('bob'), `get |configmaps shop/${name}`)).isAllowed,
    )
    expect(answers).toEqual([true, false, true])
  })

  it('follows the policy revision and the role revision, and nothing else', () => {
    const made = world()
    const rbac = rbacAuthorizer(made)
    const eve = user('eve')
    const question = ask(eve, 'get |pods shop/p')
    expect(rbac.authorize(question).isAllowed).toBe(false)
    made.clusterBindings = [
      ...made.clusterBindings,
      binding('late', ['ClusterRole', 'reader'], [{ kind: 'User', name: 'eve' }]),
    ]
    expect(rbac.authorize(question).isAllowed).toBe(false)
    made.revision++
    expect(rbac.authorize(question).isAllowed).toBe(true)
    made.clusterBindings = made.clusterBindings.slice(0, -1)
    made.revision++
    expect(rbac.authorize(question).isAllowed).toBe(false)
    made.ownBindings = [binding('late', ['ClusterRole', 'reader'], [{ kind: 'User', name: 'eve' }], 'shop')]
    made.rolesAt++
    expect(rbac.authorize(question).isAllowed).toBe(true)
  })

  it('never mixes up two questions whose parts join to the same text', () => {
    const made = world()
    made.clusterRoles.push(role('ClusterRole', 'odd', [{ verbs: ['get'], apiGroups: ['a'], resources: ['bc'] }]))
    made.clusterBindings.push(binding('odd', ['ClusterRole', 'odd'], [{ kind: 'User', name: 'odd' }]))
    const rbac = rbacAuthorizer(made)
    const base = {
      isResource: true,
      user: user('odd'),
      verb: 'get',
      version: '*',
      subresource: '',
      namespace: '',
      name: '',
    } as const
    expect(rbac.authorize({ ...base, group: 'a', resource: 'bc' }).isAllowed).toBe(true)
    expect(rbac.authorize({ ...base, group: 'ab', resource: 'c' }).isAllowed).toBe(false)
  })

  it('answers from its cache in two microseconds', () => {
    const rbac = rbacAuthorizer(world())
    const who = user('ann', 'a', 'b', 'system:authenticated')
    const question = ask(who, 'get |pods shop/p')
    const rounds = 50_000
    let best = Number.POSITIVE_INFINITY
    for (let run = 0; run < 5; run++) {
      const started = performance.now()
      for (let round = 0; round < rounds; round++) rbac.authorize(question)
      best = Math.min(best, ((performance.now() - started) * 1_000) / rounds)
    }
    expect(best).toBeLessThan(2)
  })

  it('lists what somebody may do in a namespace', () => {
    expect(rbacAuthorizer(world()).rulesFor(user('bob', 'system:authenticated'), 'shop').rules).toEqual([
      { verbs: ['get'], nonResourceURLs: ['/healthz', '/api/*'] },
      { verbs: ['get', 'update'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'] },
      { verbs: ['list'], apiGroups: [''], resources: ['configmaps'] },
    ])
  })
})

describe('the 403 message', () => {
  const table: [string, string][] = [
    [
      'list |pods default/',
      'pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'get |pods|log default/p',
      'pods "p" is forbidden: User "x" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
    [
      'get apps|deployments',
      'deployments.apps is forbidden: User "x" cannot get resource "deployments" in API group "apps" at the ' +
        'cluster scope',
    ],
    ['get /metrics', 'forbidden: User "x" cannot get path "/metrics"'],
    ['get /<b>', 'forbidden: User "x" cannot get path "/&lt;b&gt;"'],
  ]
  it.each(table)('of %s is upstream\'s', (what, message) => {
    expect(forbiddenAccessError(ask(user('x'), what), '').message).toBe(message)
  })

  it('ends with the reason when there is one', () => {
    expect(forbiddenAccessError(ask(user('x'), 'get /metrics'), 'RBAC: no').message).toBe(
      'forbidden: User "x" cannot get path "/metrics": RBAC: no',
    )
  })
})
