/**
 * How ClusterRole objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/rbac/clusterrole/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1ClusterRole } from '../../generated/types.ts'
import { validateClusterRole } from '../role/validation.ts'

export const clusterRoleStrategy: Strategy<V1ClusterRole> = {
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: true,
  validate: validateClusterRole,
  validateUpdate: validateClusterRole,
}
