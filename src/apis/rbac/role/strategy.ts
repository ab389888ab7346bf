/**
 * How Role objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/rbac/role/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Role } from '../../generated/types.ts'
import { validateRules } from './validation.ts'

export const roleStrategy: Strategy<V1Role> = {
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: true,
  validate: ({ rules }) => validateRules(rules, true),
  validateUpdate: ({ rules }) => validateRules(rules, true),
}
