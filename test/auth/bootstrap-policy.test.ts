import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { aggregateRules } from '../../src/auth/aggregation.ts'
import {
  bootstrapClusterRoleBindings,
  bootstrapClusterRoles,
  bootstrapRoleBindings,
  bootstrapRoles,
} from '../../src/auth/bootstrap-policy.ts'
import type { ClusterRole, PolicyRule, RoleBinding } from '../../src/auth/rbac-kinds.ts'

interface RoleFact {
  name: string
  namespace?: string
  labels: Record<string, string>
  annotations: Record<string, string>
  aggregationRule?: unknown
  rules: PolicyRule[] | null
}

interface BindingFact extends Omit<RoleFact, 'rules' | 'aggregationRule'> {
  roleRef: unknown
  subjects: unknown[] | null
}

/** Facts taken from upstream's own test data; see `source` in the file. */
const facts = JSON.parse(readFileSync(`${import.meta.dirname}/../fixtures/bootstrap-roles.json`, 'utf8')) as {
  clusterRoles: RoleFact[]
  controllerRoles: RoleFact[]
  roles: RoleFact[]
  clusterRoleBindings: BindingFact[]
  controllerRoleBindings: BindingFact[]
  roleBindings: BindingFact[]
}

const keyOf = ({ name, namespace = '' }: { name?: string; namespace?: string }): string => `${namespace}/${name ?? ''}`
const isOurs = (name: string | undefined): boolean => name?.startsWith('system:workernetes:') ?? false
const ownClusterRoles = bootstrapClusterRoles()
const allRoles = [...ownClusterRoles, ...bootstrapRoles()]
const allBindings = [...bootstrapClusterRoleBindings(), ...bootstrapRoleBindings()]
const roleFacts = [...facts.clusterRoles, ...facts.controllerRoles, ...facts.roles]
const bindingFacts = [...facts.clusterRoleBindings, ...facts.controllerRoleBindings, ...facts.roleBindings]

function roleFact(role: ClusterRole): RoleFact {
  const { name = '', namespace, labels = {}, annotations = {} } = role.metadata
  const rules = role.aggregationRule === undefined ? [...(role.rules ?? [])] : null
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels,
    annotations,
    ...(role.aggregationRule === undefined ? {} : { aggregationRule: role.aggregationRule }),
    rules,
  }
}

function bindingFact({ metadata, roleRef, subjects }: RoleBinding): BindingFact {
  const { name = '', namespace, labels = {}, annotations = {} } = metadata
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels,
    annotations,
    roleRef,
    subjects: subjects ? [...subjects] : null,
  }
}

describe('the bootstrap policy', () => {
  it.each(roleFacts.map((fact) => [keyOf(fact), fact] as const))('has upstream\'s role %s', (key, fact) => {
    const found = allRoles.filter(({ metadata }) => keyOf(metadata) === key)
    expect(found.map(roleFact)).toEqual([fact])
  })

  it.each(bindingFacts.map((fact) => [keyOf(fact), fact] as const))('has upstream\'s binding %s', (key, fact) => {
    const found = allBindings.filter(({ metadata }) => keyOf(metadata) === key)
    expect(found.map(bindingFact)).toEqual([fact])
  })

  it('has nothing besides but our own', () => {
    const known = new Set([...roleFacts, ...bindingFacts].map(keyOf))
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
