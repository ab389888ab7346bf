/**
 * The Roles of kube-system and kube-public
 * (plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go, Kubernetes 1.36).
 */
import type { RoleEntry } from './entry.ts'
import { EVENTS, READ, rule } from './entry.ts'

export const NAMESPACE_ROLES: readonly RoleEntry[] = [
  {
    name: 'system:controller:bootstrap-signer', namespace: 'kube-public',
    rules: [
      rule(READ, 'core', 'configmaps'),
      rule('update', 'core', 'configmaps', 'cluster-info'),
      EVENTS,
    ],
  },
  {
    name: 'extension-apiserver-authentication-reader', namespace: 'kube-system',
    rules: [
      rule(READ, 'core', 'configmaps', 'extension-apiserver-authentication'),
    ],
  },
  {
    name: 'system::leader-locking-kube-controller-manager', namespace: 'kube-system',
    rules: [
      rule('create get list update watch', 'coordination.k8s.io', 'leases'),
      rule('create get list update watch', 'coordination.k8s.io', 'leasecandidates'),
    ],
  },
  {
    name: 'system::leader-locking-kube-scheduler', namespace: 'kube-system',
    rules: [
      rule('create get list update watch', 'coordination.k8s.io', 'leases'),
      rule('create get list update watch', 'coordination.k8s.io', 'leasecandidates'),
    ],
  },
  { name: 'system:controller:bootstrap-signer', namespace: 'kube-system', rules: [rule(READ, 'core', 'secrets')] },
  {
    name: 'system:controller:cloud-provider', namespace: 'kube-system',
    rules: [
      rule('create get list watch', 'core', 'configmaps'),
    ],
  },
  {
    name: 'system:controller:token-cleaner', namespace: 'kube-system',
    rules: [
      rule('delete get list watch', 'core', 'secrets'),
      EVENTS,
    ],
  },
]
