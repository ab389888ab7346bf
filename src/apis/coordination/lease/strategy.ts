/**
 * How Lease objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/coordination/lease/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Lease } from '../../generated/types.ts'
import { validateLease } from './validation.ts'

export const leaseStrategy: Strategy<V1Lease> = {
  allowsCreateOnUpdate: true,
  validate: validateLease,
  validateUpdate: validateLease,
}
