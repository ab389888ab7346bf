/**
 * How ClusterRoleBinding objects behave on writes, beyond their schema: what users may not set, and what a write
 * may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/rbac/clusterrolebinding/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1ClusterRoleBinding } from '../../generated/types.ts'
import { validateBinding, validateBindingUpdate } from '../role/validation.ts'

export const clusterRoleBindingStrategy: Strategy<V1ClusterRoleBinding> = {
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: true,
  validate: (next) => validateBinding(next, false),
  validateUpdate: (next, previous, facts) => validateBindingUpdate(next, previous, false, facts),
}
