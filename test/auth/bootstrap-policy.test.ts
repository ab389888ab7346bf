import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { aggregateRules } from '../../src/auth/rbac/aggregation.ts'
import {
  bootstrapClusterRoleBindings,
  bootstrapClusterRoles,
  bootstrapRoleBindings,
  bootstrapRoles,
} from '../../src/auth/bootstrap-policy/bootstrap-policy.ts'
import type { ClusterRole, PolicyRule, RoleBinding } from '../../src/auth/rbac/rbac-kinds.ts'

/** What upstream has, in the notation that the file explains. */
const facts = JSON.parse(readFileSync(`${import.meta.dirname}/../fixtures/bootstrap-roles.json`, 'utf8')) as {
  clusterRoles: Record<string, string[]>
  /** Each takes in the rules of the roles labelled for it; its value is what it is labelled for itself. */
  aggregated: Record<string, string>
  controllerRoles: Record<string, string[]>
  roles: Record<string, string[]>
  clusterRoleBindings: Record<string, string[]>
  roleBindings: Record<string, string[]>
  /** Of the bindings that are not called as their role is. */
  roleOfBinding: Record<string, string>
}

const CONTROLLER = 'system:controller:'
const AGGREGATE_LABEL = 'rbac.authorization.k8s.io/aggregate-to-'
const RBAC = { apiGroup: 'rbac.authorization.k8s.io' }
const keyOf = ({ name = '', namespace }: { name?: string; namespace?: string }): string =>
  namespace === undefined ? name : `${namespace}/${name}`
const isOurs = (name: string | undefined): boolean => name?.startsWith('system:workernetes:') ?? false
const ownClusterRoles = bootstrapClusterRoles()
const allRoles = [...ownClusterRoles, ...bootstrapRoles()]
const allBindings = [...bootstrapClusterRoleBindings(), ...bootstrapRoleBindings()]

const words = (text: string): string[] => text.split(' ').toSorted()

/** Upstream sorts every list of a rule, and keeps the rules of a role in the order of its table. */
function ruleFact(text: string): PolicyRule {
  const [verbs = '', ...rest] = text.split(' | ')
  const [first = '', resources, names] = rest
  if (resources === undefined) return { nonResourceURLs: words(first), verbs: words(verbs) }
  return {
    apiGroups: words(first).map((group) => (group === 'core' ? '' : group)).toSorted(),
    ...(names === undefined ? {} : { resourceNames: words(names) }),
    resources: words(resources),
    verbs: words(verbs),
  }
}

function metadataFact(key: string, labels: Record<string, string> = {}): Record<string, unknown> {
  const [namespace, name] = key.includes('/') ? key.split('/') : [undefined, key]
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  }
}

const labelFor = (target: string): Record<string, string> =>
  target === '' ? {} : { [`${AGGREGATE_LABEL}${target}`]: 'true' }

function roleFacts(): [string, object][] {
  const { clusterRoles, controllerRoles, roles } = facts
  const prefixed = Object.entries(controllerRoles).map(([name, rules]) => [`${CONTROLLER}${name}`, rules] as const)
  const plain = [...Object.entries(clusterRoles), ...prefixed, ...Object.entries(roles)].map(
    ([key, rules]): [string, object] => {
      const metadata = metadataFact(key, labelFor(/^system:aggregate-to-(.*)$/.exec(key)?.[1] ?? ''))
      return [key, { metadata, rules: rules.map(ruleFact) }]
    },
  )
  const sums = Object.entries(facts.aggregated).map(([key, target]): [string, object] => {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: labelFor(key) }] }
    return [key, { metadata: metadataFact(key, labelFor(target)), aggregationRule }]
  })
  return [...plain, ...sums]
}

function subjectFact(text: string): object {
  const [kind = '', first = '', second] = text.split(' ')
  return kind === 'ServiceAccount' ? { kind, name: second, namespace: first } : { ...RBAC, kind, name: first }
}

