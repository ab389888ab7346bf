import { describe, expect, it } from 'vitest'
import { bootstrapClusterRoleBindings, bootstrapClusterRoles } from '../../src/auth/bootstrap-policy/bootstrap-policy.ts'
import type { ClusterPolicy } from '../../src/auth/cluster-policy.ts'
import { rbacAuthorizer } from '../../src/auth/rbac/rbac.ts'
import { controllerUser } from '../../src/auth/user.ts'

const roles = bootstrapClusterRoles()
const policy = {
  revision: 1,
  find: (_: string, name: string) => roles.find(({ metadata }) => metadata.name === name),
  all: (resource: string) => (resource.startsWith('clusterrolebindings') ? bootstrapClusterRoleBindings() : roles),
} as unknown as ClusterPolicy
const rbac = rbacAuthorizer(
  { policy, namespace: 'shop', roleRevision: () => 1, role: () => undefined, roleBindings: () => [] },
)

function may(name: string, verb: string, text: string): boolean {
  const [group = '', resource = '', subresource = ''] = text.split('|')
  const user = controllerUser(name)
  const attributes = {
    isResource: true,
    user,
    verb,
    group,
    version: 'v1',
    resource,
    subresource,
    namespace: 'shop',
    name: 'x',
  } as const
  return rbac.authorize(attributes).isAllowed
}

describe('the identity of a controller', () => {
  it.each([
    ['deployment', 'system:serviceaccount:kube-system:deployment-controller'],
    ['node-controller', 'system:serviceaccount:kube-system:node-controller'],
    ['node-ipam', 'system:serviceaccount:kube-system:node-controller'],
    ['garbage-collector', 'system:serviceaccount:kube-system:generic-garbage-collector'],
    ['root-ca', 'system:serviceaccount:kube-system:root-ca-cert-publisher'],
    ['cluster-role-aggregation', 'system:serviceaccount:kube-system:clusterrole-aggregation-controller'],
    ['bootstrap', 'system:apiserver'],
  ])('%s acts as %s', (name, username) => {
    expect(controllerUser(name).username).toBe(username)
  })

  it.each([
    ['deployment', 'create', 'apps|replicasets'],
    ['deployment', 'update', 'apps|deployments|status'],
    ['replicaset', 'create', '|pods'],
    ['job', 'update', 'batch|jobs|status'],
    ['endpoint', 'update', '|endpoints'],
    ['endpointslice', 'create', 'discovery.k8s.io|endpointslices'],
    ['service-account', 'create', '|serviceaccounts'],
    ['root-ca', 'update', '|configmaps'],
    ['root-ca', 'get', '|configmaps'],
    ['garbage-collector', 'delete', 'apps|replicasets'],
    ['namespace', 'update', '|namespaces|finalize'],
    ['node-ipam', 'patch', '|nodes'],
    ['cluster-role-aggregation', 'escalate', 'rbac.authorization.k8s.io|clusterroles'],
    ['ttl-after-finished', 'delete', 'batch|jobs'],
    ['bootstrap', 'create', 'rbac.authorization.k8s.io|clusterroles'],
  ])('%s may %s %s', (name, verb, what) => {
    expect(may(name, verb, what)).toBe(true)
  })

  it.each([
    ['deployment', 'create', '|pods'],
    ['replicaset', 'update', '|secrets'],
    ['root-ca', 'delete', '|configmaps'],
  ])('%s may not %s %s', (name, verb, what) => {
    expect(may(name, verb, what)).toBe(false)
  })
})
