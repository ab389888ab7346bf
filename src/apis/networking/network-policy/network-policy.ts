/**
 * NetworkPolicy: which pods may talk to which.
 * This is the kind's one entry (networking.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/networkpolicy.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1NetworkPolicy } from '../../generated/types.ts'
import { networkPolicyColumns } from '../columns.ts'
import { networkPolicyStrategy } from './strategy.ts'

export const networkPolicy = defineKind<V1NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  scope: 'Namespaced',
  type: 'V1NetworkPolicy',
  shortNames: ['netpol'],
  columns: networkPolicyColumns,
  strategy: networkPolicyStrategy,
})
