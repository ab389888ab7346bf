/**
 * Roles of actors that Kubernetes does not have, or that do more here than there. They are called
 * system:workernetes:NAME and bound to the user or group of the same name, so that nobody mistakes them for
 * upstream's.
 */
import type { RoleEntry } from './entry.ts'
import { EVENTS, READ, rule } from './entry.ts'

export const OWN_ROLES: readonly (RoleEntry & { readonly holder: 'User' | 'Group' })[] = [
  {
    // What system:kube-controller-manager's shared informers read for all controllers upstream.
    name: 'controllers',
    holder: 'Group',
    rules: [rule(READ, '*', '*')],
  },
  {
    // Logical clusters, in the root cluster.
    name: 'cluster-controller',
    holder: 'User',
    rules: [
      rule(READ, 'workernetes.dev', 'clusters'),
      rule('patch update', 'workernetes.dev', 'clusters/status'),
      EVENTS,
    ],
  },
  {
    // The kubelets of serverless and simulated nodes: one identity for all of them, as they are one program of ours.
    name: 'serverless-kubelet',
    holder: 'User',
    rules: [
      rule(READ, 'core', 'nodes pods services'),
      rule('patch update', 'core', 'nodes/status pods/status'),
      rule('delete', 'core', 'pods'),
      rule('get', 'core', 'configmaps secrets persistentvolumeclaims serviceaccounts'),
      rule('create', 'core', 'serviceaccounts/token'),
      rule('get', 'node.k8s.io', 'runtimeclasses'),
      EVENTS,
    ],
  },
  {
    // The router in front of Services.
    name: 'service-router',
    holder: 'User',
    rules: [rule(READ, 'core', 'services'), rule(READ, 'discovery.k8s.io', 'endpointslices')],
  },
]
