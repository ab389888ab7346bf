import { describe, expect, it } from 'vitest'
import type { AnyObject } from '../../src/apimachinery/meta.ts'
import { ApiStatusError } from '../../src/apimachinery/status-error.ts'
import type { Authorizer, RuleResolver } from '../../src/auth/authorizer.ts'
import type { EscalationRequest } from '../../src/auth/rbac/escalation.ts'
import { checkEscalation } from '../../src/auth/rbac/escalation.ts'
import type { PolicyRule } from '../../src/auth/rbac/rbac-kinds.ts'
import { compileRule } from '../../src/auth/rbac/rules/rule-match.ts'
import { compactRules, describeRule, uncoveredRules } from '../../src/auth/rbac/rules/rule-cover.ts'

const rule = (verbs: string, resources: string, rest: Partial<PolicyRule> = {}): PolicyRule => ({
  verbs: verbs.split(' '),
  apiGroups: [''],
  resources: resources.split(' '),
  ...rest,
})
const path = (verbs: string, url: string): PolicyRule => ({ verbs: verbs.split(' '), nonResourceURLs: [url] })

/** Somebody who holds these rules, in a cluster that has these roles. */
function holding(rules: PolicyRule[], roles: Record<string, PolicyRule[]> = {}): Authorizer & RuleResolver {
  return {
    authorize: (attributes) => ({ isAllowed: rules.some((held) => compileRule(held).matches(attributes)), reason: '' }),
    rulesFor: () => ({ rules, errors: [] }),
    rulesOfRole: ({ kind, name }) => roles[`${kind}/${name}`],
  }
}

function aRole(rules: PolicyRule[], rest: Record<string, unknown> = {}): AnyObject {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'r' }, rules, ...rest }
}

function aBinding(kind: string, name: string): AnyObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'b' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
  }
}

function request(resource: string, object: AnyObject, rest: Partial<EscalationRequest> = {}): EscalationRequest {
  return {
    operation: 'CREATE',
    definition: { group: 'rbac.authorization.k8s.io', resource },
    user: { username: 'ann', groups: ['dev', 'system:authenticated'] },
    namespace: resource.startsWith('cluster') ? '' : 'shop',
    name: object.metadata.name ?? '',
    object,
    oldObject: undefined,
    ...rest,
  }
}

function refusal(
  resolver: Authorizer & RuleResolver,
  asked: EscalationRequest,
): { code: number; message: string } | undefined {
  try {
    checkEscalation(resolver, asked)
    return undefined
  } catch (error) {
    if (error instanceof ApiStatusError) return { code: error.httpCode, message: error.message }
    throw error
  }
}

const rbac = (verbs: string, resources: string, ...resourceNames: string[]): PolicyRule =>
  ({
    verbs: verbs.split(' '),
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: [resources],
    ...(resourceNames.length > 0 ? { resourceNames } : {}),
  })
const granting =
  'user "ann" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not ' +
  'currently held:\n'

describe('writing a role', () => {
  it('is allowed with rights that one holds', () => {
    expect(
      refusal(holding([rule('*', 'pods')]), request('clusterroles', aRole([rule('get list', 'pods')]))),
    ).toBeUndefined()
  })

  it('is refused with rights that one does not hold, each named once', () => {
    expect(
      refusal(
        holding([rule('get', 'pods')]),
        request('clusterroles', aRole([rule('get list watch', 'pods secrets'), path('get', '/metrics')])),
      ),
    ).toEqual({
      code: 403,
      message:
        `clusterroles.rbac.authorization.k8s.io "r" is forbidden: ${granting}` +
        '{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}\n' +
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list" "watch"]}\n' +
        '{NonResourceURLs:["/metrics"], Verbs:["get"]}',
    })
  })

  it.each([
    ['for members of system:masters', [], { user: { username: 'm', groups: ['system:masters'] } }],
    ['for those who may escalate it', [rbac('escalate', 'clusterroles')], {}],
    ['for those who may escalate this one', [rbac('escalate', 'clusterroles', 'r')], {}],
    [
      'that only lets it be collected',
      [],
      {
        operation: 'UPDATE',
        oldObject: aRole([rule('get', 'secrets')], { metadata: { finalizers: ['f'], name: 'r' } }),
      },
    ],
  ] satisfies [string, PolicyRule[], Partial<EscalationRequest>][])('is allowed %s', (_, held, rest) => {
    expect(refusal(holding(held), request('clusterroles', aRole([rule('get', 'secrets')]), rest))).toBeUndefined()
  })

  it('is refused when an update adds rights', () => {
    const oldObject = aRole([])
    expect(
      refusal(
        holding([]),
        request('clusterroles', aRole([rule('get', 'secrets')]), { operation: 'UPDATE', oldObject }),
      )?.code,
    ).toBe(403)
  })

  const aggregating = { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } }
  it.each([
    ['set', aRole([], aggregating), undefined],
    ['taken away', aRole([]), aRole([], aggregating)],
  ])('needs everything for an aggregation rule that is %s', (_, object, oldObject) => {
    const asked = request(
      'clusterroles',
      object,
      { operation: oldObject === undefined ? 'CREATE' : 'UPDATE', oldObject },
    )
    expect(refusal(holding([rule('*', 'pods')]), asked)).toEqual({
      code: 403,
      message:
        'clusterroles.rbac.authorization.k8s.io "r" is forbidden: must have cluster-admin privileges to ' +
        'use the aggregationRule',
    })
    expect(refusal(holding([rule('*', '*', { apiGroups: ['*'] }), path('*', '*')]), asked)).toBeUndefined()
  })
})

