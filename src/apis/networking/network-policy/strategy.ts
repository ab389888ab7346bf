/**
 * How NetworkPolicy objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/networkpolicy/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1NetworkPolicy } from '../../generated/types.ts'
import { networkPolicyWarnings, validateNetworkPolicy, validateNetworkPolicyUpdate } from './validation.ts'

export const networkPolicyStrategy: Strategy<V1NetworkPolicy> = {
  allowsUnconditionalUpdate: true,
  countsGenerations: true,
  validate: validateNetworkPolicy,
  validateUpdate: validateNetworkPolicyUpdate,
  warnings: networkPolicyWarnings,
}