function bindingFacts(): [string, object][] {
  const ofControllers = Object.keys(facts.controllerRoles).map(
    (name) => [`${CONTROLLER}${name}`, [`ServiceAccount kube-system ${name}`]] as const,
  )
  const all = [...Object.entries(facts.clusterRoleBindings), ...ofControllers, ...Object.entries(facts.roleBindings)]
  return all.map(([key, subjects]) => {
    const roleRef = {
      ...RBAC,
      kind: key.includes('/') ? 'Role' : 'ClusterRole',
      name: facts.roleOfBinding[key] ?? key.split('/').at(-1),
    }
    const who = subjects.length === 0 ? {} : { subjects: subjects.map(subjectFact) }
    return [key, { metadata: metadataFact(key), roleRef, ...who }]
  })
}

/** A role as its facts say it: the rules of an aggregated one are somebody else's. */
function bareRole({ metadata, rules, aggregationRule }: ClusterRole): object {
  return aggregationRule === undefined ? { metadata, rules } : { metadata, aggregationRule }
}

function bareBinding({ metadata, roleRef, subjects }: RoleBinding): object {
  return { metadata, roleRef, ...(subjects ? { subjects } : {}) }
}

describe('the bootstrap policy', () => {
  it.each(roleFacts())('has upstream\'s role %s', (key, fact) => {
    const found = allRoles.filter(({ metadata }) => keyOf(metadata) === key)
    expect(found.map(bareRole)).toEqual([fact])
  })

  it.each(bindingFacts())('has upstream\'s binding %s', (key, fact) => {
    const found = allBindings.filter(({ metadata }) => keyOf(metadata) === key)
    expect(found.map(bareBinding)).toEqual([fact])
  })

  it('has nothing besides but our own', () => {
    const known = new Set([...roleFacts(), ...bindingFacts()].map(([key]) => key))
    const extra = [...allRoles, ...allBindings].filter(
      ({ metadata }) => !known.has(keyOf(metadata)) && !isOurs(metadata.name),
    )
    expect(extra).toEqual([])
  })

  it('names a role that exists in every binding', () => {
    const names = new Set(
      allRoles.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name ?? ''}`),
    )
    const loose = allBindings.filter(
      ({ roleRef, metadata }) => !names.has(`${roleRef.kind} ${metadata.namespace ?? ''}/${roleRef.name}`),
    )
    expect(loose).toEqual([])
  })

  it('gives nobody that is not authenticated more than the public paths', () => {
    const open = bootstrapClusterRoleBindings().filter(
      ({ subjects }) => subjects?.some(({ name }) => name === 'system:unauthenticated'),
    )
    expect(open.map(({ metadata }) => metadata.name)).toEqual(['system:public-info-viewer'])
  })

  it('serves admin, edit and view with their rules gathered', () => {
    const rules = (name: string): readonly PolicyRule[] => ownClusterRoles.find(
      ({ metadata }) => metadata.name === name,
    )?.rules ?? []
    const view = rules('system:aggregate-to-view')
    expect(rules('view')).toEqual(view)
    expect(rules('edit')).toEqual([...rules('system:aggregate-to-edit'), ...view])
    expect(new Set(rules('admin'))).toEqual(new Set([...rules('edit'), ...rules('system:aggregate-to-admin')]))
  })
})

describe('aggregation', () => {
  const rule = (resource: string): PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources: [resource] })
  const role = (name: string, labels: Record<string, string>, ...rules: PolicyRule[]): ClusterRole => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels },
    rules,
  })
  const sum: ClusterRole = {
    ...role('sum', { part: 'a' }, rule('old')),
    aggregationRule: {
      clusterRoleSelectors: [
        { matchLabels: { part: 'b' } },
        { matchExpressions: [{ key: 'part', operator: 'In', values: ['a', 'b'] }] },
      ],
    },
  }

  it('takes each rule once, by selector and then by name, and never its own', () => {
    const roles = [
      sum,
      role('z', { part: 'b' }, rule('z')),
      role('y', { part: 'a' }, rule('y'), rule('z')),
      role('x', { part: 'b' }, rule('x')),
      role('w', {}, rule('w')),
    ]
    expect(aggregateRules(sum, roles)).toEqual([rule('x'), rule('z'), rule('y')])
  })

  it('is empty when nothing matches', () => {
    expect(aggregateRules(sum, [sum])).toEqual([])
  })
})