describe('writing a binding', () => {
  const roles = { 'ClusterRole/view': [rule('get', 'pods')], 'Role/own': [rule('get', 'secrets')] }

  it.each([
    ['to a role whose rights one holds', [rule('get', 'pods')], 'ClusterRole', 'view'],
    ['to a role that one may bind', [rbac('bind', 'clusterroles', 'view')], 'ClusterRole', 'view'],
    ['to any role that one may bind', [rbac('bind', 'roles')], 'Role', 'own'],
    ['to a missing role that one may bind', [rbac('bind', 'roles')], 'Role', 'gone'],
  ])('is allowed %s', (_, held, kind, name) => {
    expect(refusal(holding(held, roles), request('rolebindings', aBinding(kind, name)))).toBeUndefined()
  })

  const refusals: [string, PolicyRule[], string, string, number, string][] = [
    [
      'to a role with more rights',
      [rule('get', 'pods')],
      'Role',
      'own',
      403,
      `rolebindings.rbac.authorization.k8s.io "b" is forbidden: ${granting}{APIGroups:[""], ` +
        'Resources:["secrets"], Verbs:["get"]}',
    ],
    [
      'to another role than one may bind',
      [rbac('bind', 'clusterroles', 'edit')],
      'ClusterRole',
      'view',
      403,
      `rolebindings.rbac.authorization.k8s.io "b" is forbidden: ${granting}{APIGroups:[""], Resources:["pods"], ` +
        'Verbs:["get"]}',
    ],
    ['to a role that is not there', [], 'Role', 'gone', 404, 'roles.rbac.authorization.k8s.io "gone" not found'],
  ]
  it.each(refusals)('is refused %s', (_, held, kind, name, code, message) => {
    expect(refusal(holding(held, roles), request('rolebindings', aBinding(kind, name)))).toEqual({ code, message })
  })
})

describe('rule cover', () => {
  const table: [string, PolicyRule[], PolicyRule, string[]][] = [
    ['a wildcard verb covers every verb', [rule('*', 'pods')], rule('get list', 'pods'), []],
    [
      'a verb does not cover the wildcard',
      [rule('get', 'pods')],
      rule('*', 'pods'),
      ['{APIGroups:[""], Resources:["pods"], Verbs:["*"]}'],
    ],
    ['two rules cover together', [rule('get', 'pods'), rule('get', 'secrets')], rule('get', 'pods secrets'), []],
    [
      'a resource does not cover its subresource',
      [rule('get', 'pods')],
      rule('get', 'pods/log'),
      ['{APIGroups:[""], Resources:["pods/log"], Verbs:["get"]}'],
    ],
    ['a subresource of everything covers one', [rule('get', '*/log')], rule('get', 'pods/log'), []],
    ['no name covers a name', [rule('get', 'pods')], rule('get', 'pods', { resourceNames: ['a'] }), []],
    [
      'a name does not cover no name',
      [rule('get', 'pods', { resourceNames: ['a'] })],
      rule('get', 'pods'),
      ['{APIGroups:[""], Resources:["pods"], Verbs:["get"]}'],
    ],
    [
      'a name covers only itself',
      [rule('get', 'pods', { resourceNames: ['a'] })],
      rule('get list', 'pods', { resourceNames: ['a', 'b'] }),
      [
        '{APIGroups:[""], Resources:["pods"], ResourceNames:["b"], Verbs:["get" "list"]}',
        '{APIGroups:[""], Resources:["pods"], ResourceNames:["a"], Verbs:["list"]}',
      ],
    ],
    [
      'another group is not covered',
      [rule('get', 'pods')],
      rule('get', 'pods', { apiGroups: ['apps'] }),
      ['{APIGroups:["apps"], Resources:["pods"], Verbs:["get"]}'],
    ],
    ['a path prefix covers what is below', [path('get', '/api/*')], path('get', '/api/v1'), []],
    [
      'a path does not cover its prefix',
      [path('get', '/api/v1')],
      path('get', '/api/*'),
      ['{NonResourceURLs:["/api/*"], Verbs:["get"]}'],
    ],
    [
      'resources do not cover paths',
      [rule('*', '*', { apiGroups: ['*'] })],
      path('get', '/'),
      ['{NonResourceURLs:["/"], Verbs:["get"]}'],
    ],
  ]
  it.each(table)('%s', (_, held, wanted, missing) => {
    expect(compactRules(uncoveredRules(held, [wanted])).map(describeRule).sort()).toEqual([...missing].sort())
  })
})
