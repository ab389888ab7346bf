/**
 * Validation of Lease objects. Upstream: kubernetes/kubernetes pkg/apis/coordination/validation/validation.go,
 * ValidateLeaseSpec. Strategy and preferred holder are dropped before: CoordinatedLeaderElection is off in 1.36.
 */
import { invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import type { V1Lease } from '../../generated/types.ts'
import { notNegative } from '../../validation/rules.ts'

export function validateLease({ spec }: V1Lease): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions } = spec ?? {}
  const at = 'spec.leaseDurationSeconds'
  const isShort = leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0
  return [
    ...(isShort ? [invalid(at, leaseDurationSeconds, 'must be greater than 0')] : []),
    ...notNegative('spec.leaseTransitions', leaseTransitions),
  ]
}
