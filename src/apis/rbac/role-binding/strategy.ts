/**
 * How RoleBinding objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/rbac/rolebinding/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1RoleBinding } from '../../generated/types.ts'
import { validateBinding, validateBindingUpdate } from '../role/validation.ts'

export const roleBindingStrategy: Strategy<V1RoleBinding> = {
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: true,
  validate: (next) => validateBinding(next, true),
  validateUpdate: (next, previous, facts) => validateBindingUpdate(next, previous, true, facts),
}
